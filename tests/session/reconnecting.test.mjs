// Connecting again (PROTOCOL.md, "Reconnection") and connections that are dead without saying so.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, failure, open, settled, startHost, until, wait } from './misbehaving-host.mjs';

const quick = { initialDelay: 20, maxDelay: 60, maxAttempts: 100 };

describe('without the option reconnect', () => {
  it('nothing connects again', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    host.connections[0].socket.terminate();
    await until(() => codebolt.connectionState === 'closed');
    await wait(100);
    assert.equal(host.connections.length, 1);
  });
});

describe('with the option reconnect', () => {
  it('calls wait for the next connection, and what was in flight is not sent again', async () => {
    const host = await startHost({
      onFrame(frame, connection) {
        if (frame.type === 'drop') connection.socket.terminate();
        else answer(frame, connection);
      },
    });
    const codebolt = open({ url: host.url, reconnect: quick });
    const events = [];
    for (const name of ['open', 'reconnecting', 'close']) codebolt.on(name, (details) => events.push([name, details]));
    const error = await failure(codebolt.request('drop'));
    assert.equal(error.sent, true);
    assert.equal(codebolt.connectionState, 'reconnecting');
    assert.equal((await codebolt.request('x')).success, true);
    assert.deepEqual(host.frames.map(({ type }) => type), ['drop', 'x']);
    assert.deepEqual(events.map(([name]) => name), ['open', 'reconnecting', 'open']);
    assert.equal(events[0][1].again, false);
    assert.equal(events[2][1].again, true);
    assert.equal(events[1][1].attempt, 1);
    assert.ok(events[1][1].delay <= 20);
    assert.equal(events[1][1].closeCode, 1006);
  });

  for (const code of [1000, 1008, 4000, 4999]) {
    it(`a close with ${code} ends it`, async () => {
      const host = await startHost({ onFrame: (_, { socket }) => socket.close(code) });
      const codebolt = open({ url: host.url, reconnect: quick });
      await failure(codebolt.request('x'));
      assert.equal(codebolt.connectionState, 'closed');
      await wait(100);
      assert.equal(host.connections.length, 1);
    });
  }

  for (const code of [1001, 1011, 1012, 3000]) {
    it(`a close with ${code} does not end it`, async () => {
      const host = await startHost({ onFrame: (_, { socket }) => socket.close(code) });
      const codebolt = open({ url: host.url, reconnect: quick });
      await failure(codebolt.request('x'));
      await host.connected(2);
    });
  }

  it('it gives up after maxAttempts, rejects who waits, and the next use starts over', async () => {
    const host = await startHost({ onFrame: answer });
    const { port } = host;
    const codebolt = open({ url: host.url, reconnect: { initialDelay: 5, maxDelay: 5, maxAttempts: 3 } });
    await codebolt.waitForReady();
    const attempts = [];
    codebolt.on('reconnecting', ({ attempt }) => attempts.push(attempt));
    await host.stop();
    await until(() => codebolt.connectionState === 'reconnecting');
    const errors = await Promise.all([failure(codebolt.request('x')), failure(codebolt.waitForReady())]);
    assert.deepEqual(errors.map(({ code, sent }) => [code, sent]), [['CONNECT_FAILED', false], ['CONNECT_FAILED', false]]);
    assert.deepEqual(attempts, [1, 2, 3]);
    assert.equal(codebolt.connectionState, 'idle');
    await startHost({ onFrame: answer, port });
    assert.equal((await codebolt.request('x')).success, true);
  });

  it('the first connection is tried again too', async () => {
    const host = await startHost({ onFrame: answer });
    const { port, url } = host;
    await host.stop();
    const codebolt = open({ url, reconnect: quick });
    const call = codebolt.request('x');
    await wait(100);
    await startHost({ onFrame: answer, port });
    assert.equal((await call).success, true);
  });

  it('close() ends it while it waits', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, reconnect: { initialDelay: 60_000 } });
    await codebolt.waitForReady();
    host.connections[0].socket.terminate();
    await until(() => codebolt.connectionState === 'reconnecting');
    const call = codebolt.request('x');
    await settled(codebolt.close(), 500);
    assert.equal((await failure(call)).sent, false);
  });

  it('close() with drain waits for the next connection', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url, reconnect: quick });
    await codebolt.waitForReady();
    host.connections[0].socket.terminate();
    await until(() => codebolt.connectionState === 'reconnecting');
    const call = codebolt.request('x');
    await settled(codebolt.close({ drain: true }));
    assert.equal((await call).success, true);
    assert.equal(codebolt.connectionState, 'closed');
  });

  it('a host that restarts again and again under load: every call settles, with its own reply or an error, and none is sent twice', async () => {
    let host = await startHost({ onFrame: answer });
    const { port, url } = host;
    const seen = new Map();
    const count = ({ frames }) => {
      for (const { requestId } of frames) seen.set(requestId, (seen.get(requestId) ?? 0) + 1);
    };
    const codebolt = open({ url, reconnect: quick, maxQueued: 100_000 });
    let running = true;
    let replied = 0;
    const failed = { true: 0, false: 0 };
    const worker = async (number) => {
      for (let turn = 0; running; turn++) {
        const mine = `${number}/${turn}`;
        try {
          const reply = await codebolt.request('x', mine);
          assert.equal(reply.data.params, mine);
          replied++;
        } catch (error) {
          assert.equal(error.code, 'CONNECTION_CLOSED');
          failed[error.sent]++;
        }
      }
    };
    const workers = Array.from({ length: 50 }, (_, number) => worker(number));
    for (let restart = 0; restart < 6; restart++) {
      await wait(100);
      await host.stop();
      count(host);
      await wait(20);
      host = await startHost({ onFrame: answer, port });
    }
    await wait(200);
    running = false;
    await settled(Promise.all(workers), 10_000).then(({ error }) => assert.equal(error, undefined));
    count(host);
    assert.ok(replied > 0 && failed.true > 0, JSON.stringify({ replied, failed }));
    assert.equal(Math.max(...seen.values()), 1, 'a request was sent twice');
    const { waiting, inFlight, queued } = codebolt.occupancy;
    assert.deepEqual({ waiting, inFlight, queued }, { waiting: 0, inFlight: 0, queued: 0 });
  });
});

describe('keepAlive', () => {
  it('ends a connection that has gone silent, and calls in flight reject', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, keepAlive: 80 });
    const call = codebolt.request('x');
    await host.received(1);
    // From here on the host is there, but neither reads nor writes.
    host.connections[0].socket.pause();
    const error = await failure(call);
    assert.equal(error.code, 'CONNECTION_CLOSED');
    assert.equal(error.closeCode, 1006);
    assert.match(error.closeReason, /keepAlive/);
  });

  it('counts frames, readable or not, and WebSocket pings as life', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, keepAlive: 120 });
    await codebolt.waitForReady();
    const { socket } = host.connections[0];
    const signs = [() => socket.ping(), () => socket.send('{"type":"__ping"}'), () => socket.send('rubbish')];
    for (let turn = 0; turn < 9; turn++) {
      await wait(50);
      signs[turn % 3]();
    }
    assert.equal(codebolt.connectionState, 'open');
  });

  it('together with reconnect finds another connection', async () => {
    const host = await startHost({ onFrame: (frame, connection, { connections }) => connections.length > 1 && answer(frame, connection) });
    const codebolt = open({ url: host.url, keepAlive: 80, reconnect: quick });
    await failure(codebolt.request('x'));
    assert.equal((await codebolt.request('x')).success, true);
  });
});
