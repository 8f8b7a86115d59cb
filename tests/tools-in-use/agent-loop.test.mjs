// examples/tools/agent-loop.mjs with a scripted model; and an agent as it was written for the reference.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileHost } from './file-host.mjs';
import { example, project, run } from './project.mjs';

/** An endpoint whose model does one step of a script a turn; `asked` is what it was asked. */
const scriptedModel = async (steps) => {
  const asked = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url, key: request.headers.authorization, ...JSON.parse(body) });
    const step = steps[asked.length - 1];
    const calls = step?.map(([name, params], index) => ({
      id: `call-${asked.length}-${index}`,
      type: 'function',
      function: { name, arguments: typeof params === 'string' ? params : JSON.stringify(params) },
    }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: step ? null : 'nothing left', tool_calls: calls } }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, url: `http://127.0.0.1:${server.address().port}/v1`, close: () => server.closeAllConnections() ?? server.close() };
};

describe('a model with the toolbox', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'codebolt-loop-'));
  let host;
  before(async () => {
    writeFileSync(path.join(root, 'a.txt'), 'one two\n');
    host = await fileHost(root);
  });
  after(() => {
    host.close();
    rmSync(root, { recursive: true });
  });

  it('is told of the tools, works with them, errs, and hands over its result', async (context) => {
    const file = path.join(root, 'a.txt');
    const model = await scriptedModel([
      [['codebolt--read_file', { absolute_path: file }]],
      [
        ['codebolt--edit', { absolute_path: file, old_string: 'two', new_string: '2' }],
        ['codebolt--edit', { absolute_path: file, old_string: 'three', new_string: '3' }],
      ],
      [['codebolt--nonsense', {}], ['codebolt--ls', '{"path": '], ['read_file', {}]],
      [['codebolt--attempt_completion', { result: { changed: 1 } }]],
    ]);
    context.after(() => model.close());
    const { output } = await run([example('agent-loop.mjs'), 'Replace two by 2'], { ...host.env, MODEL_URL: model.url, MODEL_KEY: 'k', MODEL: 'm' });
    assert.equal(readFileSync(file, 'utf8'), 'one 2\n');
    assert.equal(model.asked.length, 4);
    const [first, second, third, last] = model.asked;
    assert.deepEqual([first.url, first.key, first.model, first.tools.length], ['/v1/chat/completions', 'Bearer k', 'm', 73]);
    assert.deepEqual(second.messages.at(-1), { role: 'tool', tool_call_id: 'call-1-0', content: 'one two\n' });
    assert.match(third.messages.at(-2).content, /^Successfully edited/);
    assert.match(third.messages.at(-1).content, /does not hold/);
    const errors = last.messages.slice(-3).map(({ content }) => content);
    assert.match(errors[0], /no tool 'nonsense'/);
    assert.match(errors[1], /not JSON/);
    assert.match(errors[2], /Missing required field: absolute_path/);
    assert.match(output, /✓ codebolt--attempt_completion.*\n\{\n {2}"changed": 1\n\}\n$/);
  });

  // What agents for the reference do; here under its name, in CommonJS.
  const AGENT = `
    const codebolt = require('@codebolt/codeboltjs').default;
    const toolsModule = require('@codebolt/codeboltjs/tools').default;
    (async () => {
      await codebolt.waitForReady();
      const { data } = await codebolt.mcp.listMcpFromServers(['codebolt']);
      const names = data.tools.map((tool) => tool.function.name);
      const [toolbox, toolName] = 'codebolt--read_file'.split('--');
      const reply = await codebolt.mcp.executeTool(toolbox, toolName, { absolute_path: process.env.FILE });
      const [didUserReject, text] = reply.data;
      const { tools } = await codebolt.mcp.getMcpTools(['codebolt']);
      const picked = toolsModule.getToolNames().map((name) => toolsModule.getTool(name)).map((tool) => tool.schema.function.parameters);
      const direct = await toolsModule.executeTool('read_file', { absolute_path: process.env.FILE });
      const unknown = await toolsModule.executeTool('nope', {});
      console.log(JSON.stringify({ count: names.length, first: names[0], didUserReject, text, tools: tools.length, picked: picked.length, direct: direct.llmContent, unknown: unknown.error.type }));
      process.exit(0);
    })();
  `;

  it('serves an agent that was written for the reference, unchanged', async () => {
    const folder = path.join(project, 'node_modules', '@codebolt');
    mkdirSync(folder, { recursive: true });
    symlinkSync(path.join(project, 'node_modules', 'codebolt-wasm'), path.join(folder, 'codeboltjs'));
    writeFileSync(path.join(project, 'agent.cjs'), AGENT);
    const file = path.join(root, 'b.txt');
    writeFileSync(file, 'beta');
    const { output } = await run(['agent.cjs'], { ...host.env, FILE: file });
    assert.deepEqual(JSON.parse(output), {
      count: 73,
      first: 'codebolt--read_file',
      didUserReject: false,
      text: 'beta',
      tools: 73,
      picked: 73,
      direct: 'beta',
      unknown: 'tool_not_registered',
    });
  });
});
