// What tools that make their results in ways of their own make of the host's replies.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toolsOn } from './toolbox.mjs';

const run = (tool, params, reply) => toolsOn(() => ({ success: true, ...reply })).tools.executeTool(tool, params);

describe('read_file', () => {
  const content = 'a\nb\nc\nd\ne';
  const read = (params) => run('read_file', { absolute_path: '/a', ...params }, { content });
  const returnDisplay = 'Successfully read /a';

  for (const [params, wanted] of [
    [{}, content],
    [{ offset: 0 }, content],
    [{ offset: 2 }, 'c\nd\ne'],
    [{ offset: 4 }, 'e'],
    [{ limit: 5 }, content],
    [{ limit: 9 }, content],
    [{ offset: 3, limit: 2 }, 'd\ne'],
  ]) {
    it(`gives what was asked for, and nothing beside it where the end is reached: ${JSON.stringify(params)}`, async () => {
      assert.deepEqual(await read(params), { llmContent: wanted, returnDisplay });
    });
  }

  for (const [params, status, next, wanted] of [
    [{ limit: 2 }, 'lines 1-2 of 5', 2, 'a\nb'],
    [{ offset: 1, limit: 2 }, 'lines 2-3 of 5', 3, 'b\nc'],
    [{ offset: 3, limit: 1 }, 'lines 4-4 of 5', 4, 'd'],
  ]) {
    it(`says which lines it gives and where the next ones begin: ${JSON.stringify(params)}`, async () => {
      const result = await read(params);
      assert.ok(result.llmContent.includes(`${status}.`), result.llmContent);
      assert.ok(result.llmContent.includes(`begin at offset: ${next}.`), result.llmContent);
      assert.ok(result.llmContent.endsWith(`---\n${wanted}`), result.llmContent);
      assert.equal(result.returnDisplay, returnDisplay);
    });
  }

  it('refuses an offset past the end', async () => {
    assert.deepEqual(await read({ offset: 5 }), {
      llmContent: 'Error: offset 5 is past the end: the file has 5 lines, the first is 0',
      returnDisplay: 'Error: offset past the end of the file',
      error: { message: "offset 5 is past the file's 5 lines", type: 'invalid_tool_params' },
    });
  });
});

describe('execute_command', () => {
  const execute = (reply) => run('execute_command', { command: 'ls' }, { type: 'commandFinish', ...reply });
  for (const [reply, llmContent, returnDisplay] of [
    [{}, 'Command executed successfully: ls', 'Command executed successfully'],
    [{ exitCode: 0 }, 'Command executed successfully: ls', 'Command executed successfully'],
    [{ exitCode: 3 }, 'Command executed: ls\n\nExit code: 3', 'Command executed, exit code 3'],
    [{ code: 3 }, 'Command executed: ls\n\nExit code: 3', 'Command executed, exit code 3'],
    [{ output: 'a' }, 'Command executed: ls\n\nOutput:\na', 'a'],
    [{ output: 'a', exitCode: 0 }, 'Command executed: ls\n\nOutput:\na', 'a'],
    [{ output: 'a', code: 0 }, 'Command executed: ls\n\nOutput:\na', 'a'],
    [{ result: 'a', exitCode: 2 }, 'Command executed: ls\n\nOutput:\na\n\nExit code: 2', 'a'],
    [{ message: 'a', code: 3 }, 'Command executed: ls\n\nOutput:\na\n\nExit code: 3', 'a'],
  ]) {
    it(`says its output, and its exit code unless that is 0: ${JSON.stringify(reply)}`, async () => {
      assert.deepEqual(await execute(reply), { llmContent, returnDisplay });
    });
  }

  it('shows a person the command and its program before it runs', async () => {
    const { tools } = toolsOn();
    const { onConfirm, ...details } = await tools.getTool('execute_command').build({ command: '  git\tstatus -s' }).shouldConfirmExecute();
    assert.deepEqual(details, { type: 'exec', title: 'Execute Command: git', command: '  git\tstatus -s', rootCommand: 'git' });
    assert.equal(await onConfirm('proceed_once'), undefined);
  });
});

describe('job_list', () => {
  for (const [totalCount, heading, returnDisplay] of [
    [3, 'Found 2 jobs (3 total):', 'Found 2 jobs of 3 total'],
    [2, 'Found 2 jobs:', 'Found 2 jobs'],
    [undefined, 'Found 2 jobs:', 'Found 2 jobs'],
  ]) {
    it(`says how many there are where that is more than it gives: ${totalCount}`, async () => {
      const result = await run('job_list', {}, { jobs: [{ id: 1 }, { id: 2 }], totalCount });
      assert.equal(result.llmContent.split('\n')[0], heading);
      assert.equal(result.returnDisplay, returnDisplay);
    });
  }
});

describe('read_many_files', () => {
  it('says that there is nothing', async () => {
    assert.deepEqual(await run('read_many_files', { paths: ['/a'] }, { results: [] }), {
      llmContent: 'There is no file at the given paths or patterns.',
      returnDisplay: 'Read 0/0 file(s), 0.0 B total',
    });
  });
});

describe('read_many_files with sizes', () => {
  it('says them in bytes, also of texts that are not ASCII', async () => {
    const result = await run('read_many_files', { paths: ['/a'], include_metadata: true }, { results: [{ path: '/a', content: 'é🙂' }] });
    assert.ok(result.llmContent.includes('Size: 6 bytes\né🙂'), result.llmContent);
    assert.equal(result.returnDisplay, 'Read 1/1 file(s), 6.0 B total');
  });
});

describe('ls', () => {
  const list = (entries, params) => run('ls', { path: '/a', ...params }, { entries });
  const directory = { name: 'd', type: 'directory', isDirectory: true };
  for (const [what, entries, lines] of [
    ['nothing', [], ['(empty directory)']],
    ['directories', [{ name: 'd', type: 'directory' }, { path: 'e', isDirectory: true }], ['Directories (2):', '  [DIR]  d', '  [DIR]  e', '', '']],
    ['files', [{ name: 'f', type: 'file', size: 3 }, 'g'], ['Files (2):', '  [FILE] f', '  [FILE] g', '']],
    ['both', [{ name: 'f' }, directory], ['Directories (1):', '  [DIR]  d', '', 'Files (1):', '  [FILE] f', '']],
  ]) {
    it(`lists what is there, each once: ${what}`, async () => {
      assert.deepEqual(await list(entries), {
        llmContent: ['Directory: /a', `Total entries: ${entries.length}`, '', ...lines].join('\n'),
        returnDisplay: `Listed ${entries.length} entries in /a`,
      });
    });
  }

  it('says how large files are where that is asked for and known', async () => {
    const { llmContent } = await list([{ name: 'f', size: 1536 }, { name: 'g' }], { detailed: true });
    assert.ok(llmContent.endsWith('Files (2):\n  [FILE] f (1.5 KB)\n  [FILE] g\n'), llmContent);
  });
});

describe('plan_get_all', () => {
  it('gives what the host has where that is not a list', async () => {
    const { tools } = toolsOn(() => ({ success: true, plans: { a: 1 } }));
    assert.deepEqual(await tools.executeTool('plan_get_all', {}), { llmContent: '{\n  "a": 1\n}', returnDisplay: 'Action plans that were retrieved: 0' });
  });
});

describe('search_mcp_tool', () => {
  it('says why the host has found nothing', async () => {
    assert.deepEqual(await run('search_mcp_tool', { query: 'mail' }, { success: false, message: 'no index', error: 'another text' }), {
      llmContent: 'Error searching MCP tools: no index',
      returnDisplay: 'Error: no index',
      error: { message: 'no index', type: 'mcp_tool_error' },
    });
  });
});
