// What programs do to a session without meaning it: they end in the middle of a tick, fake the clock, block the loop,
// use the stack up, and hand over values that JSON refuses.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { runChild } from './child.mjs';
import { answer, open, startHost, wait } from './misbehaving-host.mjs';

const types = (host) => host.frames.map(({ type }) => type);

describe('a program that ends in the middle of a tick', () => {
  for (const [name, end] of [
    ['by process.exit', 'process.exit(0);'],
    ['by an error that nobody catches', "throw new Error('own');"],
    ['by process.exit in what hears the exit', "process.on('exit', () => codebolt.send({ type: 'last' })); process.exit(0);"],
  ]) {
    it(`${name} has sent what it had handed over`, async () => {
      const host = await startHost();
      await runChild(
        `import codebolt from 'codebolt-wasm';
         await codebolt.waitForReady();
         for (const type of ['a', 'b', 'c']) codebolt.send({ type });
         codebolt.chat.processFinished();
         ${end}`,
        { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } },
      );
      await host.received(4);
      await wait(20);
      assert.deepEqual(types(host).slice(0, 3), ['a', 'b', 'c']);
      assert.equal(host.frames.length, name.includes('hears') ? 5 : 4);
    });
  }

  it('after it awaited each has sent all', async () => {
    const host = await startHost();
    await runChild(
      `import codebolt from 'codebolt-wasm';
       await codebolt.waitForReady();
       for (const type of ['a', 'b', 'c']) await codebolt.send({ type });
       process.exit(0);`,
      { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } },
    );
    await host.received(3);
    assert.deepEqual(types(host), ['a', 'b', 'c']);
  });
});

describe('a clock that is faked after the import', () => {
  it('stops neither calls nor their time limits', async () => {
    const host = await startHost({ onFrame: (frame, connection) => frame.type !== 'never' && answer(frame, connection) });
    const { code, stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt({ url: process.env.HOST_URL });
       await codebolt.waitForReady();
       const never = () => {};
       Object.assign(globalThis, {
         setTimeout: never, clearTimeout: never, setImmediate: never, queueMicrotask: never,
         performance: { now: () => 0 }, Date: Object.assign(function () {}, { now: () => 0 }),
       });
       process.nextTick = never;
       const results = [];
       for (let number = 0; number < 20; number++) {
         const replies = await Promise.all([codebolt.request('x', number), codebolt.request('y', number)]);
         results.push(replies.every(({ data }) => data.params === number));
       }
       results.push(await codebolt.request('never', 1, { timeout: 30 }).catch(({ code }) => code));
       process._rawDebug(JSON.stringify(results));
       process.exit();`,
      { env: { HOST_URL: host.url } },
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stderr), [...Array(20).fill(true), 'REQUEST_TIMEOUT']);
  });
});

describe('a loop that was blocked', () => {
  const block = (milliseconds) => {
    const end = Date.now() + milliseconds;
    while (Date.now() < end);
  };
  /** A host in a process of its own, which goes on meanwhile. */
  const elsewhere = (onConnection) =>
    new Promise((resolve) => {
      const ran = runChild(
        `import { WebSocketServer } from 'ws';
         const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
         server.on('connection', ${onConnection});
         server.on('listening', () => console.log(server.address().port));
         process.on('SIGTERM', () => process.exit());`,
        { onOutput: (text, child) => resolve({ url: `ws://127.0.0.1:${text.trim()}/`, stop: () => (child.kill(), ran) }) },
      );
    });

  it('does not make a living connection look dead to keepAlive', async () => {
    const host = await elsewhere('(socket) => setInterval(() => socket.ping(), 40)');
    const codebolt = open({ url: host.url, keepAlive: 400 });
    await codebolt.waitForReady();
    block(900);
    await wait(60);
    assert.equal(codebolt.occupancy.waitingForConnection, 0);
    assert.equal(codebolt.ready, true);
    await codebolt.close();
    await host.stop();
  });

  it('does not time a call out whose reply lies unread', async () => {
    const host = await elsewhere(
      "(socket) => socket.on('message', (data) => setTimeout(() => socket.send(JSON.stringify({ ...JSON.parse(data), success: true })), 20))",
    );
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const call = codebolt.request('x', 1, { timeout: 300 });
    await wait(1);
    block(600);
    assert.equal((await call).success, true);
    await codebolt.close();
    await host.stop();
  });
});

describe('a stack that is used up', () => {
  it('ends at most the session in which that happened, and everybody hears of it', async () => {
    const host = await startHost({ onFrame: (frame, connection) => frame.type !== 'never' && answer(frame, connection) });
    const { code, stdout } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const url = process.env.HOST_URL;
       let uncaught = 0;
       process.on('uncaughtException', () => uncaught++);
       const other = new Codebolt({ url });
       await other.request('x');
       const outcome = (promise) => Promise.race([promise.then(() => 'ok', (error) => error.code ?? error.name), new Promise((resolve) => setTimeout(resolve, 3000, 'hangs'))]);
       const results = [];
       for (let round = 0; round < 5; round++) {
         const one = new Codebolt({ url });
         await one.request('x');
         const never = outcome(one.request('never'));
         const walk = (depth) => { one.request('visit', depth).catch(() => {}); walk(depth + 1); };
         try { walk(0); } catch {}
         await new Promise((resolve) => setTimeout(resolve, 100));
         const state = one.occupancy.waiting >= 0 && typeof one.ready;
         results.push([state, await outcome(one.request('later', 1, { timeout: 500 })), await outcome(one.close()), await never, await outcome(other.request('x'))]);
       }
       console.log(JSON.stringify({ results, uncaught }));
       process.exit();`,
      { env: { HOST_URL: host.url } },
    );
    assert.equal(code, 0);
    const { results, uncaught } = JSON.parse(stdout);
    assert.equal(uncaught, 0);
    for (const [state, later, close, never, others] of results) {
      assert.deepEqual([state, close, never, others], ['boolean', 'ok', 'CONNECTION_CLOSED', 'ok']);
      assert.ok(['ok', 'CONNECTION_CLOSED'].includes(later), later);
    }
  });

  it('and memory that is: the module falls into a trap, and the callers hear of it', async () => {
    const host = await startHost({ onFrame: (frame, connection) => frame.type === 'x' && answer(frame, connection) });
    const { code, stdout, stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const url = process.env.HOST_URL;
       const one = new Codebolt({ url, requestTimeout: 0, maxQueued: Infinity });
       const other = new Codebolt({ url });
       await other.request('x');
       await one.request('x');
       const codes = new Map();
       const calls = Array.from({ length: 200_000 }, () => one.request('never').catch(({ code }) => codes.set(code, (codes.get(code) ?? 0) + 1)));
       await Promise.all(calls);
       console.log(JSON.stringify([[...codes], (await other.request('x')).success, await one.request('x').catch(({ code, sent }) => [code, sent])]));
       process.exit();`,
      { env: { HOST_URL: host.url }, args: ['--wasm-max-mem-pages=40'], limit: 60_000 },
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), [[['CONNECTION_CLOSED', 200_000]], true, ['CONNECTION_CLOSED', false]]);
  });
});

describe('what JSON refuses', () => {
  const cycle = {};
  cycle.self = cycle;
  for (const [name, result] of Object.entries({ 'a BigInt': 1n, 'a cycle': cycle, 'a toJSON that throws': { toJSON: () => { throw new Error('own'); } } })) {
    it(`as a handler's result, ${name}, is answered with an error`, async () => {
      const host = await startHost({
        onConnection: (connection) => connection.send({ type: 'messageResponse', message: { userMessage: 'hi' } }),
      });
      const codebolt = open({ url: host.url });
      const errors = [];
      codebolt.on('listenerError', (error) => errors.push(error));
      codebolt.onMessage(() => result);
      await host.received(1);
      assert.equal(host.frames[0].type, 'processStoped');
      assert.ok(host.frames[0].error.length > 0);
      assert.equal(errors.length, 1);
    });
  }
});

describe('a time limit', () => {
  it('longer than a timer can be does not become 1 ms', async () => {
    const host = await startHost({ onConnection: (connection) => setTimeout(() => connection.send({ type: 'messageResponse', message: { userMessage: 'late' } }), 60) });
    const codebolt = open({ url: host.url });
    assert.equal((await codebolt.getMessage({ timeout: 2 ** 31 })).userMessage, 'late');
  });

  it('keeps the program alive where the socket does not', async () => {
    const { code, stdout } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       class Silent { readyState = 1; send() {} close() {} }
       const codebolt = new Codebolt({ webSocket: Silent });
       await codebolt.request('x', 1, { timeout: 150 }).catch(({ code }) => console.log(code));`,
    );
    assert.deepEqual([code, stdout.trim()], [0, 'REQUEST_TIMEOUT']);
  });
});
