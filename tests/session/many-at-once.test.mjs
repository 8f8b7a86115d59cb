// Many calls, messages, clients and listeners at once, and the limits that hold for them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import WebSocket from 'ws';
import { collectGarbage } from './memory.mjs';
import { answer, failure, open, settled, startHost, startTcp, until, wait } from './misbehaving-host.mjs';

const types = (host) => host.frames.map(({ type }) => type);

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
    const [, waiting, size, most] = full[0].message.match(/: (\d+) bytes count as waiting to be sent .*, and this one has (\d+) bytes: expected at most (\d+) bytes.*highWaterMark/).map(Number);
    assert.equal(most, 2 ** 26);
    assert.ok(waiting === 63 * size && waiting + size > most, full[0].message);
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

  it('that reject do not become unhandled rejections', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url, logger: async () => { throw new Error('own'); } });
    assert.equal((await codebolt.request('x')).success, true);
  });
});
