// A process that is stopped for longer than all its time limits, and clocks that jump.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runChild } from './child.mjs';
import { answer, startHost } from './misbehaving-host.mjs';

/** The parts that children have in common: the outcome of each call, in a word. */
const WORDS = "const word = (promise) => promise.then(() => 'ok', ({ code }) => code);";

describe('a process that is stopped, as a suspended laptop is', { skip: process.platform === 'win32' }, () => {
  for (const [what, types] of [
    ['has the replies that came meanwhile', ['slow']],
    ['times out only what had no reply', ['slow', 'never']],
  ]) {
    it(`for longer than every limit ${what}, and its connection goes on`, async () => {
      let child;
      const host = await startHost({
        onFrame(frame, connection) {
          if (frame.type === 'x') return answer(frame, connection);
          // Answered while it is stopped.
          if (frame.type === 'slow') setTimeout(() => answer(frame, connection), 50);
          if (host.frames.length < 10 * types.length) return;
          child.kill('SIGSTOP');
          setTimeout(() => child.kill('SIGCONT'), 1_500);
        },
        onConnection({ socket }) {
          const beat = setInterval(() => socket.ping(), 50);
          socket.on('close', () => clearInterval(beat));
        },
      });
      const { code, stdout, stderr } = await runChild(
        `import { Codebolt } from 'codebolt-wasm';
         ${WORDS}
         const codebolt = new Codebolt({ url: process.env.HOST_URL, requestTimeout: 700, connectTimeout: 700, keepAlive: 700 });
         await codebolt.waitForReady();
         let ends = 0;
         codebolt.on('close', () => ends++);
         const calls = Array.from({ length: 10 }, (_, number) => ${JSON.stringify(types)}.map((type) => word(codebolt.request(type, number)))).flat();
         const words = await Promise.all(calls);
         const later = await word(codebolt.request('x'));
         console.log(JSON.stringify({ words, later, ends, state: codebolt.connectionState }));
         await codebolt.close();`,
        { env: { HOST_URL: host.url }, onStart: (started) => (child = started) },
      );
      assert.equal(code, 0, stderr);
      const wanted = types.map((type) => (type === 'slow' ? 'ok' : 'REQUEST_TIMEOUT'));
      assert.deepEqual(JSON.parse(stdout), { words: Array(10).fill(wanted).flat(), later: 'ok', ends: 0, state: 'open' });
    });
  }
});

describe('a clock that jumps', () => {
  for (const [where, to] of [
    ['an hour back', 0],
    ['a day ahead', 90_000_000],
    ['beyond what 31 bits hold', 2 ** 31 + 5],
    ['beyond what 32 bits hold', 2 ** 32 + 5],
  ]) {
    it(`${where} loses no call without a limit, and limits still run out`, async () => {
      const host = await startHost({
        onFrame(frame, connection) {
          if (frame.type === 'slow') setTimeout(() => answer(frame, connection), 60);
          if (frame.type === 'x') answer(frame, connection);
        },
      });
      const { code, stdout, stderr } = await runChild(
        `import { clock } from './shifted-clock.mjs';
         ${WORDS}
         clock.set(3_600_000);
         const { Codebolt } = await import('codebolt-wasm');
         const codebolt = new Codebolt({ url: process.env.HOST_URL });
         await codebolt.waitForReady();
         const slow = word(codebolt.request('slow', 1, { timeout: 0 }));
         clock.set(${to});
         const started = process.hrtime.bigint();
         const words = [await slow, await word(codebolt.request('x')), await word(codebolt.request('never', 1, { timeout: 30 }))];
         clock.set(3_600_000);
         words.push(await word(codebolt.request('x')), await word(codebolt.request('never', 1, { timeout: 30 })), codebolt.connectionState);
         // Less than the 10 s for which the timer was armed when the clock jumped.
         words.push(process.hrtime.bigint() - started < 8_000_000_000n);
         console.log(JSON.stringify(words));
         await codebolt.close();`,
        { env: { HOST_URL: host.url } },
      );
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), ['ok', 'ok', 'REQUEST_TIMEOUT', 'ok', 'REQUEST_TIMEOUT', 'open', true]);
    });
  }
});

describe('stableAfter', () => {
  for (const [what, silence, wanted] of [
    ['counts the time in which nothing was sent and nothing came', 6_000, ['reconnecting 1', 'open', 'reconnecting 1', 'open']],
    ['does not count a connection that was open for less', 4_000, ['reconnecting 1', 'open', 'close']],
  ]) {
    it(`${what}`, async () => {
      const host = await startHost();
      let drops = 0;
      const { code, stdout, stderr } = await runChild(
        `import { clock } from './shifted-clock.mjs';
         let now = 3_600_000;
         clock.set(now);
         const { Codebolt } = await import('codebolt-wasm');
         const reconnect = { initialDelay: 0, maxDelay: 0, maxAttempts: 1, stableAfter: 5_000 };
         const codebolt = new Codebolt({ url: process.env.HOST_URL, reconnect });
         const events = [];
         const seen = (count) => new Promise((done) => {
           const look = () => (events.length >= count ? done() : setTimeout(look, 5));
           look();
         });
         await codebolt.waitForReady();
         codebolt.on('open', () => events.push('open'));
         codebolt.on('reconnecting', ({ attempt }) => events.push('reconnecting ' + attempt));
         codebolt.on('close', () => events.push('close'));
         // The first connection lasts long enough.
         clock.set((now += 10_000));
         console.log('drop');
         await seen(2);
         // And the second one for this long, in silence.
         clock.set((now += ${silence}));
         console.log('drop');
         await seen(${wanted.length});
         console.log(JSON.stringify(events));
         await codebolt.close();`,
        {
          env: { HOST_URL: host.url },
          onOutput(text) {
            const asked = text.split('drop').length - 1;
            while (drops < asked) host.connections[drops++].socket.terminate();
          },
        },
      );
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1)), wanted);
    });
  }
});
