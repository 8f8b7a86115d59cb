// Sockets that answer, throw, close or call back within their own send, and listeners that call again, by chance.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { settled, wait } from './misbehaving-host.mjs';

const ROUNDS = 120;

/** Numbers below `most` that are the same for the same seed. */
const chance = (seed) => (most) => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
};

/** A session with such a socket; gives what its calls came to. */
const play = async (draw) => {
  const outcomes = [];
  let mayCall = 60;
  let codebolt;

  const call = () => {
    if (mayCall-- <= 0) return;
    const own = mayCall;
    const aborter = new AbortController();
    const options = [undefined, undefined, { timeout: 5 + draw(20) }, { signal: aborter.signal }][draw(4)];
    const called = codebolt.request('x', own, options);
    if (options?.signal) setTimeout(() => aborter.abort(), draw(10));
    outcomes.push(called.then(({ params }) => assert.equal(params, own, 'the reply of another call'), (error) => assert.ok(error.code ?? error.name)));
  };

  class Unruly {
    readyState = 0;
    bufferedAmount = 0;
    constructor() {
      if (draw(3) === 0) this.readyState = 1;
      else setTimeout(() => this.open(), draw(3));
    }
    open() {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.({});
    }
    send(text) {
      const { type, requestId, params } = JSON.parse(text);
      if (type !== 'x') return;
      const reply = JSON.stringify({ type, requestId, success: true, params });
      const say = (...frames) => frames.forEach((data) => this.readyState === 1 && this.onmessage?.({ data }));
      const later = () => setTimeout(() => say(reply), draw(8));
      [
        () => {
          throw new Error('cannot send');
        },
        () => this.close(1006),
        () => (call(), call(), later()),
        () => (codebolt.send({ type: 'note' }).catch(() => {}), later()),
        () => say(reply, reply),
        () => say(reply),
        () => {},
        () => (say('null', '[1]', '{"requestId":{}}', `{"type":"y","requestId":"${'é'.repeat(36)}"}`, `{"type":"y","requestId":"${requestId.toUpperCase()}"}`), later()),
        later,
        later,
        later,
        later,
      ][draw(12)]();
    }
    close(code = 1000) {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.onclose?.({ code, reason: '' });
    }
    terminate() {
      this.close(1006);
    }
  }

  codebolt = new Codebolt({
    webSocket: Unruly,
    requestTimeout: 60,
    reconnect: draw(2) === 0 && { initialDelay: 1, maxDelay: 2, maxAttempts: 3 },
    maxInFlight: draw(2) === 0 ? 3 : Infinity,
    throwOnError: draw(2) === 0,
  });
  for (const name of ['close', 'reconnecting', 'dropped']) codebolt.on(name, () => draw(2) && call());
  codebolt.on('protocolError', () => {});
  codebolt.onRawMessage(call);
  for (let turn = 0; turn < 8; turn++) {
    call();
    call();
    await wait(draw(5));
  }
  if (draw(2)) codebolt.close({ drain: draw(2) === 0, timeout: 20 }).catch(() => {});
  // What settles may call again.
  for (let settledBefore = -1; settledBefore < outcomes.length; ) {
    settledBefore = outcomes.length;
    const { error } = await settled(Promise.all(outcomes));
    if (error) throw error;
  }
  assert.equal(codebolt.occupancy.waiting, 0);
  await codebolt.close();
  return outcomes.length;
};

it('whatever a socket does within its own send, every call settles, with its own reply or an error', async () => {
  let calls = 0;
  for (let seed = 1; seed <= ROUNDS; seed++) {
    try {
      calls += await play(chance(seed));
    } catch (error) {
      throw new Error(`with the seed ${seed}`, { cause: error });
    }
  }
  assert.ok(calls > ROUNDS * 10, `only ${calls} calls were made`);
});
