// What a program says that ends without having had a connection, and what handlers that throw show.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { startHost, unusedPort } from './misbehaving-host.mjs';

const nowhere = async () => ({ env: { SOCKET_PORT: String(await unusedPort()), CODEBOLT_SERVER_URL: '127.0.0.1' } });
const run = async (text, options) => runChild(`import codebolt, { Codebolt } from 'codebolt-wasm';\n${text}`, options ?? (await nowhere()));

describe('a program that lived for its connection alone, and had none', () => {
  for (const [name, text] of [
    ['onMessage', 'codebolt.onMessage(() => {})'],
    ['onPluginStart', 'codebolt.onPluginStart(() => {})'],
    ['onReady', 'codebolt.onReady(() => {})'],
    ['onRawMessage', 'codebolt.onRawMessage(() => {})'],
    ["on('message')", "codebolt.on('message', () => {})"],
    ['a message that nobody awaits', "codebolt.chat.sendMessage('hello')"],
    ['an event of the queue', 'codebolt.agentEventQueue.onQueueEvent(() => {})'],
    ['several of these', "codebolt.onMessage(() => {}); codebolt.onRawMessage(() => {}); codebolt.chat.sendMessage('hello')"],
  ]) {
    it(`says once what happened and what to do, and ends with 1: ${name}`, async () => {
      const { code, stdout, stderr } = await run(text);
      assert.equal(code, 1, stderr);
      assert.equal(stdout, '');
      assert.equal(stderr.match(/codebolt: no connection to ws:\/\/127\.0\.0\.1:\d+\/codebolt came about \(connect ECONNREFUSED .+\), and this program/g).length, 1);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.match(stderr, /SOCKET_PORT/);
    });
  }

  it('says that the module could not be loaded, where a message is all that it wanted to send', async () => {
    const { code, stderr } = await run("WebAssembly.Module = class { constructor() { throw new Error('no memory for it'); } }; codebolt.send({ type: 'x' });");
    assert.equal(code, 1);
    assert.equal(stderr, 'codebolt: the WebAssembly module in the package could not be loaded (no memory for it). Install codebolt-wasm again\n');
  });

  it('leaves the reason out where a socket gives none', async () => {
    const { stderr } = await run(`
      class Refused { readyState = 0; send() {} close() {} constructor() { setTimeout(() => this.onclose({ code: 1006, reason: '' })); } }
      new Codebolt({ url: 'ws://host:1/codebolt', webSocket: Refused }).onMessage(() => {});`);
    assert.equal(
      stderr,
      'codebolt: no connection to ws://host:1/codebolt came about, and this program has nothing else to do. Start the host, or say where it is: ' +
        'by the environment variables SOCKET_PORT and CODEBOLT_SERVER_URL, or by new Codebolt({ url }).\n',
    );
  });

  it('keeps the exit code that it has chosen', async () => {
    const { code, stderr } = await run('codebolt.onMessage(() => {}); process.exitCode = 7;');
    assert.equal(code, 7);
    assert.match(stderr, /no connection/);
  });
});

describe('a program says nothing of its own', () => {
  for (const [name, text, expected = 0] of [
    ['when a promise told it', 'codebolt.onMessage(() => {}); await codebolt.waitForReady().catch(() => {});'],
    ['when a request told it', 'codebolt.onMessage(() => {}); await codebolt.eventLog.listInstances().catch(() => {});'],
    ['when a listener took it', "codebolt.onMessage(() => {}); codebolt.on('close', () => {});"],
    ['when a logger took it', 'new Codebolt({ logger: () => {} }).onMessage(() => {});'],
    ['when it closed', 'codebolt.onMessage(() => {}); await codebolt.close();'],
    ['when it closed after the failure', "codebolt.onMessage(() => {}); setTimeout(() => codebolt.close(), 100);"],
    ['when it chose to end', 'codebolt.onMessage(() => {}); setTimeout(() => process.exit(0), 100);'],
    ['when it did nothing with the package', ''],
  ]) {
    it(name, async () => {
      const { code, stderr } = await run(text);
      assert.equal(stderr, '');
      assert.equal(code, expected);
    });
  }

  it('when it connected in the end', async () => {
    const port = await unusedPort();
    const running = run("codebolt.onMessage(() => {}); setTimeout(() => codebolt.onRawMessage(() => codebolt.close()), 600);", {
      env: { SOCKET_PORT: String(port), CODEBOLT_SERVER_URL: '127.0.0.1' },
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await startHost({ port, onConnection: (connection) => connection.send({ type: 'told' }) });
    const { code, stderr } = await running;
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('when the host ended a connection that it had', async () => {
    const host = await startHost({ onConnection: ({ socket }) => setTimeout(() => socket.close(1000), 20) });
    const { code, stderr } = await run('codebolt.onMessage(() => {});', { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } });
    assert.deepEqual([code, stderr], [0, '']);
  });
});

describe('a call that nobody awaits', () => {
  it('ends the program when it fails, as any rejection that nobody handles; a time limit does not', async () => {
    const { code, stderr } = await run("codebolt.request('x');");
    assert.equal(code, 1);
    assert.match(stderr, /CONNECT_FAILED/);
    const host = await startHost();
    const late = await run("await codebolt.waitForReady(); codebolt.request('x', 1, { timeout: 10 }); setTimeout(() => codebolt.close(), 300);", {
      env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' },
    });
    assert.deepEqual([late.code, late.stderr], [0, '']);
  });
});

describe('a handler that throws', () => {
  it('is shown with its whole stack, and with what caused it', async () => {
    const host = await startHost({ onConnection: (connection) => connection.send({ type: 'messageResponse', message: { userMessage: 'x' } }) });
    const { stderr } = await run(
      `function whereItThrew() { throw new TypeError('outer', { cause: new RangeError('inner') }); }
       codebolt.onMessage(() => whereItThrew());
       setTimeout(() => codebolt.close(), 200);`,
      { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } },
    );
    assert.match(stderr, /CodeboltListenerWarning: TypeError: outer\n/);
    assert.match(stderr, /^ +at whereItThrew .+\n +at /m);
    assert.match(stderr, /RangeError: inner/);
    assert.equal(stderr.match(/TypeError: outer/g).length, 1);
    assert.equal(host.frames[0].error, 'outer');
  });
});
