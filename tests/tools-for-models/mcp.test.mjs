// `codebolt.mcp` for the toolbox `codebolt`, and for others beside it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BaseDeclarativeTool, CodeboltError, Kind, difference, framesOf, recordings, toolsOn } from './toolbox.mjs';

/** The calls that the recordings name. */
const CALLS = {
  'listMcpFromServers [codebolt]': (mcp) => mcp.listMcpFromServers(['codebolt']),
  'listMcpFromServers [CodeBolt]': (mcp) => mcp.listMcpFromServers(['CodeBolt']),
  'listMcpFromServers [codebolt,codebolt]': (mcp) => mcp.listMcpFromServers(['codebolt', 'codebolt']),
  'listMcpFromServers []': (mcp) => mcp.listMcpFromServers([]),
  'listMcpFromServers [fsx]': (mcp) => mcp.listMcpFromServers(['fsx']),
  'listMcpFromServers [fsx,codebolt,gx]': (mcp) => mcp.listMcpFromServers(['fsx', 'codebolt', 'gx']),
  'listMcpFromServers [fsx] data array': (mcp) => mcp.listMcpFromServers(['fsx']),
  'listMcpFromServers codebolt text': (mcp) => mcp.listMcpFromServers('codebolt'),
  'listMcpFromServers nothing': (mcp) => mcp.listMcpFromServers(),
  'getTools codebolt glob': (mcp) => mcp.getTools([{ toolbox: 'codebolt', toolName: 'glob' }]),
  'getTools codebolt prefixed': (mcp) => mcp.getTools([{ toolbox: 'codebolt', toolName: 'codebolt--glob' }]),
  'getTools codebolt wrong case': (mcp) => mcp.getTools([{ toolbox: 'codebolt', toolName: 'Glob' }]),
  'getTools codebolt prefix wrong case': (mcp) => mcp.getTools([{ toolbox: 'codebolt', toolName: 'Codebolt--glob' }]),
  'getTools codebolt unknown': (mcp) => mcp.getTools([{ toolbox: 'codebolt', toolName: 'nope' }]),
  'getTools []': (mcp) => mcp.getTools([]),
  'getTools mixed': (mcp) => mcp.getTools([{ toolbox: 'fsx', toolName: 'do' }, { toolbox: 'codebolt', toolName: 'glob' }]),
  'executeTool codebolt glob': (mcp) => mcp.executeTool('codebolt', 'glob', { pattern: '*.ts' }),
  'executeTool codebolt glob failure': (mcp) => mcp.executeTool('codebolt', 'glob', { pattern: '*.ts' }),
  'executeTool codebolt prefixed': (mcp) => mcp.executeTool('codebolt', 'codebolt--glob', { pattern: '*.ts' }),
  'executeTool codebolt double prefixed': (mcp) => mcp.executeTool('codebolt', 'codebolt--codebolt--glob', { pattern: '*.ts' }),
  'executeTool codebolt wrong case': (mcp) => mcp.executeTool('codebolt', 'Glob', { pattern: '*.ts' }),
  'executeTool codebolt unknown': (mcp) => mcp.executeTool('codebolt', 'nope', {}),
  'executeTool codebolt invalid': (mcp) => mcp.executeTool('codebolt', 'glob', {}),
  'executeTool codebolt params undefined': (mcp) => mcp.executeTool('codebolt', 'glob'),
  'executeTool codebolt params text': (mcp) => mcp.executeTool('codebolt', 'glob', '{"pattern":"*.ts"}'),
  'executeTool undefined toolbox': (mcp) => mcp.executeTool(undefined, 'glob', { pattern: '*.ts' }),
  'executeTool null toolbox': (mcp) => mcp.executeTool(null, 'glob', { pattern: '*.ts' }),
  'executeTool other': (mcp) => mcp.executeTool('fsx', 'do', { a: 1 }),
  'executeTool other prefixed': (mcp) => mcp.executeTool('fsx', 'fsx--do', { a: 1 }),
  'executeTool edit display object': (mcp) => mcp.executeTool('codebolt', 'attempt_completion', { result: { a: 1 } }),
  'getMcpTools nothing': (mcp) => mcp.getMcpTools(),
  'getMcpTools [codebolt]': (mcp) => mcp.getMcpTools(['codebolt']),
  'getMcpTools [CODEBOLT,fsx]': (mcp) => mcp.getMcpTools(['CODEBOLT', 'fsx']),
  'getMcpTools [fsx]': (mcp) => mcp.getMcpTools(['fsx']),
  'getMcpTools []': (mcp) => mcp.getMcpTools([]),
  getAllMcpTools: (mcp) => mcp.getAllMcpTools(),
};

/** The reference drops that the host refused; here it is in the result. */
const REFUSED = {
  'listMcpFromServers [fsx] failure': (mcp) => mcp.listMcpFromServers(['fsx']),
  'getTools other failure': (mcp) => mcp.getTools([{ toolbox: 'fsx', toolName: 'do' }]),
  'getMcpTools [fsx] failure': (mcp) => mcp.getMcpTools(['fsx']),
  'getAllMcpTools failure': (mcp) => mcp.getAllMcpTools(),
};

/** A result as the recordings shorten it: texts, schemas, and all but the first and last of a long list left out. */
const shortened = (value) => {
  if (Array.isArray(value)) {
    const list = value.map(shortened);
    return list.length > 10 ? [list[0], `<${list.length - 2} more>`, list.at(-1)] : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shortened(member)]));
  if (`${members.name ?? members.toolName}`.startsWith('codebolt--')) Object.assign(members, { description: '<text>', parameters: '<schema>' });
  return members;
};

const count = ({ data, tools }) => (tools ?? data?.tools)?.length;

describe('mcp', () => {
  for (const { call, frames, reply, result } of recordings.mcp) {
    const run = CALLS[call] ?? REFUSED[call];
    it(`answers as recorded${REFUSED[call] ? ', and says that the host refused' : ''}: ${call}`, async () => {
      assert.ok(run, 'no call for this recording');
      const { session, mcp } = toolsOn(() => reply);
      if (result.throws) {
        await assert.rejects(async () => run(mcp), { name: result.throws });
        return;
      }
      const found = await run(mcp);
      assert.deepEqual(framesOf(session), frames);
      const { count: wanted, ...members } = result;
      if (wanted !== undefined) assert.equal(count(found), wanted);
      assert.equal(difference(shortened(found), REFUSED[call] ? { success: false, error: reply.error, ...members } : members), undefined);
    });
  }

  it('gives a list of tools whatever the host answers', async () => {
    const { mcp } = toolsOn(() => ({ success: false }));
    assert.deepEqual(await mcp.listMcpFromServers(['a']), { success: false, data: { tools: [] } });
    assert.deepEqual(await mcp.getTools([{ toolbox: 'a', toolName: 'b' }]), { success: false, data: [] });
    assert.deepEqual(await mcp.getMcpTools(['a']), { success: false, tools: [] });
    assert.equal((await mcp.getAllMcpTools()).tools.length, 73);
  });

  it('asks the host for nothing where a toolbox has no name', async () => {
    const { session, mcp } = toolsOn();
    // Agents hand over the names alone where objects are wanted.
    for (const call of [mcp.getTools(['files']), mcp.getTools([{}]), mcp.listMcpFromServers([undefined]), mcp.getMcpTools([7]), mcp.executeTool(7, 'x', {})]) {
      await assert.rejects(call, { code: 'INVALID_ARGUMENT', type: 'codebolttools', message: /^mcp: a toolbox: expected its name as a string, got (undefined|7)$/ });
    }
    assert.deepEqual(framesOf(session), []);
    await mcp.executeTool('', 'x', {});
    assert.equal(framesOf(session)[0].toolName, '--x');
  });

  it('describes no tool of its own where one of another toolbox has its name', async () => {
    const { session, mcp } = toolsOn(() => ({ success: true, data: [{ toolbox: 'fsx', toolName: 'glob' }] }));
    assert.deepEqual(await mcp.getTools([{ toolbox: 'fsx', toolName: 'glob' }]), { data: [{ toolbox: 'fsx', toolName: 'glob' }] });
    assert.equal(session.frames.length, 1);
  });

  it('lists the tools that it runs', async () => {
    const { mcp, tools } = toolsOn();
    const { data } = await mcp.listMcpFromServers(['codebolt']);
    assert.deepEqual(data.tools.map(({ function: { name } }) => name), tools.getToolNames().map((name) => `codebolt--${name}`));
    assert.deepEqual((await mcp.getMcpTools(['codebolt'])).tools, data.tools);
  });

  it('lists and runs tools that are registered beside its own', async () => {
    const { mcp, tools } = toolsOn();
    class Echo extends BaseDeclarativeTool {
      createInvocation({ text }) {
        return { execute: async () => ({ llmContent: text ?? [{ nothing: 'to say' }], returnDisplay: '' }) };
      }
    }
    tools.getRegistry().registerTool(new Echo('echo', 'Echo', 'Says it again.', Kind.Other, { properties: { text: { type: 'string' } } }));
    const { data } = await mcp.listMcpFromServers(['codebolt']);
    assert.equal(data.tools.at(-1).function.name, 'codebolt--echo');
    assert.deepEqual((await mcp.executeTool('codebolt', 'echo', { text: 'hello' })).data, [false, 'hello']);
    assert.deepEqual((await mcp.executeTool('codebolt', 'echo', {})).data, [false, '[{"nothing":"to say"}]'], 'a text, as every tool of a model gives');
    assert.equal((await toolsOn().mcp.executeTool('codebolt', 'echo', {})).success, false);
  });

  it('hands the signal and the time limit of a call to what the tool sends', async () => {
    const { session, mcp } = toolsOn(() => ({ success: true, content: 'x' }));
    const { signal } = new AbortController();
    await mcp.executeTool('codebolt', 'read_file', { absolute_path: '/a' }, { signal, timeout: 5 });
    assert.deepEqual(session.frames[0].options, { timeout: 5, signal });
  });

  it('settles with what an aborted call has not done', async () => {
    const { session, mcp } = toolsOn();
    const result = await mcp.executeTool('codebolt', 'read_file', { absolute_path: '/a' }, { signal: AbortSignal.abort(new Error('enough')) });
    assert.deepEqual(result, { success: false, status: 'error', error: 'enough', result: 'Error reading file: enough', data: [true, 'enough'] });
    assert.deepEqual(framesOf(session), []);
  });

  it('rejects options that are none, as every call does', async () => {
    const { mcp } = toolsOn();
    await assert.rejects(mcp.executeTool('codebolt', 'glob', { pattern: 'x' }, { timeout: -1 }), (error) => error instanceof CodeboltError && error.code === 'INVALID_ARGUMENT');
  });
});
