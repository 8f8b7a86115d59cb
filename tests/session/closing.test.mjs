// How a connection ends, and what becomes of those who wait (PROTOCOL.md, "Closing").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { runChild } from './child.mjs';
import { answer, failure, open, settled, startHost, startTcp, until, wait } from './misbehaving-host.mjs';

const REFERENCE_TEXT = 'WebSocket connection closed';

describe('when the host closes', () => {
  for (const [code, reason] of [[1000, 'done'], [1001, ''], [1008, 'not you'], [1011, 'broken'], [1012, ''], [1013, ''], [3000, ''], [4000, 'own'], [4999, '']]) {
    it(`with ${code}, calls in flight reject with an unknown outcome`, async () => {
      const host = await startHost({ onFrame: (_, connection) => connection.socket.close(code, reason) });
      const codebolt = open({ url: host.url });
      const closed = [];
      codebolt.on('close', (details) => closed.push(details));
      const error = await failure(codebolt.eventLog.listInstances());
      assert.equal(error.message, REFERENCE_TEXT);
      assert.equal(error.code, 'CONNECTION_CLOSED');
      assert.deepEqual([error.sent, error.closeCode, error.closeReason], [true, code, reason]);
      assert.equal(error.type, 'eventLog.listInstances');
      assert.match(error.hint, /unknown/);
      assert.deepEqual(closed, [{ closeCode: code, closeReason: reason, requested: false, address: host.url }]);
      assert.equal(codebolt.connectionState, 'closed');
    });
  }

  it('without a code, it is 1005, and without a close frame 1006', async () => {
    for (const [end, code] of [[(socket) => socket.close(), 1005], [(socket) => socket.terminate(), 1006]]) {
      const host = await startHost({ onFrame: (_, { socket }) => end(socket) });
      assert.equal((await failure(open({ url: host.url }).request('x'))).closeCode, code);
    }
  });

  it('a call made afterwards rejects at once and says what to do', async () => {
    const host = await startHost({ onFrame: (_, { socket }) => socket.terminate() });
    const codebolt = open({ url: host.url });
    await failure(codebolt.request('x'));
    for (const promise of [codebolt.request('y'), codebolt.send({ type: 'y' }), codebolt.waitForReady(), codebolt.getMessage()]) {
      const error = await failure(promise, 100);
      assert.equal(error.message, REFERENCE_TEXT);
      assert.equal(error.sent, false);
    }
    for (const promise of [codebolt.request('y'), codebolt.waitForReady()]) {
      assert.match((await failure(promise)).hint, /^This call sent nothing \(close code 1006.*\)\. .*, or set the option 'reconnect'\.$/);
    }
    assert.equal(host.connections.length, 1);
  });

  for (const [why, code, options] of [
    ['the host closed for good', 1000, {}],
    ['the host refused', 1008, {}],
    ['the host closed with a code of its own', 4001, {}],
    ['it is set', 4001, { reconnect: true }],
  ]) {
    it(`a call made afterwards is not advised to set 'reconnect' where ${why}`, async () => {
      const host = await startHost({ onFrame: (_, { socket }) => socket.close(code) });
      const codebolt = open({ url: host.url, ...options });
      await failure(codebolt.request('x'));
      assert.equal((await failure(codebolt.request('y'))).hint, `This call sent nothing (close code ${code}). Make a new Codebolt to connect again.`);
    });
  }

  it('a reply in the same packet as the close still arrives', async () => {
    const host = await startHost({
      onFrame(frame, connection) {
        answer(frame, connection);
        connection.socket.close(1000);
      },
    });
    assert.equal((await open({ url: host.url }).request('x')).success, true);
  });
});

describe('close()', () => {
  it('rejects what waits, closes with 1000, and resolves when it is closed', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const call = codebolt.request('x');
    await host.received(1);
    const closing = codebolt.close();
    assert.equal(codebolt.connectionState, 'closing');
    const error = await failure(call);
    assert.deepEqual([error.message, error.sent], [REFERENCE_TEXT, true]);
    assert.equal(await closing, undefined);
    assert.equal(codebolt.connectionState, 'closed');
    assert.equal((await host.connections[0].closed).code, 1000);
    assert.equal((await failure(codebolt.request('y'))).sent, false);
    assert.equal(await codebolt.close(), undefined);
  });

  it('on an instance that was never used resolves, and later calls reject', async () => {
    const codebolt = new Codebolt();
    await codebolt.close();
    assert.equal(codebolt.connectionState, 'closed');
    assert.equal((await failure(codebolt.request('x'))).message, REFERENCE_TEXT);
    assert.equal((await failure(codebolt.waitForReady())).code, 'CONNECTION_CLOSED');
    await codebolt.close({ drain: true });
  });

  it('while connecting drops the attempt', async () => {
    const tcp = await startTcp((socket) => socket.resume());
    const codebolt = open({ url: tcp.url });
    const calls = [codebolt.request('x'), codebolt.waitForReady(), codebolt.send({ type: 'x' })];
    await until(() => tcp.sockets.size === 1);
    await settled(codebolt.close(), 500);
    assert.deepEqual((await Promise.all(calls.slice(0, 2).map((call) => failure(call)))).map(({ sent }) => sent), [false, false]);
  });

  it('does not wait for ever for a host that does not answer the close frame', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    host.connections[0].socket.pause();
    const started = Date.now();
    await settled(codebolt.close());
    assert.ok(Date.now() - started < 4_000);
  });

  it('with drain lets calls settle, sends what waits, takes no new ones, and closes properly however long that took', async () => {
    const replies = [];
    const host = await startHost({ onFrame: (frame, connection) => replies.push(() => answer(frame, connection)) });
    const codebolt = open({ url: host.url, maxInFlight: 1 });
    const first = codebolt.request('x', 1);
    const second = codebolt.request('x', 2);
    await host.received(1);
    const closing = codebolt.close({ drain: true });
    assert.equal(codebolt.connectionState, 'closing');
    assert.equal((await failure(codebolt.request('late'))).sent, false);
    await wait(2_100);
    replies.shift()();
    assert.equal((await first).data.params, 1);
    await host.received(2);
    replies.shift()();
    assert.equal((await second).data.params, 2);
    await settled(closing);
    assert.equal((await host.connections[0].closed).code, 1000, 'a handshake, not a break');
  });

  it('with drain gives up after its time limit', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const call = codebolt.request('x');
    await host.received(1);
    const closing = codebolt.close({ drain: true, timeout: 50 });
    assert.equal((await failure(call)).sent, true);
    await settled(closing);
  });

  it('is what await using does, with drain', async () => {
    const host = await startHost({ onFrame: (frame, connection) => setTimeout(() => answer(frame, connection), 50) });
    const codebolt = new Codebolt({ url: host.url });
    const call = codebolt.request('x');
    await codebolt[Symbol.asyncDispose]();
    assert.equal((await call).success, true);
    assert.equal(codebolt.connectionState, 'closed');
  });

  it('refuses a time limit that is none', async () => {
    for (const timeout of ['1', NaN, -1, null]) {
      assert.equal((await failure(new Codebolt().close({ drain: true, timeout }))).code, 'INVALID_ARGUMENT');
    }
  });

  it('of one instance leaves others alone', async () => {
    const host = await startHost({ onFrame: answer });
    const [one, other] = [open({ url: host.url }), open({ url: host.url })];
    await Promise.all([one.waitForReady(), other.waitForReady()]);
    await one.close();
    assert.equal((await other.request('x')).success, true);
    assert.equal(host.connections.length, 2);
  });
});

describe('a process', () => {
  const env = (host) => ({ SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' });

  it('ends by itself after close(), with nothing printed', async () => {
    const host = await startHost({ onFrame: answer });
    const result = await runChild(
      `import codebolt from 'codebolt-wasm';
       await codebolt.request('x');
       codebolt.request('y', 1, { timeout: 100_000 }).catch(() => {});
       await codebolt.close();`,
      { env: env(host), limit: 5_000 },
    );
    assert.deepEqual(result, { code: 0, signal: null, stdout: '', stderr: '', timedOut: false });
  });

  it('ends by itself when the host closes', async () => {
    const host = await startHost({ onFrame: (_, { socket }) => socket.close(1000) });
    const { code, stdout } = await runChild(
      `import codebolt from 'codebolt-wasm';
       codebolt.onMessage(() => {});
       await codebolt.request('x').catch((error) => console.log(error.code));`,
      { env: env(host), limit: 5_000 },
    );
    assert.deepEqual([code, stdout], [0, 'CONNECTION_CLOSED\n']);
  });

  it('lives as long as a call or a reconnection is under way', async () => {
    const host = await startHost({
      onFrame(frame, connection, { connections }) {
        if (connections.length === 1) connection.socket.terminate();
        else setTimeout(() => answer(frame, connection), 200);
      },
    });
    const { code, stdout } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt({ reconnect: { initialDelay: 100 } });
       await codebolt.request('x').catch((error) => console.log(error.code));
       const { success } = await codebolt.request('y');
       console.log(success);
       await codebolt.close();`,
      { env: env(host), limit: 5_000 },
    );
    assert.deepEqual([code, stdout], [0, 'CONNECTION_CLOSED\ntrue\n']);
  });
});
