// What a tool says of parameters before it sends anything.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { difference, framesOf, recordings, revived, toolsOn } from './toolbox.mjs';

/** What the reference refuses because it takes a text for the JSON that it may be. */
const TEXTS = ['stringThatParsesAsNumber', 'stringThatParsesAsObject', 'stringThatParsesAsTrue'];

describe('parameters', () => {
  const { tools } = toolsOn();

  for (const [name, { tool, params, result }] of Object.entries(recordings.validator)) {
    if (TEXTS.includes(name)) continue;
    it(`are judged as recorded: ${name}`, () => {
      assert.equal(difference(tools.getTool(tool).validateToolParams(revived(params)), result), undefined);
    });
  }

  for (const name of TEXTS) {
    const { tool, params } = recordings.validator[name];
    // The recorded path of one of them is not a file's name. The rules accept it.
    it(`may be a text that is JSON of something else, and it goes out as it is: ${JSON.stringify(params)}`, async () => {
      const { session, tools: own } = toolsOn();
      assert.equal(own.getTool(tool).validateToolParams(params), null);
      await own.executeTool(tool, params);
      const [frame] = framesOf(session);
      assert.deepEqual(Object.values(frame.message), Object.values(params).reverse().slice(0, Object.keys(frame.message).length).reverse());
    });
  }

  it('of a text that is JSON pass inside an object, too', () => {
    assert.equal(tools.getTool('plan_update').validateToolParams({ planId: '1', updates: { name: '5', status: '{}' } }), null);
  });

  const refusals = [
    ['read_file', { absolute_path: ' ' }, /'absolute_path' .*blank/],
    ['read_file', { absolute_path: 'src/a.ts' }, /'absolute_path' .*absolute.*src\/a\.ts/],
    ['read_file', { absolute_path: '/a', offset: -1 }, /'offset' .*at least 0/],
    ['read_file', { absolute_path: '/a', limit: 0 }, /'limit' .*above 0/],
    ['write_file', { absolute_path: '/a', content: null }, /'content'/],
    ['edit', { absolute_path: '/a', old_string: '', new_string: 'x' }, /'old_string' .*empty/],
    ['edit', { absolute_path: '/a', old_string: 'x', new_string: 'x' }, /'old_string' and 'new_string' are the same/],
    ['edit', { absolute_path: '/a', old_string: 'x', new_string: 'y', expected_occurrences: 0 }, /at least 1/],
    ['read_many_files', { paths: [] }, /'paths'/],
    ['glob', { pattern: 'x', path: 'src' }, /'path' .*absolute/],
    ['search_files', { path: '/a', regex: '(' }, /^Invalid regex pattern: .*\(/],
    ['thread_create', { options: '{"title":"t"}' }, /'options' .*object/],
    ['thread_get', { threadId: '' }, /^'threadId' is required$/],
    ['thread_update_status', { threadId: 'T', status: ' ' }, /^'status' is required$/],
    ['thread_get_messages', { threadId: 'T', limit: -1 }, /'limit'/],
    ['plan_update', { planId: 'P', updates: {} }, /at least one/],
    ['plan_add_task', { planId: 'P', task: { name: ' ' } }, /'task\.name'/],
    ['roadmap_update_phase', { phase_id: 'F' }, /name, description, order/],
    ['job_group_create', { short_name: 'ABCDEFG' }, /2 to 6/],
    ['job_add_dependency', { job_id: 'J', depends_on_job_id: 'J' }, /are the same/],
    ['job_bid_add', { job_id: 'J', agent_id: 'A', reason: 'r', priority: '7' }, /'priority' .*number, not string/],
    ['requirement_plan_add_section', { filePath: '/p', section: { type: 'x' } }, /^Property 'section': Property 'type': .*: markdown, specs-link/],
  ];
  for (const [tool, params, wanted] of refusals) {
    it(`that make no sense are refused, and nothing is sent: ${tool} ${JSON.stringify(params)}`, async () => {
      const { session, tools: own } = toolsOn();
      const { llmContent, returnDisplay, error } = await own.executeTool(tool, params);
      assert.match(error.message, wanted);
      assert.equal(error.type, 'invalid_tool_params');
      assert.equal(returnDisplay, error.message);
      assert.equal(llmContent, `Error: Invalid parameters provided. Reason: ${error.message}`);
      assert.deepEqual(framesOf(session), []);
    });
  }

  it('may be paths of a host on Windows', async () => {
    const { session, tools: own } = toolsOn(() => ({ success: true, content: 'a' }));
    await own.executeTool('write_file', { absolute_path: 'C:\\work\\a.txt', content: 'x' });
    const { returnDisplay } = await own.executeTool('edit', { absolute_path: 'C:\\work\\a.txt', old_string: 'a', new_string: 'b' });
    assert.equal(framesOf(session)[0].message.filePath, 'C:\\work\\a.txt');
    assert.equal(returnDisplay.fileName, 'a.txt');
  });
});

describe('a text for people', () => {
  for (const [path, shown] of [
    ['/short/a.ts', '/short/a.ts'],
    [`/${'x'.repeat(60)}/deep/in/a.ts`, '.../deep/in/a.ts'],
    [`/w/${'n'.repeat(50)}.ts`, `...${'n'.repeat(44)}.ts`],
    ['/aaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbb/cccccccccc/d.ts', '.../bbbbbbbbbbbbbbbbbbbb/cccccccccc/d.ts'],
  ]) {
    it(`has the end of a long path: ${path}`, async () => {
      const { tools } = toolsOn(() => ({ success: true, content: '' }));
      const { returnDisplay } = await tools.executeTool('read_file', { absolute_path: path });
      assert.equal(returnDisplay, `Successfully read ${shown}`);
    });
  }
});
