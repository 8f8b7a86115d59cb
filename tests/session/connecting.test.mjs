// How a connection comes about, or does not (PROTOCOL.md, "Connection" and "States").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodeboltError } from 'codebolt-wasm';
import { runChild } from './child.mjs';
import { answer, failure, open, settled, startHost, startTcp, unusedPort, until, wait } from './misbehaving-host.mjs';

describe('a host that cannot be reached', () => {
  it('rejects with CONNECT_FAILED that names the address and what to do, and nothing was sent', async () => {
    const port = await unusedPort();
    const codebolt = open({ host: '127.0.0.1', port });
    for (const promise of [codebolt.waitForReady(), codebolt.request('x'), codebolt.eventLog.listInstances()]) {
      const error = await failure(promise);
      assert.ok(error instanceof CodeboltError && error instanceof Error);
      assert.equal(error.name, 'CodeboltError');
      assert.equal(error.code, 'CONNECT_FAILED');
      assert.equal(error.sent, false);
      assert.equal(error.address, `ws://127.0.0.1:${port}/codebolt`);
      assert.match(error.message, /ECONNREFUSED/);
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
      assert.match(error.message, /SOCKET_PORT/);
    }
    assert.equal(codebolt.connectionState, 'idle');
  });

  it('says nothing of the secrets in the query', async () => {
    const port = await unusedPort();
    const error = await failure(open({ url: `ws://127.0.0.1:${port}/codebolt?token=secret`, params: { key: 'secret' } }).request('x'));
    assert.doesNotMatch(JSON.stringify({ ...error, message: error.message, stack: error.stack }), /secret/);
  });

  it('is tried again by the next use', async () => {
    const port = await unusedPort();
    const codebolt = open({ host: '127.0.0.1', port });
    await failure(codebolt.waitForReady());
    const host = await startHost({ onFrame: answer, port });
    const reply = await codebolt.request('again');
    assert.equal(reply.success, true);
    assert.equal(host.connections.length, 1);
  });

  it('may be tried again within the close listener', async () => {
    const port = await unusedPort();
    const codebolt = open({ host: '127.0.0.1', port });
    const second = new Promise((resolve) => {
      const off = codebolt.on('close', () => {
        off();
        resolve(failure(codebolt.request('second')));
      });
    });
    const errors = [await failure(codebolt.request('first')), await second];
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['CONNECT_FAILED', 'CONNECT_FAILED'],
    );
  });

  it('does not crash the process when only listeners wait, and prints nothing', async () => {
    const port = await unusedPort();
    const { code, stdout, stderr } = await runChild(
      `import codebolt from 'codebolt-wasm';
       codebolt.onMessage(() => {}); codebolt.onReady(() => {}); codebolt.onRawMessage(() => {});
       codebolt.on('message', () => {});
       codebolt.send({ type: 'x' });
       codebolt.on('close', ({ closeCode, requested }) => console.log(closeCode, requested));`,
      { env: { SOCKET_PORT: String(port) } },
    );
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '1006 false\n', stderr: '' });
  });
});

describe('a server that accepts and never shakes hands', () => {
  it('rejects with CONNECT_TIMEOUT, drops the socket, and the next use tries again', async () => {
    const tcp = await startTcp((socket) => socket.resume());
    const codebolt = open({ url: tcp.url, connectTimeout: 60 });
    for (let attempt = 1; attempt <= 2; attempt++) {
      const error = await failure(codebolt.request('x'));
      assert.equal(error.code, 'CONNECT_TIMEOUT');
      assert.equal(error.sent, false);
      assert.match(error.message, /within 60 ms: the WebSocket did not open/);
      assert.equal(codebolt.connectionState, 'idle');
      assert.equal(tcp.sockets.size, attempt);
      await until(() => [...tcp.sockets].every((socket) => socket.destroyed || socket.readableEnded), 'the end of the socket');
    }
  });
});

describe('a server that answers the handshake with an error', () => {
  for (const status of ['431 Request Header Fields Too Large', '500 Internal Server Error', '200 OK', '302 Found']) {
    it(`rejects with CONNECT_FAILED that says ${status.slice(0, 3)}`, async () => {
      const tcp = await startTcp((socket) =>
        socket.once('data', () => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n`)),
      );
      const error = await failure(open({ url: tcp.url }).request('x'));
      assert.equal(error.code, 'CONNECT_FAILED');
      assert.match(error.message, new RegExp(status.slice(0, 3)));
    });
  }

  it('rejects when the answer is not HTTP, when it stops, and when there is none', async () => {
    for (const reply of ['\0\x01garbage\r\n\r\n', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', '']) {
      const tcp = await startTcp((socket) => socket.once('data', () => socket.end(reply)));
      const error = await failure(open({ url: tcp.url }).waitForReady());
      assert.equal(error.code, 'CONNECT_FAILED', JSON.stringify(reply));
    }
  });
});

describe('readiness', () => {
  it('resolves with undefined once connected, and ready and state follow the connection', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    assert.deepEqual([codebolt.ready, codebolt.connectionState], [false, 'idle']);
    const waiting = codebolt.waitForReady();
    assert.deepEqual([codebolt.ready, codebolt.connectionState], [false, 'connecting']);
    assert.equal(await waiting, undefined);
    assert.deepEqual([codebolt.ready, codebolt.connectionState], [true, 'open']);
    assert.equal(await codebolt.waitForReady(), undefined);
    host.connections[0].socket.close(1011);
    await until(() => codebolt.connectionState === 'closed');
    assert.equal(codebolt.ready, false);
  });

  it('does not deadlock an onReady handler that awaits it or calls the host', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const inHandler = new Promise((resolve) => {
      codebolt.onReady(async () => {
        await codebolt.waitForReady();
        resolve(await codebolt.request('within'));
      });
    });
    await settled(codebolt.waitForReady());
    assert.equal((await inHandler).type, 'within');
  });

  it('runs an onReady handler at once when connected, once, and not after it was taken off', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const ran = [];
    const off = codebolt.onReady(() => ran.push('off'));
    off();
    codebolt.onReady(() => ran.push('early'));
    await codebolt.waitForReady();
    codebolt.onReady(() => ran.push('late'));
    assert.deepEqual(ran, ['early', 'late']);
  });

  it('reports an onReady handler that throws or rejects, and goes on', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const reported = [];
    codebolt.on('listenerError', (error) => reported.push(error.message));
    codebolt.onReady(() => {
      throw new Error('thrown');
    });
    codebolt.onReady(async () => {
      throw new Error('rejected');
    });
    assert.equal((await codebolt.request('x')).success, true);
    assert.deepEqual(reported, ['thrown', 'rejected']);
  });

  it('takes a time limit and a signal', async () => {
    const tcp = await startTcp(() => {});
    const codebolt = open({ url: tcp.url });
    const late = await failure(codebolt.waitForReady({ timeout: 30 }));
    assert.deepEqual([late.code, late.sent, late.address], ['REQUEST_TIMEOUT', false, tcp.url]);
    assert.match(late.message, /^no connection to ws:.* within 30 ms: the WebSocket did not open/);
    assert.doesNotMatch(late.message, /request|reply/);
    const controller = new AbortController();
    const waiting = codebolt.waitForReady({ signal: controller.signal });
    controller.abort('enough');
    assert.equal(await failure(waiting), 'enough');
  });
});

describe('first use', () => {
  it('does not happen on import or construction', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    codebolt.on('open', () => {});
    void codebolt.eventLog;
    await wait(50);
    assert.equal(host.connections.length, 0);
    assert.equal(codebolt.connectionState, 'idle');
    assert.equal(codebolt.occupancy, undefined);
  });

  it('queues calls made before the connection is open, and sends them in their order', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const calls = Array.from({ length: 20 }, (_, index) => codebolt.request('x', { index }));
    codebolt.send({ type: 'told' });
    const replies = await Promise.all(calls);
    assert.deepEqual(replies.map(({ data }) => data.params.index), [...Array(20).keys()]);
    await host.received(21);
    assert.equal(host.connections.length, 1);
    assert.deepEqual(host.frames.map(({ params }) => params?.index), [...Array(20).keys(), undefined]);
  });
});
