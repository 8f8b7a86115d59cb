// Time limits, aborts, the queue, the socket's buffer (PROTOCOL.md, "Limits").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runChild } from './child.mjs';
import { answer, failure, open, settled, startHost, startTcp, until, wait } from './misbehaving-host.mjs';

describe('a time limit', () => {
  it('is the call\'s own, else the session\'s; the error says which and whether the request was sent', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, requestTimeout: 60 });
    await codebolt.waitForReady();
    const [own, general] = await Promise.all([failure(codebolt.request('x', 1, { timeout: 30 })), failure(codebolt.request('x', 2))]);
    assert.deepEqual([own.code, own.sent, general.code, general.sent], ['REQUEST_TIMEOUT', true, 'REQUEST_TIMEOUT', true]);
    assert.match(own.message, /^x: no reply from ws:.* within 30 ms: the request was sent/);
    assert.match(general.message, /within 60 ms/);
    assert.equal(codebolt.occupancy.waiting, 0);
  });

  it('ends no process whose program did not look at the call, and tells who does', async () => {
    const host = await startHost();
    const text = `import { Codebolt } from 'codebolt-wasm';
      const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)}, requestTimeout: 30 });
      codebolt.request('before it is open');
      codebolt.eventLog.createInstance('a');
      await codebolt.waitForReady();
      codebolt.request('open');
      codebolt.fs.readFile('a');
      codebolt.eventLog.createInstance('b');
      codebolt.eventLog.getInstance('c', { timeout: 20 });
      const late = codebolt.request('looked at');
      setTimeout(async () => {
        const [{ reason }] = await Promise.allSettled([late]);
        console.log(reason.code);
        await codebolt.close();
      }, 200);`;
    const { code, stdout, stderr } = await runChild(text);
    assert.deepEqual([code, stdout, stderr], [0, 'REQUEST_TIMEOUT\n', '']);
  });

  it('of 0 or Infinity is none', async () => {
    const host = await startHost({ onFrame: (frame, connection) => setTimeout(() => answer(frame, connection), 150) });
    const codebolt = open({ url: host.url, requestTimeout: 40 });
    const replies = await Promise.all([0, Infinity].map((timeout) => codebolt.request('x', 1, { timeout })));
    assert.deepEqual(replies.map(({ success }) => success), [true, true]);
    assert.equal((await open({ url: host.url, requestTimeout: 0 }).request('x')).success, true);
  });

  it('also ends a call that waits to be sent, and then it is not sent', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, maxInFlight: 1 });
    codebolt.request('first').catch(() => {});
    const error = await failure(codebolt.request('second', 1, { timeout: 40 }));
    assert.deepEqual([error.code, error.sent], ['REQUEST_TIMEOUT', false]);
    assert.match(error.message, /the request was not sent.*'maxInFlight'/);
    assert.doesNotMatch(error.message, /no open connection/);
    await wait(30);
    assert.deepEqual(host.frames.map(({ type }) => type), ['first']);
  });

  for (const timeout of ['100', -1, NaN, null, {}, 10n]) {
    it(`of ${typeof timeout} ${String(timeout)} is refused, and nothing is sent`, async () => {
      const host = await startHost({ onFrame: answer });
      const codebolt = open({ url: host.url });
      for (const promise of [codebolt.request('x', 1, { timeout }), codebolt.eventLog.listInstances({ timeout }), codebolt.waitForReady({ timeout })]) {
        const error = await failure(promise);
        assert.equal(error.code, 'INVALID_ARGUMENT');
        assert.match(error.message, /timeout/);
      }
      assert.equal(host.frames.length, 0);
    });
  }
});

describe('an abort', () => {
  it('before the call sends nothing and rejects with the signal\'s reason', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const reason = new Error('own reason');
    assert.equal(await failure(codebolt.request('x', 1, { signal: AbortSignal.abort(reason) })), reason);
    assert.equal(await failure(codebolt.eventLog.getInstance('a', { signal: AbortSignal.abort(reason) })), reason);
    await wait(30);
    assert.equal(host.connections.length, 0);
  });

  it('before the connection is open takes the call out of the queue', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const controller = new AbortController();
    const aborted = codebolt.request('aborted', 1, { signal: controller.signal });
    const kept = codebolt.request('kept');
    controller.abort();
    assert.equal((await failure(aborted)).name, 'AbortError');
    await kept;
    assert.deepEqual(host.frames.map(({ type }) => type), ['kept']);
  });

  it('in flight frees the call and its slot', async () => {
    const host = await startHost({ onFrame: (frame, connection) => frame.type === 'second' && answer(frame, connection) });
    const codebolt = open({ url: host.url, maxInFlight: 1 });
    const controller = new AbortController();
    const first = codebolt.request('first', 1, { signal: controller.signal });
    const second = codebolt.request('second');
    await host.received(1);
    controller.abort(undefined);
    await failure(first);
    assert.equal((await second).success, true);
  });

  it('after the reply changes nothing, and no listener stays on the signal', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const listening = new Set();
    const controller = new AbortController();
    const { signal } = controller;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (type, listener, ...rest) => (listening.add(listener), addEventListener.call(signal, type, listener, ...rest));
    signal.removeEventListener = (type, listener, ...rest) => (listening.delete(listener), removeEventListener.call(signal, type, listener, ...rest));
    const replies = await Promise.all(Array.from({ length: 20 }, () => codebolt.request('x', 1, { signal })));
    assert.equal(replies.length, 20);
    await failure(open({ url: 'ftp://nowhere' }).request('x', 1, { signal }));
    await codebolt.waitForReady({ signal });
    assert.equal(listening.size, 0);
    controller.abort();
    assert.equal((await codebolt.request('x')).success, true);
  });

  it('in the tick in which the call is refused rejects once, and no other rejection ends the program', async () => {
    const unhandled = [];
    const hear = (error) => unhandled.push(error);
    process.on('unhandledRejection', hear);
    const reason = new Error('own');
    const abortedAtOnce = (call) => {
      const controller = new AbortController();
      const refused = failure(call({ signal: controller.signal }));
      controller.abort(reason);
      return refused;
    };
    for (const name of ['waitForReady', 'getMessage']) {
      const codebolt = open({ url: 'ftp://nowhere' });
      assert.equal(await abortedAtOnce((options) => codebolt[name](options)), reason);
      assert.equal(await abortedAtOnce((options) => codebolt.request('x', 1, options)), reason);
    }
    const tcp = await startTcp((socket) => socket.resume());
    const full = open({ url: tcp.url, maxQueued: 1 });
    const first = failure(full.request('x'));
    assert.equal((await abortedAtOnce((options) => full.request('x', 2, options))).code, 'QUEUE_FULL', 'it was refused before');
    await full.close();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    assert.deepEqual(unhandled, []);
  });

  it('by AbortSignal.timeout rejects with its TimeoutError', async () => {
    const host = await startHost();
    const error = await failure(open({ url: host.url }).request('x', 1, { signal: AbortSignal.timeout(30) }));
    assert.equal(error.name, 'TimeoutError');
  });

  it('of 1,000 calls by one signal settles all and leaves nothing', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const controller = new AbortController();
    const calls = Array.from({ length: 1_000 }, () => failure(codebolt.request('x', 1, { signal: controller.signal })));
    controller.abort('all');
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['all']));
    assert.equal(codebolt.occupancy.waiting, 0);
  });

  it('within a list of types that calls back in harms nothing', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const replyTypes = new Proxy(['x'], { get: (target, name) => (codebolt.send({ type: 'within' }), Reflect.get(target, name)) });
    assert.equal((await codebolt.request('x', 1, { replyTypes })).success, true);
    assert.equal((await codebolt.request('x', 1)).success, true);
  });

  it('is left out by null, and so are options that are none', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    for (const options of [{ signal: null }, { signal: undefined, timeout: undefined }, null, 'text', 7]) {
      assert.equal((await codebolt.request('x', 1, options)).success, true);
    }
  });

  it('takes only an AbortSignal', async () => {
    const codebolt = open({ url: 'ws://127.0.0.1:1/codebolt' });
    for (const signal of [7, 'signal', {}, new AbortController()]) {
      assert.equal((await failure(codebolt.request('x', 1, { signal }))).code, 'INVALID_ARGUMENT');
    }
  });
});

describe('the queue', () => {
  it('is bounded before the connection is open, and the error says so', async () => {
    const tcp = await startTcp((socket) => socket.resume());
    const codebolt = open({ url: tcp.url, maxQueued: 3 });
    const waiting = [1, 2, 3].map((number) => failure(codebolt.request('x', number)));
    const error = await failure(codebolt.request('x', 4));
    assert.deepEqual([error.code, error.sent], ['QUEUE_FULL', false]);
    assert.match(error.message, /3 messages count as waiting to be sent .*: expected at most 3 messages.*'maxQueued'/);
    assert.equal((await failure(codebolt.send({ type: 'x' }))).code, 'QUEUE_FULL');
    await codebolt.close();
    assert.deepEqual((await Promise.all(waiting)).map(({ sent }) => sent), [false, false, false]);
  });

  it('holds back what is beyond maxInFlight, in order', async () => {
    let inFlight = 0;
    let most = 0;
    const host = await startHost({
      onFrame(frame, connection) {
        most = Math.max(most, ++inFlight);
        setTimeout(() => {
          inFlight--;
          answer(frame, connection);
        }, 5);
      },
    });
    const codebolt = open({ url: host.url, maxInFlight: 3 });
    await Promise.all(Array.from({ length: 30 }, (_, number) => codebolt.request('x', number)));
    assert.equal(most, 3);
    assert.deepEqual(host.frames.map(({ params }) => params), [...Array(30).keys()]);
  });
});

describe('backpressure', () => {
  it('holds messages back while the socket\'s buffer is over the mark, and sends them all once the host reads', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url, highWaterMark: 64 * 1024, maxQueued: Infinity });
    await codebolt.waitForReady();
    host.connections[0].socket.pause();
    const text = 'x'.repeat(64 * 1024);
    const calls = Array.from({ length: 200 }, (_, number) => codebolt.request('x', { number, text }));
    await wait(100);
    const { queued } = codebolt.occupancy;
    assert.ok(queued > 50, `${queued} of 200 wait`);
    host.connections[0].socket.resume();
    const { value, error } = await settled(Promise.all(calls), 15_000);
    assert.equal(error, undefined);
    assert.deepEqual(value.map(({ data }) => data.params.number), [...Array(200).keys()]);
    assert.equal(codebolt.occupancy.queued, 0);
  });

  it('does not keep close() with drain from ending when only messages without replies wait', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, highWaterMark: 64 * 1024 });
    await codebolt.waitForReady();
    host.connections[0].socket.pause();
    const text = 'x'.repeat(64 * 1024);
    for (let number = 0; number < 200; number++) codebolt.send({ type: 'told', number, text });
    const closing = codebolt.close({ drain: true });
    await wait(50);
    assert.ok(codebolt.occupancy.queued > 0);
    host.connections[0].socket.resume();
    const started = Date.now();
    await settled(closing, 15_000);
    assert.ok(Date.now() - started < 8_000, 'it waited for its time limit');
    await until(() => host.frames.length === 200);
  });
});
