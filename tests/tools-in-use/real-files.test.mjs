// The tools that work on files, and the one that runs commands, through the whole package on a real folder.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileHost } from './file-host.mjs';
import { fromPackage } from './project.mjs';

const { Codebolt } = await fromPackage('node.js');
const { toolsFor } = await fromPackage('tools-node.js');

const root = mkdtempSync(path.join(tmpdir(), 'codebolt-files-'));
const host = await fileHost(root);
const codebolt = new Codebolt(host.options());
after(async () => {
  await codebolt.close();
  host.close();
  rmSync(root, { recursive: true });
});

const tools = toolsFor(codebolt);
const at = (...parts) => path.join(root, ...parts);
const run = async (name, params) => {
  const result = await tools.executeTool(name, params);
  assert.equal(result.error, undefined, JSON.stringify(result.error));
  return result.llmContent;
};

describe('on real files', () => {
  it('a file is written, read, changed and found', async () => {
    const file = at('src', 'a.ts');
    const text = 'const price = "$&";\r\nconst total = price;\r\n// ünïcödé 🙂\r\n';
    await run('write_file', { absolute_path: file, content: text });
    assert.equal(readFileSync(file, 'utf8'), text);
    assert.equal(await run('read_file', { absolute_path: file }), text);
    assert.match(await run('read_file', { absolute_path: file, offset: 1, limit: 1 }), /lines 2-2 of 4[^]*offset: 2\.\n\n.*\nconst total = price;\r$/);
    await run('edit', { absolute_path: file, old_string: 'price', new_string: '$1$&$$', expected_occurrences: 2 });
    assert.equal(readFileSync(file, 'utf8'), text.replaceAll('price', () => '$1$&$$'));
    await run('edit', { absolute_path: file, old_string: '🙂', new_string: '' });
    assert.equal(readFileSync(file, 'utf8').includes('🙂'), false);
    assert.equal(await run('glob', { pattern: '**/*.ts' }), `Found 1 file(s) for the pattern: "**/*.ts"\n\n${file}\n`);
    assert.match(await run('grep', { path: root, pattern: 'TOTAL', case_sensitive: false }), /2: const total/);
    assert.match(await run('search_files', { path: root, regex: 'const \\w+ =', file_pattern: '*.ts' }), /^Found 1 match.*\n\n--- .*a\.ts ---\n2: /);
  });

  it('a text that is JSON is written as it is', async () => {
    for (const content of ['{}', '5', 'true', 'null', '[1]', '"x"', '']) {
      await run('write_file', { absolute_path: at('data.json'), content });
      assert.equal(readFileSync(at('data.json'), 'utf8'), content);
    }
  });

  it('a folder is listed, and several files are read at once', async () => {
    mkdirSync(at('many'));
    writeFileSync(at('many', 'b.txt'), 'b\n');
    writeFileSync(at('many', '.hidden'), 'h');
    assert.match(await run('ls', { path: root, detailed: true }), /\[DIR\]  many\n[^]*\[FILE\] data\.json \(0\.0 B\)/);
    assert.doesNotMatch(await run('ls', { path: at('many') }), /hidden/);
    assert.match(await run('ls', { path: at('many'), show_hidden: true }), /\[FILE\] \.hidden/);
    assert.match(await run('read_many_files', { paths: [at('many', 'b.txt'), at('none')] }), /b\.txt ---\nb\n\n--- FILE: .*none \(ERROR\) ---\nError: ENOENT/);
  });

  it('a command runs in the folder, and its exit code is told', async () => {
    assert.equal(await run('execute_command', { command: 'cat many/b.txt' }), 'Command executed: cat many/b.txt\n\nOutput:\nb\n');
    assert.equal(await run('execute_command', { command: 'exit 3' }), 'Command executed: exit 3\n\nExit code: 3');
  });

  it('what fails changes nothing and says why', async () => {
    const file = at('same.txt');
    writeFileSync(file, 'a a');
    for (const [params, type] of [
      [{ old_string: 'b', new_string: 'c' }, 'edit_no_occurrence_found'],
      [{ old_string: 'a', new_string: 'c', expected_occurrences: 1 }, 'edit_expected_occurrence_mismatch'],
      [{ old_string: 'a', new_string: 'a' }, 'invalid_tool_params'],
    ]) {
      const { error } = await tools.executeTool('edit', { absolute_path: file, ...params });
      assert.equal(error.type, type);
      assert.equal(readFileSync(file, 'utf8'), 'a a');
    }
    const { llmContent, error } = await tools.executeTool('read_file', { absolute_path: at('absent') });
    assert.equal(error.type, 'file_not_found');
    assert.match(llmContent, /^Error reading file: ENOENT/);
  });

  it('why a tool was called goes to the chat', async () => {
    await run('read_file', { absolute_path: at('same.txt'), explanation: 'to see it' });
    const frames = host.requests().slice(-2).map(({ frame: { type, message } }) => [type, message.filePath ?? message]);
    assert.deepEqual(frames, [['sendMessage', 'to see it'], ['fsEvent', at('same.txt')]]);
  });
});
