// Many calls, many faults: each call settles once, and nothing is left.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memory } from './memory.mjs';
import { answer, open, startHost, until, wait } from './misbehaving-host.mjs';

/** Milliseconds that pass, or that this process gets of a machine which others use too: the fewer. */
const stopwatch = () => {
  const started = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return Math.min(performance.now() - started, (user + system) / 1_000);
  };
};

/** Numbers that look random and are the same in every run. */
const randomFrom = (seed) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

describe('10,000 calls in flight', () => {
  for (const [name, end] of [
    ['is killed', ({ socket }) => socket.terminate()],
    ['closes', ({ socket }) => socket.close(1012)],
  ]) {
    it(`settle within one second when the host ${name}, each exactly once`, async () => {
      const host = await startHost();
      const codebolt = open({ url: host.url });
      await codebolt.waitForReady();
      const settlements = new Uint8Array(10_000);
      const calls = Array.from(settlements, (_, number) =>
        codebolt.request('x', number).catch((error) => {
          settlements[number]++;
          return error;
        }),
      );
      await until(() => host.frames.length === 10_000, 'all frames', 20_000);
      assert.equal(codebolt.occupancy.inFlight, 10_000);
      const time = stopwatch();
      end(host.connections[0]);
      const errors = await Promise.all(calls);
      const took = time();
      assert.ok(took < 1_000, `it took ${took} ms`);
      for (const error of errors) assert.ok(error.code === 'CONNECTION_CLOSED' && error.sent === true);
      assert.ok(settlements.every((count) => count === 1));
      assert.equal(new Set(errors.map(({ requestId }) => requestId)).size, 10_000);
      const { dropped, ...held } = codebolt.occupancy;
      assert.ok(Object.values(held).every((count) => count === 0), JSON.stringify(held));
    });
  }

  it('settle soon when a host that stopped reading is disconnected, with all their frames still in the buffer', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, keepAlive: 1_000, highWaterMark: Infinity, maxQueued: Infinity });
    await codebolt.waitForReady();
    host.connections[0].socket.pause();
    const text = 'x'.repeat(1_000);
    const errors = Array.from({ length: 10_000 }, () => codebolt.request('x', text).catch((error) => error));
    const time = stopwatch();
    await Promise.all(errors);
    const took = time();
    assert.ok(took < 4_000, `it took ${took} ms`);
  });
});

describe('a soak of 200,000 calls with faults at random', () => {
  it('ends with empty tables, and the module\'s memory has stopped growing', { timeout: 180_000 }, async () => {
    const random = randomFrom(20_260_101);
    /** A host that answers, or not, late, twice, out of order, with a wrong id or none, and drops connections. */
    const onFrame = (frame, connection) => {
      const chance = random();
      if (chance < 0.9) answer(frame, connection);
      else if (chance < 0.92) setTimeout(() => answer(frame, connection), 800 * random());
      else if (chance < 0.94) {
        answer(frame, connection);
        answer(frame, connection);
      } else if (chance < 0.95) answer({ ...frame, requestId: 'foreign' }, connection);
      else if (chance < 0.96) connection.send({ type: frame.type, success: true, data: { params: frame.params } });
      else if (chance < 0.97) connection.socket.send('rubbish');
      else if (chance < 0.98) connection.send({ type: 'event', text: 'x'.repeat(2_000 * random()) });
      else if (chance > 0.9999) connection.socket.terminate();
    };
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url, reconnect: { initialDelay: 1, maxDelay: 5, maxAttempts: Infinity }, maxQueued: 2_000 });
    const outcomes = {};
    const count = (name) => (outcomes[name] = (outcomes[name] ?? 0) + 1);
    const call = async (number) => {
      const chance = random();
      // A type of its own each time: nothing may grow with the number of types.
      const type = chance < 0.05 ? `type.${number}` : 'x';
      const controller = chance < 0.1 ? new AbortController() : undefined;
      if (controller) setTimeout(() => controller.abort('aborted'), 20 * random());
      try {
        const reply = await codebolt.request(type, number, { timeout: 200 + 400 * random(), ...(controller && { signal: controller.signal }) });
        // A host that leaves the id out may mean another call of the type; one that gives it may not.
        if (reply.requestId) assert.equal(reply.data.params, number);
        count('replied');
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        count(error.code ?? error);
      }
    };
    const sizes = [];
    const rounds = 20;
    for (let round = 0; round < rounds; round++) {
      let next = 0;
      const worker = async () => {
        while (next < 10_000) await call(round * 10_000 + next++);
      };
      await Promise.all(Array.from({ length: 400 }, worker));
      host.frames.length = host.texts.length = 0;
      sizes.push(memory());
    }
    assert.equal(Object.values(outcomes).reduce((sum, each) => sum + each), 200_000);
    assert.ok(outcomes.replied > 100_000, JSON.stringify(outcomes));
    assert.ok(outcomes.REQUEST_TIMEOUT > 0 && outcomes.CONNECTION_CLOSED > 0 && outcomes.aborted > 0, JSON.stringify(outcomes));
    await wait(100);
    const { waiting, inFlight, queued, waitingForConnection } = codebolt.occupancy;
    assert.deepEqual([waiting, inFlight, queued, waitingForConnection], [0, 0, 0, 0]);
    assert.ok(codebolt.occupancy.cancelled <= 1_024);
    await codebolt.close();
    const { dropped, ...held } = codebolt.occupancy;
    assert.ok(Object.values(held).every((each) => each === 0), JSON.stringify(held));
    assert.equal(sizes.at(-1), sizes[Math.floor(rounds / 4)], `the memory grew: ${sizes}`);
  });
});
