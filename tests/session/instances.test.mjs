// Instances that come and go leave nothing behind. In a process of its own: earlier tests' free memory would hide a leak.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import WebSocket from 'ws';
import { Client, collectGarbage, memory } from './memory.mjs';
import { answer, open, startHost, startTcp, until, unusedPort, wait } from './misbehaving-host.mjs';

const collectOften = async (times) => {
  for (let turn = 0; turn < times; turn++) {
    collectGarbage();
    await wait(5);
  }
};

describe('instances that come and go', () => {
  it('leave nothing in the module\'s memory once they are closed and forgotten', async () => {
    const host = await startHost({ onFrame: answer });
    const sizes = [];
    for (let round = 0; round < 40; round++) {
      for (let number = 0; number < 25; number++) {
        const codebolt = new Codebolt({ url: host.url });
        codebolt.onRawMessage(() => {});
        const { success } = await codebolt.request('x', 'y'.repeat(100));
        assert.equal(success, true);
        await codebolt.close();
      }
      collectGarbage();
      await wait(5);
      sizes.push(memory());
    }
    // The first rounds find the size that the comings and goings need; a page more would be 100 bytes left by each instance since.
    assert.equal(sizes.at(-1), sizes[15], `the memory grew: ${sizes}`);
  });

  it('are collected, listeners and all, when they were closed', async () => {
    const host = await startHost({ onFrame: answer });
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    for (let number = 0; number < 20; number++) {
      const codebolt = new Codebolt({ url: host.url });
      codebolt.on('message', () => {});
      await codebolt.request('x');
      registry.register(codebolt);
      await codebolt.close();
    }
    await until(() => {
      collectGarbage();
      return collected >= 18;
    }, '18 of 20 instances');
  });

  it('hold no socket that could not connect', async () => {
    const sockets = [];
    class Kept extends WebSocket {
      constructor(url) {
        super(url);
        sockets.push(new WeakRef(this));
      }
    }
    const codebolt = open({ url: `ws://127.0.0.1:${await unusedPort()}`, webSocket: Kept });
    assert.equal(await codebolt.request('x').catch(({ code }) => code), 'CONNECT_FAILED');
    assert.equal(codebolt.connectionState, 'idle');
    await until(() => {
      collectGarbage();
      return sockets[0].deref() === undefined;
    }, 'that the socket is gone');
    assert.equal(await codebolt.request('x').catch(({ code }) => code), 'CONNECT_FAILED');
    assert.equal(sockets.length, 2);
  });

  it('are not collected while their connection is open and a listener waits', async () => {
    const host = await startHost();
    let heard = 0;
    (() => void new Codebolt({ url: host.url }).onRawMessage(() => heard++))();
    await host.connected();
    await collectOften(5);
    host.connections[0].send({ type: 'told' });
    await until(() => heard === 1);
    host.connections[0].socket.close(1000);
  });

  it('are not collected while their connection is open and a listener waits that came after it', async () => {
    const host = await startHost();
    let heard = 0;
    await (async () => {
      const codebolt = new Codebolt({ url: host.url });
      await codebolt.waitForReady();
      codebolt.onRawMessage(() => heard++);
    })();
    await collectOften(5);
    host.connections[0].send({ type: 'told' });
    await until(() => heard === 1);
    host.connections[0].socket.close(1000);
  });

  it('are collected, listeners and all, where there is no connection', async () => {
    const url = `ws://127.0.0.1:${await unusedPort()}`;
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    for (let number = 0; number < 20; number++) {
      const codebolt = new Codebolt({ url });
      await codebolt.request('x').catch(() => {});
      codebolt.on('dropped', () => {});
      registry.register(codebolt);
    }
    await until(() => {
      collectGarbage();
      return collected >= 18;
    }, '18 of 20 instances');
  });

  it('are not collected while somebody waits for their connection and has kept nothing else', async () => {
    const sockets = [];
    const tcp = await startTcp((socket) => sockets.push(socket));
    const { signal } = new AbortController();
    const waits = [undefined, { timeout: 60_000 }, { signal }].map((options) => new Codebolt({ url: tcp.url }).waitForReady(options).catch((error) => error.code));
    await until(() => sockets.length === waits.length);
    await collectOften(20);
    for (const socket of sockets) socket.destroy();
    assert.deepEqual(await Promise.all(waits), ['CONNECT_FAILED', 'CONNECT_FAILED', 'CONNECT_FAILED']);
  });

  it('keep nothing of requests of a program’s own, whose types may be different each time', async (context) => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const kept = [];
    const { method } = Client.prototype;
    context.after(() => (Client.prototype.method = method));
    Client.prototype.method = function (type, replyTypes, ...rest) {
      kept.push(new WeakRef(replyTypes));
      return method.call(this, type, replyTypes, ...rest);
    };
    for (let number = 0; number < 20; number++) await codebolt.request(`x${number}`);
    assert.equal(kept.length, 20);
    for (let number = 0; number < 3; number++) {
      await codebolt.fs.readFile('a');
      await codebolt.fs.listFile('a');
    }
    assert.equal(kept.length, 22, 'a method of the package is told once');
    kept.length = 20;
    await until(() => {
      collectGarbage();
      return kept.filter((each) => each.deref()).length <= 2;
    }, 'that they are gone');
  });

  it('can fail to connect by the hundred', async () => {
    const tcp = await startTcp((socket) => socket.destroy());
    const codebolt = open({ url: tcp.url });
    for (let turn = 0; turn < 200; turn++) {
      const error = await codebolt.request('x').catch((caught) => caught);
      assert.equal(error.code, 'CONNECT_FAILED');
    }
    const { waiting, queued, waitingForConnection } = codebolt.occupancy;
    assert.deepEqual([waiting, queued, waitingForConnection], [0, 0, 0]);
  });
});
