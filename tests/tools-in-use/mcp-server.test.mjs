// examples/tools/mcp-server.mjs, tried by the official client.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { fileHost } from './file-host.mjs';
import { example, linkModule, project } from './project.mjs';

describe('the tools behind MCP', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'codebolt-mcp-'));
  const file = path.join(root, 'a.txt');
  let host;
  let client;
  before(async () => {
    writeFileSync(file, 'alpha');
    host = await fileHost(root);
    linkModule('@modelcontextprotocol');
    client = new Client({ name: 'test', version: '1.0.0' });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [example('mcp-server.mjs')],
      cwd: project,
      env: { ...process.env, ...host.env, NODE_TEST_CONTEXT: '' },
    });
    await client.connect(transport);
  });
  after(async () => {
    await client.close();
    host.close();
    rmSync(root, { recursive: true });
  });

  it('are listed with schemas that the client takes', async () => {
    const { tools } = await client.listTools();
    assert.equal(tools.length, 73);
    assert.deepEqual(tools[0].inputSchema.required, ['absolute_path']);
  });

  it('run, and their failures are told as such', async () => {
    const call = (name, params) => client.callTool({ name, arguments: params });
    assert.deepEqual(await call('read_file', { absolute_path: file }), { content: [{ type: 'text', text: 'alpha' }], isError: false });
    const absent = await call('read_file', { absolute_path: path.join(root, 'absent') });
    assert.equal(absent.isError, true);
    assert.match(absent.content[0].text, /ENOENT/);
    const wrong = await call('read_file', {});
    assert.equal(wrong.isError, true);
    assert.match(wrong.content[0].text, /Missing required field: absolute_path/);
    await assert.rejects(call('nope', {}), /no tool 'nope'/);
  });

  it('are cancelled with the call, and the server goes on', async () => {
    const controller = new AbortController();
    host.on('jobEvent', () => new Promise(() => {}));
    const waiting = client.callTool({ name: 'job_list', arguments: {} }, undefined, { signal: controller.signal });
    await host.sent('jobEvent');
    controller.abort('enough');
    await assert.rejects(waiting, /enough/);
    assert.equal((await client.callTool({ name: 'read_file', arguments: { absolute_path: file } })).isError, false);
  });
});
