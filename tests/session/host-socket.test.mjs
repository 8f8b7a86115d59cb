// `codebolt.websocket` (PROTOCOL.md, "The socket as one"): the connection for code that wants a WebSocket of `ws`.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { answer, failure, open, startHost, unusedPort, until, wait } from './misbehaving-host.mjs';

const quick = { initialDelay: 5, maxDelay: 10, maxAttempts: 100 };
const opened = async (options) => {
  const codebolt = open(options);
  await codebolt.waitForReady();
  return codebolt;
};

describe('the socket', () => {
  it('is null until there has been a connection, and then one and the same', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    assert.equal(codebolt.websocket, null);
    assert.equal(codebolt.connectionState, 'idle', 'to look at it connects nothing');
    const ready = codebolt.waitForReady();
    assert.equal(codebolt.websocket, null);
    await ready;
    const { websocket } = codebolt;
    assert.equal(websocket, codebolt.websocket);
    assert.equal(websocket.readyState, 1);
    assert.deepEqual([websocket.CONNECTING, websocket.OPEN, websocket.CLOSING, websocket.CLOSED], [0, 1, 2, 3]);
    assert.deepEqual(Object.keys(websocket.constructor), ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED']);
    assert.equal(Object.getOwnPropertyDescriptor(websocket.constructor.prototype, 'onopen').configurable, true, 'a spy can take it over');
    assert.ok(websocket instanceof EventEmitter);
    assert.ok(websocket.url.startsWith(host.url));
    const closed = codebolt.close();
    assert.equal(websocket.readyState, 2);
    await closed;
    assert.equal(websocket.readyState, 3);
    assert.equal(codebolt.websocket, websocket);
  });

  it('is null where connecting failed, and there where it was asked for only after the end', async () => {
    const failed = open({ url: `ws://127.0.0.1:${await unusedPort()}` });
    await failure(failed.waitForReady());
    assert.equal(failed.websocket, null);
    const host = await startHost();
    const ended = await opened({ url: host.url });
    host.connections[0].socket.close(1011);
    await until(() => ended.connectionState === 'closed');
    assert.equal(ended.websocket.readyState, 3);
    await ended.close();
    assert.equal(ended.websocket.ping(), undefined, 'there is nothing to ping');
  });

  it('can be replaced by a stand-in', () => {
    const codebolt = new Codebolt();
    const standIn = { readyState: 1 };
    codebolt.websocket = standIn;
    assert.equal(codebolt.websocket, standIn);
    assert.ok(Object.keys(codebolt).includes('websocket'));
    const [set, other] = [new Codebolt(), new Codebolt()].map((each) => Object.getOwnPropertyDescriptor(each, 'websocket').set);
    assert.equal(set, other, 'one function for all clients');
  });
});

describe('what is sent by it', () => {
  it('goes out as it is, among what else is sent, in the order of the calls', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = await opened({ url: host.url });
    const whole = '{"type":"remoteProviderEvent", "requestId":"mine","n":2}';
    codebolt.send({ type: 'one' });
    codebolt.websocket.send(whole);
    const three = codebolt.request('three');
    codebolt.websocket.send(new Uint8Array(Buffer.from('{"type":"four"}')));
    codebolt.websocket.send(5);
    await three;
    await host.received(5);
    assert.deepEqual(host.frames.map(({ type }) => type), ['one', 'remoteProviderEvent', 'three', 'four', undefined]);
    assert.equal(host.texts[4], '5');
    assert.equal(host.texts[1], whole);
    assert.equal(host.texts[3], '{"type":"four"}');
  });

  it('waits where messages wait', async () => {
    const host = await startHost({ onFrame: (frame, connection) => frame.type === 'hold' && setTimeout(() => answer(frame, connection), 30) });
    const codebolt = await opened({ url: host.url, maxInFlight: 1 });
    const held = codebolt.request('hold');
    codebolt.request('second', undefined, { timeout: 200 }).catch(() => {});
    codebolt.websocket.send('{"type":"third"}');
    await held;
    await host.received(3);
    assert.deepEqual(host.frames.map(({ type }) => type), ['hold', 'second', 'third']);
  });

  it('tells its callback when it is on its way, and why it never will be', async () => {
    const host = await startHost();
    const codebolt = await opened({ url: host.url });
    const { websocket } = codebolt;
    assert.equal(await new Promise((resolve) => websocket.send('{"type":"a"}', resolve)), undefined);
    assert.equal(await new Promise((resolve) => websocket.send('{"type":"b"}', {}, resolve)), undefined);
    await codebolt.close();
    const error = await new Promise((resolve) => websocket.send('{"type":"c"}', resolve));
    assert.equal(error.code, 'CONNECTION_CLOSED');
    const reported = [];
    codebolt.on('listenerError', (thrown) => reported.push(thrown));
    websocket.send('{"type":"nobody looks"}');
    await wait(10);
    assert.deepEqual(host.frames.map(({ type }) => type), ['a', 'b']);
    assert.deepEqual(reported, []);
  });

  it('must be a frame', async () => {
    const host = await startHost();
    const { websocket } = await opened({ url: host.url });
    for (const data of [undefined, null, { type: 'x' }, true]) {
      assert.throws(() => websocket.send(data), { code: 'INVALID_ARGUMENT', message: /^websocket\.send: argument 'data': expected a frame as a string, such as JSON\.stringify\(message\), got / });
    }
  });
});

describe('its listeners', () => {
  it('hear every frame, replies included, as bytes; those of addEventListener as text', async () => {
    const host = await startHost({ onFrame: answer, onConnection: (connection) => setTimeout(() => connection.send({ type: 'told' }), 20) });
    const codebolt = await opened({ url: host.url });
    const heard = { on: [], event: [], assigned: [], object: [] };
    const { websocket } = codebolt;
    websocket.on('message', (data, isBinary) => {
      assert.ok(Buffer.isBuffer(data));
      assert.equal(isBinary, false);
      heard.on.push(JSON.parse(data.toString()).type);
    });
    websocket.addEventListener('message', ({ type, target, data }) => {
      assert.deepEqual([type, target], ['message', websocket]);
      heard.event.push(JSON.parse(data).type);
    });
    websocket.onmessage = ({ data }) => heard.assigned.push(JSON.parse(data).type);
    websocket.addEventListener('message', { handleEvent: ({ data }) => heard.object.push(JSON.parse(data).type) });
    await codebolt.request('asked');
    await until(() => heard.on.length === 2);
    for (const types of Object.values(heard)) assert.deepEqual(types.toSorted(), ['asked', 'told']);
  });

  it('are taken off, and called once where that was asked', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = await opened({ url: host.url });
    const { websocket } = codebolt;
    const seen = [];
    const note = (name) => () => void seen.push(name);
    const [on, event, assigned] = ['on', 'event', 'assigned'].map(note);
    websocket.on('message', on);
    websocket.once('message', note('once'));
    websocket.addEventListener('message', event);
    websocket.addEventListener('message', event);
    websocket.addEventListener('message', note('event once'), { once: true });
    websocket.addEventListener('no such event', event);
    for (const none of [null, undefined]) websocket.addEventListener('message', none);
    assert.equal(websocket.listenerCount('message'), 4);
    websocket.onmessage = assigned;
    assert.equal(websocket.onmessage, assigned);
    const listed = [];
    for (const name in websocket) if (name.startsWith('on')) listed.push(name);
    for (const name of ['onopen', 'onmessage', 'onclose', 'onerror']) assert.ok(listed.includes(name), `${name}, which a WebSocket lists`);
    await codebolt.request('x');
    assert.deepEqual(seen.splice(0), ['on', 'once', 'event', 'event once', 'assigned']);
    websocket.off('message', on);
    await codebolt.request('x');
    assert.deepEqual(seen.splice(0), ['event', 'assigned']);
    websocket.removeEventListener('message', event);
    websocket.onmessage = note('another');
    await codebolt.request('x');
    assert.deepEqual(seen.splice(0), ['another']);
    websocket.onmessage = null;
    assert.equal(websocket.onmessage, null);
    await codebolt.request('x');
    assert.deepEqual(seen, []);
    assert.equal(websocket.listenerCount('message'), 0);
  });

  it('that throw are reported, and the reply still arrives', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = await opened({ url: host.url });
    const errors = [];
    codebolt.on('listenerError', ({ message }) => errors.push(message));
    codebolt.websocket.on('message', () => {
      throw new Error('mine');
    });
    assert.equal((await codebolt.request('x')).success, true);
    assert.deepEqual(errors, ['mine']);
  });

  it('hear a frame of bytes as bytes', async () => {
    const host = await startHost({ onConnection: (connection) => setTimeout(() => connection.send(Buffer.from('{"type":"told"}')), 20) });
    const { websocket } = await opened({ url: host.url });
    const heard = await new Promise((resolve) => websocket.once('message', (data, isBinary) => resolve([String(Buffer.from(data)), isBinary])));
    assert.deepEqual(heard, ['{"type":"told"}', true]);
  });

  it('hear the answer to a ping', async () => {
    const host = await startHost();
    const { websocket } = await opened({ url: host.url });
    const answered = new Promise((resolve) => websocket.addEventListener('pong', resolve));
    websocket.ping('there?');
    const { type, data } = await answered;
    assert.deepEqual([type, String(data)], ['pong', 'there?']);
  });

  it('hear of a ping', async () => {
    const host = await startHost();
    const { websocket } = await opened({ url: host.url });
    const pinged = new Promise((resolve) => websocket.once('ping', resolve));
    const event = new Promise((resolve) => websocket.addEventListener('ping', resolve));
    host.connections[0].socket.ping('alive?');
    assert.equal(String(await pinged), 'alive?');
    assert.equal(String((await event).data), 'alive?');
  });

  it('hear the end of a connection and the opening of the next, over which the same socket sends', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = await opened({ url: host.url, reconnect: quick });
    const { websocket } = codebolt;
    const seen = [];
    websocket.on('close', (code, reason) => seen.push(['close', code, String(reason)]));
    websocket.addEventListener('close', ({ code, reason, wasClean }) => seen.push(['event', code, reason, wasClean]));
    websocket.on('open', () => seen.push(['open']));
    const messages = [];
    websocket.on('message', (data) => messages.push(JSON.parse(data).type));
    host.connections[0].socket.close(1012, 'restarting');
    await until(() => websocket.readyState === 0);
    websocket.send('{"type":"meanwhile","requestId":"mine"}');
    await host.connected(2);
    await until(() => websocket.readyState === 1);
    assert.deepEqual(seen, [['close', 1012, 'restarting'], ['event', 1012, 'restarting', true], ['open']]);
    await host.received(1);
    assert.equal(host.texts[0], '{"type":"meanwhile","requestId":"mine"}');
    await codebolt.request('after');
    assert.equal(messages.at(-1), 'after');
    const pinged = new Promise((resolve) => websocket.once('ping', resolve));
    host.connections[1].socket.ping();
    await pinged;
    assert.equal(codebolt.websocket, websocket);
    host.connections[1].socket.terminate();
    await until(() => seen.length === 6);
    assert.deepEqual(seen[4], ['event', 1006, seen[3][2], false]);
  });

  it('hear the end of a connection that is the last', async () => {
    const host = await startHost();
    const { websocket } = await opened({ url: host.url });
    const closed = new Promise((resolve) => websocket.on('close', (code, reason) => resolve([code, String(reason)])));
    host.connections[0].socket.close(1011, 'broken');
    assert.deepEqual(await closed, [1011, 'broken']);
  });

  it('that hear no error harm nothing where another connection cannot be made', async () => {
    const host = await startHost();
    const codebolt = await opened({ url: host.url, reconnect: { ...quick, maxAttempts: 2 } });
    const reported = [];
    codebolt.on('listenerError', (error) => reported.push(error));
    assert.equal(codebolt.websocket.listenerCount('error'), 0);
    await host.stop();
    await until(() => codebolt.connectionState === 'idle');
    assert.deepEqual(reported, []);
  });

  it('hear an error where another connection cannot be made, if they listen to it', async () => {
    const host = await startHost();
    const codebolt = await opened({ url: host.url, reconnect: { ...quick, maxAttempts: 2 } });
    const { websocket } = codebolt;
    const errors = [];
    websocket.on('error', (error) => errors.push(error));
    const events = [];
    websocket.addEventListener('error', (event) => events.push(event));
    const assigned = [];
    websocket.onerror = ({ error }) => assigned.push(error);
    await host.stop();
    await until(() => codebolt.connectionState === 'idle');
    assert.ok(errors.length > 0);
    assert.deepEqual(events.map(({ type, error, message }) => [type, error, message]), errors.map((error) => ['error', error, error.message]));
    assert.deepEqual(assigned, errors);
    assert.equal(errors[0].code, 'CONNECT_FAILED');
    assert.equal(websocket.readyState, 3);
  });

  it('close the connection for good', async () => {
    const host = await startHost();
    const codebolt = await opened({ url: host.url, reconnect: quick });
    codebolt.websocket.close();
    await host.connections[0].closed;
    await wait(30);
    assert.equal(codebolt.connectionState, 'closed');
    assert.equal(host.connections.length, 1);
  });

  it('end it by terminate() too', async () => {
    const host = await startHost();
    const codebolt = await opened({ url: host.url, reconnect: quick });
    codebolt.websocket.terminate();
    assert.notEqual(codebolt.connectionState, 'open');
    await host.connections[0].closed;
    await until(() => codebolt.connectionState === 'closed');
  });
});

describe('the socket of a caller’s own that knows neither events nor its address', () => {
  it('is shown as far as it goes', async () => {
    let socket;
    class Plain {
      readyState = 1;
      send() {}
      close() {
        this.readyState = 3;
        this.onclose?.({ code: 1000, reason: '' });
      }
      constructor() {
        socket = this;
      }
    }
    const codebolt = await opened({ webSocket: Plain });
    const { websocket } = codebolt;
    assert.deepEqual([websocket.readyState, websocket.url, websocket.bufferedAmount], [1, '', 0]);
    websocket.ping();
    Object.assign(socket, { url: 'ws://own/', bufferedAmount: 7 });
    assert.deepEqual([websocket.url, websocket.bufferedAmount], ['ws://own/', 7]);
    assert.equal(websocket.ping(), undefined, 'it knows no pings');
    await codebolt.close();
    assert.deepEqual([websocket.readyState, websocket.url, websocket.bufferedAmount], [3, '', 0]);
  });

  it('gives texts where the runtime has no Buffer', async () => {
    let socket;
    const codebolt = await opened({ webSocket: () => (socket = { readyState: 1, send() {}, close() {} }) });
    const heard = [];
    codebolt.websocket.on('message', (data) => heard.push(data));
    const { Buffer } = globalThis;
    delete globalThis.Buffer;
    try {
      socket.onmessage({ data: '{"type":"told"}' });
    } finally {
      globalThis.Buffer = Buffer;
    }
    assert.deepEqual(heard, ['{"type":"told"}']);
  });
});
