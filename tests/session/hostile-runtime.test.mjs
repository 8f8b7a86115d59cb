// What programs do to a session without meaning it: they end in the middle of a tick, fake the clock, stand between the socket and
// its stream, block the loop, use the stack up, and hand over values that JSON refuses.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import WebSocket from 'ws';
import { runChild } from './child.mjs';
import { collectGarbage } from './memory.mjs';
import { answer, failure, open, settled, startHost, startTcp, until, wait } from './misbehaving-host.mjs';

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

describe('what stands between the socket and its stream', () => {
  it('by an agent of its own gets every frame', async () => {
    const host = await startHost({ onFrame: answer });
    const { request } = http;
    /** As proxies and monitors do: the socket's own way to connect is never asked. */
    class Tunnel extends http.Agent {
      createConnection({ host: name, port }) {
        return net.connect(port, name);
      }
    }
    let tunnelled = 0;
    http.request = (options, ...rest) => {
      tunnelled++;
      const { createConnection, ...own } = options;
      return request({ ...own, agent: new Tunnel() }, ...rest);
    };
    try {
      const codebolt = open({ url: host.url });
      const replies = await Promise.all(Array.from({ length: 100 }, (_, number) => codebolt.request('x', number, { timeout: 2_000 })));
      assert.equal(tunnelled, 1);
      assert.deepEqual(replies.map(({ data }) => data.params), [...Array(100).keys()]);
    } finally {
      http.request = request;
    }
  });

  it('by a stream that keeps what it is given gets it unchanged', async () => {
    const host = await startHost({ onFrame: answer });
    const { request } = http;
    class Keeping extends http.Agent {
      createConnection({ host: name, port }) {
        const socket = net.connect(port, name);
        const { write } = socket;
        // Late, so that memory that was used again would show.
        socket.write = (chunk, ...rest) => (setTimeout(() => write.call(socket, chunk, ...rest), 3), true);
        return socket;
      }
    }
    http.request = ({ createConnection, ...own }, ...rest) => request({ ...own, agent: new Keeping() }, ...rest);
    try {
      const codebolt = open({ url: host.url });
      const texts = Array.from({ length: 50 }, (_, number) => String(number).repeat(50));
      const replies = [];
      for (const text of texts) replies.push(await codebolt.request('x', text, { timeout: 2_000 }));
      assert.deepEqual(replies.map(({ data }) => data.params), texts);
    } finally {
      http.request = request;
    }
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

describe('messages that come in one chunk', () => {
  it('reach a handler that registers between them in their order', async () => {
    const user = (text) => ({ type: 'messageResponse', message: { userMessage: text } });
    const host = await startHost({
      onFrame: ({ type }, { socket }) => {
        if (type !== 'x') return;
        socket._socket.cork();
        for (const frame of [user('first'), { type: 'go' }, user('second')]) socket.send(JSON.stringify(frame));
        socket._socket.uncork();
      },
    });
    const codebolt = open({ url: host.url });
    const seen = [];
    codebolt.on('message', ({ type }) => type === 'go' && codebolt.onMessage(({ userMessage }) => void seen.push(userMessage)));
    await codebolt.waitForReady();
    codebolt.send({ type: 'x' });
    await until(() => seen.length === 2);
    assert.deepEqual(seen, ['first', 'second']);
  });
});

describe('one AbortSignal for many calls', () => {
  it('gets one listener, which goes with the last of them', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const { addEventListener } = signal;
    signal.addEventListener = (...values) => (listeners++, addEventListener.apply(signal, values));
    const calls = Array.from({ length: 1_000 }, (_, number) => failure(codebolt.request('x', number, { signal })));
    assert.equal(listeners, 1);
    controller.abort('enough');
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['enough']));
  });

  it('that aborts while the call is being made leaves nothing in flight', async () => {
    const host = await startHost();
    const controller = new AbortController();
    const codebolt = open({
      url: host.url,
      webSocket(url) {
        controller.abort('from within');
        return new WebSocket(url);
      },
    });
    assert.equal(await failure(codebolt.request('x', 1, { signal: controller.signal })), 'from within');
    await codebolt.waitForReady();
    await wait(30);
    assert.deepEqual([codebolt.occupancy.waiting, host.frames.length], [0, 0]);
  });
});

describe('a time limit', () => {
  it('longer than a timer can be is no limit of 1 ms', async () => {
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

describe('five thousand messages in one tick', () => {
  it('are all sent, whether the connection is open yet or not', async () => {
    const host = await startHost({ onFrame: answer });
    for (const isOpen of [false, true]) {
      const codebolt = open({ url: host.url });
      if (isOpen) await codebolt.waitForReady();
      const replies = await Promise.all(Array.from({ length: 5_000 }, (_, number) => codebolt.request('x', number)));
      assert.equal(replies.length, 5_000);
      await codebolt.close();
    }
  });

  it('are bounded by their bytes', async () => {
    const tcp = await startTcp((socket) => socket.resume());
    const codebolt = open({ url: tcp.url });
    const text = 'x'.repeat(2 ** 20);
    const calls = Array.from({ length: 80 }, () => failure(codebolt.request('x', text)));
    await codebolt.close();
    const errors = await Promise.all(calls);
    const full = errors.filter(({ code }) => code === 'QUEUE_FULL');
    assert.equal(full.length, 80 - 63, 'what fits into 64 MiB waits');
    assert.match(full[0].message, /67108864 bytes wait already.*highWaterMark/);
    assert.ok(full.every(({ sent }) => sent === false));
  });
});

describe('close with drain', () => {
  it('waits for a host that reads slowly, within the time that it is given', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const [{ socket, closed }] = host.connections;
    socket.pause();
    for (let number = 0; number < 4; number++) codebolt.send({ type: 'large', text: 'x'.repeat(6_000_000) });
    codebolt.send({ type: 'last' });
    let isClosed = false;
    const closing = codebolt.close({ drain: true }).then(() => (isClosed = true));
    await wait(2_500);
    assert.equal(isClosed, false, 'the host has not read all');
    socket.resume();
    assert.equal((await settled(closing, 15_000)).error, undefined);
    assert.equal((await closed).code, 1000);
    assert.deepEqual(types(host), ['large', 'large', 'large', 'large', 'last']);
  });

  it('and timeout 0 has no limit', async () => {
    const host = await startHost({ onFrame: (frame, connection) => setTimeout(() => answer(frame, connection), 60) });
    const codebolt = open({ url: host.url });
    const call = codebolt.request('x');
    await codebolt.waitForReady();
    await codebolt.close({ drain: true, timeout: 0 });
    assert.equal((await call).success, true);
  });
});

describe('a host that sends its close frame and leaves TCP open', () => {
  it('gets nothing more: what is called goes to the next connection', async () => {
    let connections = 0;
    const texts = [];
    const tcp = await startTcp((socket) => {
      const number = ++connections;
      socket.once('data', (data) => {
        const key = /sec-websocket-key: (.*)\r/i.exec(String(data))[1];
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        socket.write(`HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
        if (number === 1) socket.write(Buffer.from([0x88, 2, 3, 0xe9]));
        socket.on('data', (frame) => texts.push([number, frame[0]]));
      });
    });
    const codebolt = open({ url: tcp.url, reconnect: { initialDelay: 1 } });
    const reconnecting = new Promise((resolve) => codebolt.on('reconnecting', resolve));
    await codebolt.waitForReady();
    assert.equal((await reconnecting).closeCode, 1001);
    await codebolt.send({ type: 'x' });
    await until(() => texts.some(([number, first]) => number === 2 && first === 0x81));
    assert.ok(!texts.some(([number, first]) => number === 1 && first === 0x81), 'a message went to the connection that was closing');
  });
});

describe('a socket that closes within its own send', () => {
  it('takes only the frame that it was given with it', async () => {
    const sockets = [];
    class Dying {
      readyState = 0;
      frames = [];
      constructor() {
        const number = sockets.push(this) - 1;
        setTimeout(() => {
          this.readyState = 1;
          this.onopen({});
        });
        this.send = (text) => {
          const frame = JSON.parse(text);
          this.frames.push(frame.type);
          if (number === 0) {
            this.readyState = 3;
            this.onclose({ code: 1006, reason: '' });
          } else if (frame.type.startsWith('r')) this.onmessage({ data: JSON.stringify({ ...frame, success: true }) });
        };
      }
      close() {}
    }
    const codebolt = open({ webSocket: Dying, reconnect: { initialDelay: 1 } });
    const results = await Promise.all([
      codebolt.request('r1').catch(({ code, sent }) => [code, sent]),
      codebolt.request('r2').then(({ success }) => success),
      codebolt.send({ type: 'm1' }),
      codebolt.send({ type: 'm2' }),
    ]);
    assert.deepEqual(results, [['CONNECTION_CLOSED', true], true, undefined, undefined]);
    assert.deepEqual(sockets.map(({ frames }) => frames), [['r1'], ['r2', 'm1', 'm2']]);
  });
});

describe('frames that carry the id of a message without a reply', () => {
  it('are for listeners, whatever their type; those of requests that are over are not', async () => {
    const host = await startHost({
      onFrame: (frame, connection) => {
        if (frame.type !== 'stream') return answer(frame, connection);
        connection.send({ type: 'x', requestId: frame.requestId, text: 'of the stream' });
      },
    });
    const codebolt = open({ url: host.url });
    const { requestId } = await codebolt.request('x');
    const heard = [];
    codebolt.onRawMessage(({ text }) => heard.push(text));
    await codebolt.send({ type: 'stream' });
    await until(() => heard.length === 1);
    host.connections[0].send({ type: 'x', requestId, text: 'late' });
    await until(() => codebolt.occupancy.dropped === 1);
    assert.deepEqual(heard, ['of the stream']);
  });
});

/** How many clients are dropped in the ordinary run; bench/memory.mjs measures 10,000. */
const DROPPED = Number(process.env.CODEBOLT_DROPPED_CLIENTS ?? 300);

describe('clients that are dropped', () => {
  it('without close() are collected, and their connections end', async () => {
    const host = await startHost({ onFrame: answer });
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    const few = () => {
      collectGarbage();
      return host.open().length <= 2;
    };
    for (let number = 1; number <= DROPPED; number++) {
      const codebolt = new Codebolt({ url: host.url });
      registry.register(codebolt);
      await codebolt.request('x');
      // The machine lets a process have only so many sockets.
      if (number % 200 === 0) await until(few, 'nearly all connections to end', 30_000);
    }
    await until(() => few() && collected >= DROPPED - 2, `${DROPPED - 2} of ${DROPPED} clients`, 30_000);
  });

  it('before they ever connected are collected', async () => {
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    for (let number = 0; number < 30; number++) {
      const codebolt = new Codebolt({ url: 'ws://127.0.0.1:1/' });
      codebolt.on('close', () => {});
      registry.register(codebolt);
      await codebolt.waitForReady().catch(() => {});
    }
    await until(() => {
      collectGarbage();
      return collected >= 28;
    }, '28 of 30 instances', 10_000);
  });

  it('while a call waits are not', async () => {
    const host = await startHost({ onFrame: (frame, connection) => setTimeout(() => answer(frame, connection), 100) });
    const call = (() => new Codebolt({ url: host.url }).request('x'))();
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await wait(10);
    }
    assert.equal((await call).success, true);
  });
});

describe('listeners and loggers that call again', () => {
  it('leave the others a turn, whatever fails at once', async () => {
    const codebolt = open({
      webSocket: () => {
        throw new Error('never');
      },
    });
    let turns = 0;
    codebolt.on('close', () => turns++ < 10_000 && void codebolt.waitForReady().catch(() => {}));
    codebolt.waitForReady().catch(() => {});
    await wait(30);
    assert.ok(turns > 1 && turns < 10_000, `${turns} turns`);
    turns = Infinity;
  });

  it('that log by sending what cannot be sent end in no loop', async () => {
    let lines = 0;
    const codebolt = new Codebolt({
      url: 'ws://127.0.0.1:1/',
      logger: () => lines++ < 100_000 && void codebolt.send({ type: 'log' }).catch(() => {}),
    });
    await codebolt.close();
    codebolt.send({ type: 'x' }).catch(() => {});
    await wait(50);
    assert.ok(lines > 1 && lines < 1_000, `${lines} lines`);
    lines = Infinity;
  });

  it('that reject are no unhandled rejections', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url, logger: async () => { throw new Error('own'); } });
    assert.equal((await codebolt.request('x')).success, true);
  });
});
