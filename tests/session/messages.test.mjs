// What the host says of its own accord, and the listeners that hear it (PROTOCOL.md, "Messages").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runChild } from './child.mjs';
import { answer, failure, open, settled, startHost, startTcp, until, wait } from './misbehaving-host.mjs';

const userMessage = (text, rest = {}) => ({ type: 'messageResponse', message: { userMessage: text, ...rest } });
/** A host that speaks in the tick in which the handshake ends. */
const eager = (...frames) => startHost({ onConnection: (connection) => frames.forEach((frame) => connection.send(frame)) });

describe('messages that come in the same instant as the handshake', () => {
  it('reach listeners that were there, every time', async () => {
    for (let round = 0; round < 20; round++) {
      const host = await eager({ type: 'registered', agentId: 'a' }, userMessage('hello'));
      const codebolt = open({ url: host.url });
      const raw = [];
      const user = [];
      codebolt.onRawMessage(({ type }) => raw.push(type));
      codebolt.onMessage(({ userMessage: text }) => user.push(text));
      await host.received(1);
      assert.deepEqual([raw, user], [['registered'], ['hello']]);
      await codebolt.close();
      await host.stop();
    }
  });

  it('for the user and for providers are not raw', async () => {
    const host = await eager(userMessage('hello'), { type: 'providerStart' }, { type: 'providerAgentStart' }, { type: 'other' });
    const raw = [];
    open({ url: host.url }).onRawMessage(({ type }) => raw.push(type));
    await until(() => raw.includes('other'));
    assert.deepEqual(raw, ['other']);
  });

  it('that ask for no answer get none', async () => {
    const host = await eager({ type: 'pluginStartMessage', pluginId: 'a' });
    const codebolt = open({ url: host.url });
    const errors = [];
    codebolt.on('listenerError', (error) => errors.push(error));
    const heard = new Promise((resolve) => codebolt.onPluginStart(({ pluginId }) => resolve(pluginId)));
    assert.equal(await heard, 'a');
    await codebolt.send({ type: 'next' });
    await host.received(1);
    assert.deepEqual(host.frames.map(({ type }) => type), ['next']);
    assert.deepEqual(errors, []);
  });

  it('reach the handler of their kind alone, and where they ask for no answer a handler that throws is reported, and no more', async () => {
    const host = await eager({ type: 'other' }, { type: 'pluginStartMessage', pluginId: 'a' });
    const codebolt = open({ url: host.url });
    const errors = [];
    codebolt.on('listenerError', ({ message }) => errors.push(message));
    const handled = [];
    codebolt.onPluginStart(({ pluginId }) => {
      handled.push(pluginId);
      throw new Error('own');
    });
    await until(() => errors.length > 0);
    await codebolt.send({ type: 'next' });
    await host.received(1);
    assert.deepEqual([handled, errors, host.frames.map(({ type }) => type)], [['a'], ['own'], ['next']]);
  });

  it('reach a handler where the runtime has no process, with an empty environment', async () => {
    const host = await eager(userMessage('one'));
    const { stdout, stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       import { writeSync } from 'node:fs';
       const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)} });
       await codebolt.waitForReady();
       const { process } = globalThis;
       delete globalThis.process;
       codebolt.onMessage((message, environment) => {
         writeSync(1, JSON.stringify([message.userMessage, environment]));
         Object.assign(globalThis, { process });
         setTimeout(() => codebolt.close(), 50);
       });`,
    );
    assert.deepEqual([stdout, stderr], ['["one",{}]', '']);
  });

  it('wait for listeners that come later, in their order', async () => {
    const host = await eager({ type: 'registered' }, userMessage('one'), { type: 'other' }, userMessage('two'));
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    await wait(50);
    const raw = [];
    const user = [];
    codebolt.onRawMessage(({ type }) => raw.push(type));
    codebolt.onMessage(({ userMessage: text }) => user.push(text));
    assert.deepEqual([raw, user], [[], []], 'never within the registering call');
    await host.received(2);
    assert.deepEqual([raw, user], [['registered', 'other'], ['one', 'two']]);
  });

  it('are kept for others when their listener is taken off at once', async () => {
    const host = await eager({ type: 'early' });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    await wait(30);
    const off = codebolt.onRawMessage(() => assert.fail('it was taken off'));
    off();
    await wait(10);
    const raw = [];
    codebolt.onRawMessage(({ type }) => raw.push(type));
    await until(() => raw.length === 1);
  });

  it('are kept up to a bound, and what is lost is told', async () => {
    const host = await eager(...Array.from({ length: 300 }, (_, number) => ({ type: 'early', number })));
    const codebolt = open({ url: host.url });
    let lost = 0;
    codebolt.on('messagesLost', ({ count }) => (lost += count));
    await codebolt.waitForReady();
    await until(() => codebolt.stats().received === 300);
    const numbers = [];
    codebolt.onRawMessage(({ number }) => numbers.push(number));
    await until(() => numbers.length > 0);
    assert.equal(lost, 44);
    assert.deepEqual(numbers, Array.from({ length: 256 }, (_, index) => index + 44));
  });
});

describe('onMessage', () => {
  it('answers with what the handler returns, or with the text of what it throws, each with an id of its own', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const errors = [];
    codebolt.on('listenerError', (error) => errors.push(error));
    const results = ['text', { an: 'object' }, undefined, null, 0, false];
    const thrown = [new Error('broken'), 'no error'];
    codebolt.onMessage(async ({ userMessage: index }) => {
      if (index >= results.length) throw thrown[index - results.length];
      return results[index];
    });
    await codebolt.waitForReady();
    for (let index = 0; index < 8; index++) {
      host.connections[0].send(userMessage(index));
      await host.received(index + 1);
    }
    const answers = host.frames.map(({ requestId, ...rest }) => rest);
    assert.deepEqual(answers, [
      { type: 'processStoped', message: 'text' },
      { type: 'processStoped', message: { an: 'object' } },
      { type: 'processStoped' },
      { type: 'processStoped' },
      { type: 'processStoped', message: 0 },
      { type: 'processStoped', message: false },
      { type: 'processStoped', error: 'broken' },
      { type: 'processStoped', error: 'Unknown error occurred' },
    ]);
    assert.equal(new Set(host.frames.map(({ requestId }) => requestId)).size, 8);
    assert.deepEqual(errors, thrown);
  });

  it('hands out the flat message, with empty lists for absent ones', async () => {
    const host = await eager(userMessage('hi', { selectedAgent: { id: 'i', name: 'n' }, mentionedFiles: ['f'], activeFile: 'a', threadId: 't' }), {
      type: 'messageResponse',
    });
    const codebolt = open({ url: host.url });
    const messages = [];
    codebolt.onMessage((message) => void messages.push(message));
    await host.received(2);
    const lists = { mentionedFullPaths: [], mentionedFolders: [], uploadedImages: [], mentionedMCPs: [], mentionedAgents: [], openedFiles: [] };
    const clean = (message) => JSON.parse(JSON.stringify(message));
    assert.deepEqual(clean(messages[0]), { userMessage: 'hi', mentionedFiles: ['f'], selectedAgent: { id: 'i', name: 'n' }, activeFile: 'a', threadId: 't', ...lists });
    assert.deepEqual(clean(messages[1]), { mentionedFiles: [], selectedAgent: { id: '', name: '' }, ...lists });
  });

  it('survives a frame without a message and goes on', async () => {
    const host = await eager({ type: 'messageResponse' }, { type: 'messageResponse', message: 'text' }, { type: 'messageResponse', message: [1] }, userMessage('fine'));
    const codebolt = open({ url: host.url });
    const texts = [];
    codebolt.onMessage(({ userMessage: text }) => void texts.push(text));
    await host.received(4);
    assert.deepEqual(texts, [undefined, undefined, undefined, 'fine']);
  });

  it('takes only a function', () => {
    const codebolt = open();
    for (const name of ['onMessage', 'onRawMessage', 'onReady']) {
      assert.throws(() => codebolt[name]('text'), { code: 'INVALID_ARGUMENT', message: new RegExp(name) });
    }
    assert.throws(() => codebolt.on('message', 7), { code: 'INVALID_ARGUMENT' });
    assert.throws(() => codebolt.on('mesage', () => {}), { code: 'INVALID_ARGUMENT', message: /unknown event "mesage"; valid events: open, close/ });
    assert.equal(codebolt.connectionState, 'idle');
  });
});

describe('getMessage', () => {
  it('resolves with a message that was there, or with the next', async () => {
    const early = await eager(userMessage('early'));
    const one = open({ url: early.url });
    await one.waitForReady();
    await wait(30);
    assert.equal((await one.getMessage()).userMessage, 'early');
    assert.equal((await one.getMessage()).userMessage, 'early', 'the current message');

    const late = await startHost({ onConnection: (connection) => setTimeout(() => connection.send(userMessage('late')), 40) });
    assert.equal((await open({ url: late.url }).getMessage()).userMessage, 'late');
  });

  it('rejects when the connection fails or closes, after its time limit, and by its signal', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const late = await failure(codebolt.getMessage({ timeout: 30 }));
    assert.deepEqual([late.code, late.message], ['REQUEST_TIMEOUT', 'getMessage: no user message within 30 ms']);
    const controller = new AbortController();
    const aborted = codebolt.getMessage({ signal: controller.signal });
    controller.abort('enough');
    assert.equal(await failure(aborted), 'enough');
    const waiting = codebolt.getMessage();
    host.connections[0].socket.close(1011, 'broken');
    const error = await failure(waiting);
    assert.deepEqual([error.code, error.message, error.closeCode, error.sent], ['CONNECTION_CLOSED', 'WebSocket connection closed', 1011, false]);
    assert.equal((await failure(open({ url: 'ws://127.0.0.1:1/' }).getMessage())).code, 'CONNECT_FAILED');
  });
});

describe('getMessage that was aborted', () => {
  it('takes no message from who comes next', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const controller = new AbortController();
    const aborted = codebolt.getMessage({ signal: controller.signal });
    controller.abort('enough');
    assert.equal(await failure(aborted), 'enough');
    host.connections[0].send(userMessage('for the next'));
    await wait(30);
    const heard = await new Promise((resolve) => codebolt.onMessage(({ userMessage: text }) => void resolve(text)));
    assert.equal(heard, 'for the next');
  });
});

describe('getMessage before there is a connection', () => {
  it('rejects when the connection that it made ends before a message', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const waiting = failure(codebolt.getMessage());
    await codebolt.waitForReady();
    host.connections[0].socket.close(1011, 'broken');
    const error = await waiting;
    assert.deepEqual([error.code, error.closeCode], ['CONNECTION_CLOSED', 1011]);
  });

  it('rejects once by its signal, and leaves no rejection that nobody handles', async () => {
    const host = await startTcp(() => {});
    const unhandled = [];
    const note = (reason) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const controller = new AbortController();
    const aborted = open({ url: host.url }).getMessage({ signal: controller.signal });
    await wait(20);
    controller.abort('enough');
    assert.equal(await failure(aborted), 'enough');
    await wait(20);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
});

describe('listeners', () => {
  it('that throw or reject are reported, and the others still run', async () => {
    const host = await eager({ type: 'told' });
    const codebolt = open({ url: host.url });
    const seen = [];
    codebolt.on('listenerError', (error) => seen.push(error.message));
    codebolt.on('message', () => {
      throw new Error('thrown');
    });
    codebolt.on('message', async () => {
      throw new Error('rejected');
    });
    codebolt.on('message', () => seen.push('third'));
    codebolt.onRawMessage(() => seen.push('raw'));
    await until(() => seen.length === 4);
    assert.deepEqual(seen, ['thrown', 'third', 'raw', 'rejected']);
  });

  it('of listenerError that throw themselves are told once, as a warning', async () => {
    const host = await eager({ type: 'told' });
    const { stdout, stderr, code } = await runChild(
      `import codebolt from 'codebolt-wasm';
       codebolt.on('listenerError', () => { throw new Error('about errors'); });
       codebolt.onRawMessage(() => { throw new Error('first'); });
       await codebolt.waitForReady();
       setTimeout(() => codebolt.close(), 100);`,
      { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } },
    );
    assert.deepEqual([stdout, code], ['', 0]);
    assert.equal(stderr.match(/about errors/g).length, 1);
  });

  it('may call, close and register from within', async () => {
    const host = await startHost({ onConnection: (connection) => connection.send({ type: 'told' }), onFrame: answer });
    const codebolt = open({ url: host.url });
    const done = new Promise((resolve, reject) => {
      codebolt.onRawMessage(async () => {
        try {
          codebolt.on('message', () => {});
          const call = codebolt.request('within');
          const aborted = codebolt.request('aborted', 1, { signal: AbortSignal.timeout(1) }).catch(() => 'aborted');
          assert.equal((await call).success, true);
          await aborted;
          const never = failure(codebolt.request('never answered by then'));
          await codebolt.close();
          assert.equal((await never).code, 'CONNECTION_CLOSED');
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    await settled(done).then(({ error }) => assert.ifError(error));
  });

  it('of open and close may call and close within, at every turn', async () => {
    for (const within of [
      (codebolt) => codebolt.close(),
      (codebolt) => codebolt.request('x').catch(() => {}),
      (codebolt) => codebolt.send({ type: 'x' }).catch(() => {}),
      (codebolt) => codebolt.waitForReady().catch(() => {}),
      (codebolt) => codebolt.close({ drain: true }),
    ]) {
      const host = await startHost({ onFrame: (_, { socket }) => socket.terminate() });
      const codebolt = open({ url: host.url, reconnect: { initialDelay: 5, maxDelay: 5 } });
      let turns = 0;
      for (const name of ['open', 'reconnecting', 'close']) codebolt.on(name, () => turns++ < 20 && void within(codebolt));
      await settled(codebolt.request('first'));
      await wait(30);
      await settled(codebolt.close());
      assert.equal(codebolt.connectionState, 'closed');
      const { dropped, ...held } = codebolt.occupancy;
      assert.deepEqual(Object.values(held), Object.values(held).map(() => 0));
      await host.stop();
    }
  });

  it('that were taken off hear nothing more, and the same function added twice is two', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    let count = 0;
    const listener = () => count++;
    const off = codebolt.on('message', listener);
    codebolt.on('message', listener);
    const first = codebolt.on('message', () => second());
    const second = codebolt.on('message', () => assert.fail('the one before took it off'));
    await codebolt.waitForReady();
    host.connections[0].send({ type: 'a' });
    await until(() => count === 2);
    off();
    first();
    host.connections[0].send({ type: 'b' });
    await until(() => count === 3);
  });
});

describe('heartbeats', () => {
  it('of a provider and of an environment say whose they are, what is given of them, and when', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const members = { status: 'ok', connectedEnvironments: ['a'], uptime: 7, metadata: { b: 1 } };
    codebolt.sendProviderHeartbeat({ providerId: 'p', ...members, other: 1 });
    codebolt.sendEnvironmentHeartbeat({ environmentId: 'e', providerId: 'p', other: 1 });
    await host.received(2);
    const sent = host.frames.map(({ requestId, timestamp, ...rest }) => {
      assert.equal(new Date(timestamp).toISOString(), timestamp);
      return rest;
    });
    assert.deepEqual(sent, [{ type: 'providerHeartbeat', providerId: 'p', ...members }, { type: 'environmentHeartbeat', environmentId: 'e', providerId: 'p' }]);
  });
});
