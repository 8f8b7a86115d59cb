// Sockets that answer, throw, close or call back within their own send, with getters of their own, and listeners and loggers that
// throw, reject and call again, by chance, while the clock jumps. For a minute; CODEBOLT_FUZZ_SECONDS says for how long instead.

// First: the package takes the clock that it finds.
import { clock } from './shifted-clock.mjs';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { settled, wait } from './misbehaving-host.mjs';

const ROUNDS = 120;
const SECONDS = Number(process.env.CODEBOLT_FUZZ_SECONDS ?? 60);
/** How many games are played at a time: most of their time they wait. */
const TABLES = 12;

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

  const send = () => {
    if (mayCall-- > 0) outcomes.push(codebolt.send({ type: 'note' }).then((value) => assert.equal(value, undefined), (error) => assert.ok(error.code)));
  };

  const moody = draw(3) === 0;
  const backed = draw(3) === 0;
  class Unruly {
    state = 0;
    get readyState() {
      if (moody && draw(40) === 0) throw new Error('no state today');
      if (moody && draw(40) === 0) call();
      return this.state;
    }
    set readyState(state) {
      this.state = state;
    }
    get bufferedAmount() {
      if (moody && draw(10) === 0) throw new Error('no amount today');
      return backed ? draw(300) : 0;
    }
    constructor() {
      if (draw(20) === 0) throw new Error('no socket today');
      if (draw(3) === 0) this.state = 1;
      else setTimeout(() => this.open(), draw(3));
    }
    open() {
      if (this.state !== 0) return;
      this.state = 1;
      this.onopen?.({});
    }
    send(text) {
      const { type, requestId, params } = JSON.parse(text);
      if (type !== 'x') return;
      const reply = JSON.stringify({ type, requestId, success: true, params });
      const say = (...frames) => frames.forEach((data) => this.state === 1 && this.onmessage?.({ data }));
      const later = () => setTimeout(() => say(reply), draw(8));
      [
        () => {
          throw new Error('cannot send');
        },
        () => this.close(1006),
        () => ((this.state = 2), setTimeout(() => this.close(1006), draw(20))),
        () => (send(), call(), send(), later()),
        () => (codebolt.close({ drain: draw(2) === 0, timeout: 10 }).catch(() => {}), later()),
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
      ][draw(15)]();
    }
    close(code = 1000) {
      if (this.state === 3) return;
      this.state = 3;
      this.onclose?.({ code, reason: '' });
    }
    terminate() {
      this.close(1006);
    }
  }

  codebolt = new Codebolt({
    webSocket: Unruly,
    requestTimeout: 60,
    // One that is open from the start, but throws when it is asked, says nothing of it.
    connectTimeout: 200,
    reconnect: draw(2) === 0 && { initialDelay: 1, maxDelay: 2, maxAttempts: 3 },
    maxInFlight: draw(2) === 0 ? 3 : Infinity,
    throwOnError: draw(2) === 0,
    highWaterMark: draw(2) === 0 ? 200 : undefined,
    logger: [undefined, () => send(), () => Promise.reject(new Error('own')), () => { throw new Error('own'); }][draw(4)],
  });
  for (const name of ['open', 'close', 'reconnecting', 'dropped', 'messagesLost']) {
    codebolt.on(name, () => {
      if (draw(2)) call();
      if (draw(3) === 0) send();
      if (draw(5) === 0) throw new Error('own');
    });
  }
  codebolt.on('listenerError', () => {});
  codebolt.on('protocolError', () => {});
  codebolt.onRawMessage(call);
  for (let turn = 0; turn < 8; turn++) {
    call();
    send();
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
  const { dropped, ...held } = codebolt.occupancy;
  assert.ok(Object.values(held).every((count) => count === 0), JSON.stringify(held));
  assert.equal(codebolt.state ?? codebolt.connectionState, 'closed');
  return outcomes.length;
};

/** Where numbers of 31 and 32 bits end, and to where a clock may be set: it shows what has passed, so backwards too. */
const jump = (to) => clock.set([2 ** 31 - 40, 2 ** 32 - 40, 2 ** 33, 0, 2 ** 31 + 1, 2 ** 32 + 1][to]);

it('whatever a socket does within its own send, every call settles, with its own reply or an error', { timeout: 2 * SECONDS * 1_000 + 60_000 }, async () => {
  const end = Date.now() + SECONDS * 1_000;
  let calls = 0;
  let seed = 0;
  const table = async () => {
    while (seed < ROUNDS || Date.now() < end) {
      const own = ++seed;
      if (own % 20 === 0) jump(chance(own)(6));
      try {
        // Added afterwards: the others add meanwhile.
        const made = await play(chance(own));
        calls += made;
      } catch (error) {
        throw new Error(`with the seed ${own}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: TABLES }, table));
  console.log(`${seed} games, ${calls} calls`);
  assert.ok(calls > seed * 10, `only ${calls} calls were made in ${seed} games`);
});
