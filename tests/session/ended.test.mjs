// Calls on a session that has ended (PROTOCOL.md, "When the connection ends"): each is refused, and nobody spins.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';
import { failure, open, settled, startHost, until } from './misbehaving-host.mjs';

const ended = async () => {
  const host = await startHost();
  const codebolt = open({ url: host.url });
  await codebolt.waitForReady();
  host.connections[0].socket.close(1011, 'gone');
  await until(() => codebolt.connectionState === 'closed');
  return codebolt;
};

describe('a program that calls for ever', () => {
  const at = (host) => ({ env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } });

  for (const [name, call, waits = false] of [
    ['a request', 'codebolt.eventLog.listInstances()'],
    ['a request with a time limit', 'codebolt.fs.readFile("x", { timeout: 5 })'],
    ['waitForReady', 'codebolt.waitForReady()', true],
    ['getMessage', 'codebolt.getMessage()'],
    ['a message', 'codebolt.send({ type: "x" })', true],
    ['an event of the queue', 'codebolt.agentEventQueue.waitForAnyExternalEvent()'],
    ['an event of a background agent', 'codebolt.backgroundChildThreads.waitForAnyExternalEvent()'],
    ['a steering message', 'codebolt.chat.onSteeringMessageReceived()'],
    ['a call of a closed client', '(codebolt.close(), codebolt.eventLog.listInstances())'],
    ['a call of a client that was closed before it was used', 'unused.eventLog.listInstances()'],
  ]) {
    it(`ends when its host has gone: ${name}`, async () => {
      const host = await startHost({ onConnection: ({ socket }) => setTimeout(() => socket.close(1001), 20) });
      const { timedOut, stdout, stderr } = await runChild(
        `import codebolt, { Codebolt } from 'codebolt-wasm';
         const unused = new Codebolt();
         await unused.close();
         await codebolt.waitForReady();
         // Some of these succeed without a wait while there is a connection, and then nothing else would ever run.
         if (${waits}) await new Promise((resolve) => codebolt.on('close', resolve));
         process.on('exit', () => console.log(refused >= 1000 && refused < 3000, refused));
         let refused = 0;
         const poll = async () => { for (;;) try { await ${call}; } catch { refused++; } };
         poll();`,
        at(host),
      );
      assert.equal(timedOut, false, stdout);
      assert.match(stdout, /^true /, stdout + stderr);
    });
  }

  it('and lives for something else is slowed down', async () => {
    const host = await startHost({ onConnection: ({ socket }) => setTimeout(() => socket.close(1001), 20) });
    const { stdout } = await runChild(
      `import codebolt from 'codebolt-wasm';
       await codebolt.waitForReady();
       let refused = 0;
       const poll = async () => { for (;;) try { await codebolt.eventLog.listInstances(); } catch { refused++; } };
       poll();
       let last;
       const look = setInterval(() => {
         // Each pause is twice as long as the one before: soon one looks and nothing has been refused in between.
         if (refused > 1000 && refused === last) { console.log(refused < 1030, refused); process.exit(); }
         last = refused;
       }, 40);`,
      at(host),
    );
    assert.match(stdout, /^true /);
  });
});

describe('a call on a session that has ended', () => {
  it('is refused at once, a thousand times one after another', async () => {
    const codebolt = await ended();
    let isLater = false;
    setImmediate(() => (isLater = true));
    for (let round = 0; round < 1000; round++) {
      await codebolt.request('x').then(assert.fail, ({ code }) => assert.equal(code, 'CONNECTION_CLOSED'));
    }
    assert.equal(isLater, false);
  });

  it('is refused even when many are made at once', async () => {
    const codebolt = await ended();
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 2000 }, () => codebolt.request('x').catch(({ code }) => code));
      const { value } = await settled(Promise.all(calls));
      assert.ok(value.every((code) => code === 'CONNECTION_CLOSED'));
    }
  });

  it('is refused later and later, in its order, after the thousandth', async () => {
    const codebolt = await ended();
    for (let round = 0; round < 1005; round++) await codebolt.request('x').catch(() => {});
    const order = [];
    const calls = ['a', 'b', 'c'].map((name) => codebolt.request(name).catch(() => order.push(name)));
    await Promise.resolve().then(() => {}).then(() => {});
    assert.deepEqual(order, []);
    await Promise.all(calls);
    assert.deepEqual(order, ['a', 'b', 'c']);
    const controller = new AbortController();
    const aborted = codebolt.request('x', undefined, { signal: controller.signal });
    controller.abort('enough');
    assert.equal(await failure(aborted), 'enough');
    await codebolt.close();
  });
});

describe('the throttle of refusals', async () => {
  // With a clock and timers that stand still: its moments are what is promised.
  let now = 5;
  let isPage = false;
  const timers = [];
  const fakes = {
    performance: { now: () => now },
    setTimeout: (run, delay) => {
      const timer = { run, delay, isHeld: true, unref: () => (timer.isHeld = false) };
      timers.push(timer);
      return isPage ? timers.length : timer;
    },
  };
  const own = Object.fromEntries(Object.keys(fakes).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const name in fakes) Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: fakes[name] });
  const { RefusalThrottle } = await import(new URL('session/refusal-throttle.js', pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`)).href);
  for (const name in own) Object.defineProperty(globalThis, name, own[name]);

  /** A round: calls that are made before the first of them is refused. Gives how many were refused at once. */
  const round = async (throttle, calls = 1) => {
    let refused = 0;
    for (let call = 0; call < calls; call++) throttle.run(() => refused++);
    await null;
    await null;
    return refused;
  };
  /** One that has refused as much at once as it does. */
  const spent = async () => {
    timers.length = 0;
    const throttle = new RefusalThrottle();
    for (let number = 0; number < 1000; number++) assert.equal(await round(throttle, 3), 3);
    assert.equal(timers.length, 0);
    return throttle;
  };

  it('doubles the moment that a call waits, up to a second, and holds no process with it', async () => {
    const throttle = await spent();
    const delays = [];
    for (let number = 0; number < 13; number++) {
      assert.equal(await round(throttle), 0);
      const { run, delay, isHeld } = timers.pop();
      assert.deepEqual([timers.length, isHeld], [0, false]);
      delays.push(delay);
      run();
    }
    assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000, 1000]);
  });

  it('refuses those that are made meanwhile with the one that waits, in their order', async () => {
    const throttle = await spent();
    const refused = [];
    for (const name of ['a', 'b', 'c']) throttle.run(() => refused.push(name));
    assert.equal(timers.length, 1);
    assert.deepEqual(refused, []);
    timers[0].run();
    assert.deepEqual(refused, ['a', 'b', 'c']);
  });

  it('begins anew after more than ten seconds without a call', async () => {
    const throttle = await spent();
    now += 10_000;
    assert.equal(await round(throttle), 0, 'not more');
    timers.pop().run();
    now += 10_000.5;
    assert.equal(await round(throttle), 1);
    assert.equal(await round(throttle), 1);
    assert.equal(timers.length, 0);
  });

  it('waits by timers that are numbers, as a page has them', async (context) => {
    const throttle = await spent();
    context.after(() => (isPage = false));
    isPage = true;
    assert.equal(await round(throttle), 0);
    assert.equal(timers.pop().delay, 1);
  });

  it('counts the pause from the refusals that were held back', async () => {
    const throttle = await spent();
    throttle.run(() => {});
    now += 20_000;
    timers.pop().run();
    now += 1;
    assert.equal(await round(throttle), 0);
    timers.pop().run();
  });
});
