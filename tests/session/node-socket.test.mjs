// The socket of the package in Node, by itself.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { settled, startHost, startTcp, until, upgrade } from './misbehaving-host.mjs';

const require = createRequire(import.meta.url);
const PATH = require.resolve('../../node_modules/codebolt-wasm/node-socket.cjs');
const { connect } = require(PATH);

describe('a socket in Node', () => {
  it('refuses what is sent once it is closing, which `ws` would swallow', async () => {
    const host = await startHost();
    const socket = connect(host.url, false);
    await new Promise((resolve) => socket.on('open', resolve));
    assert.equal(socket.isEnding, false);
    socket.send('{"type":"a"}');
    socket.send('{"type":"a"}');
    assert.ok(socket.bufferedAmount >= '{"type":"a"}'.length, 'what waits for the end of the tick counts');
    socket.close();
    assert.equal(socket.isEnding, true);
    assert.throws(() => socket.send('{"type":"b"}'), { message: 'the connection is closing' });
    await host.connections[0].closed;
    await until(() => socket.readyState === 3);
    assert.throws(() => socket.send('{"type":"b"}'), { message: 'the connection is closing' });
    assert.deepEqual(host.frames, [{ type: 'a' }, { type: 'a' }]);
  });

  it('is ending from when its stream takes nothing more, which `ws` shows later', async () => {
    const host = await startHost();
    const socket = connect(host.url, false);
    await new Promise((resolve) => socket.on('open', resolve));
    // The second waits for the end of the tick, and has nowhere to go then.
    for (const text of ['"first"', '"second"']) socket.send(text);
    socket._socket.end();
    assert.deepEqual([socket.readyState, socket.isEnding], [1, true]);
    await host.connections[0].closed;
    assert.deepEqual(host.texts, ['"first"']);
  });

  it('takes a ping that nobody listens to', async () => {
    const host = await startHost();
    const socket = connect(host.url, false);
    await new Promise((resolve) => socket.on('open', resolve));
    const ponged = new Promise((resolve) => host.connections[0].socket.once('pong', (data) => resolve(String(data))));
    host.connections[0].socket.ping('there?');
    assert.equal(await ponged, 'there?');
    assert.equal(socket.readyState, 1);
    socket.close();
    await host.connections[0].closed;
  });

  it('can be ended at once at a host that does not read', async () => {
    const host = await startHost({ onConnection: ({ socket }) => socket.pause() });
    const socket = connect(host.url, false);
    await new Promise((resolve) => socket.on('open', resolve));
    for (let number = 0; number < 30; number++) socket.send('x'.repeat(1 << 20));
    const closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    socket.terminate();
    assert.equal((await settled(closed)).value, 1006);
  });

  it('answers a close frame of the host after all that it has still to send, and says at once that the host closes', async () => {
    const host = await startHost({ onConnection: ({ socket }) => socket.pause() });
    const socket = connect(host.url, false);
    let end;
    socket.onclose = ({ code, reason }) => (end ??= [code, reason]);
    await new Promise((resolve) => socket.on('open', resolve));
    for (let number = 0; number < 30; number++) socket.send(JSON.stringify('x'.repeat(1 << 20)));
    const [connection] = host.connections;
    connection.socket.close(4001, 'enough');
    await until(() => end !== undefined);
    assert.deepEqual(end, [4001, 'enough']);
    connection.socket.resume();
    assert.deepEqual(await connection.closed, { code: 4001, reason: 'enough' });
    assert.equal(host.frames.length, 30);
  });

  for (const [who, end] of [
    ['its host closes', () => {}],
    ['both close', (socket) => socket.close()],
  ]) {
    it(`sends all that it was given before ${who}, compressed too`, async () => {
      const host = await startHost({ perMessageDeflate: true, onFrame: (_, { socket }) => socket.close() });
      const socket = connect(host.url, false);
      await new Promise((resolve) => socket.on('open', resolve));
      for (let number = 0; number < 20; number++) socket.send(JSON.stringify(`${number} `.repeat(200_000)));
      end(socket);
      await host.connections[0].closed;
      assert.equal(host.frames.length, 20);
    });
  }

  for (const [who, start] of [
    ['that closes', (tcp) => tcp.write(Buffer.from([0x88, 2, 3, 0xe8]))],
    ['that is asked to close', (tcp, socket) => (socket.close(), tcp.once('data', () => tcp.write(Buffer.from([0x88, 2, 3, 0xe8]))))],
  ]) {
    it(`ends the connection at once when a host ${who} leaves TCP open`, async () => {
      let stream;
      const tcp = await startTcp((accepted) => accepted.once('data', (data) => upgrade((stream = accepted), data)), { allowHalfOpen: true });
      const socket = connect(tcp.url, false);
      await new Promise((resolve) => socket.on('open', resolve));
      start(stream, socket);
      await until(() => socket.readyState === 3, 'the end of the connection');
    });
  }

  it('takes a close frame without a code, also while nobody listens', async () => {
    const host = await startHost();
    const [heard, unheard] = [connect(host.url, false), connect(host.url, false)];
    const ends = [];
    heard.onclose = ({ code, reason }) => ends.push([code, reason]);
    await Promise.all([heard, unheard].map((socket) => new Promise((resolve) => socket.on('open', resolve))));
    for (const { socket } of host.connections) socket.close();
    await until(() => heard.readyState === 3 && unheard.readyState === 3);
    assert.deepEqual(ends[0], [1005, '']);
  });

  it('adds no listener to the process, of which Node would warn from the eleventh on', async () => {
    const host = await startHost();
    const before = process.listenerCount('exit');
    const sockets = Array.from({ length: 12 }, () => connect(host.url, false));
    assert.equal(process.listenerCount('exit'), before);
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('open', resolve))));
    for (const socket of sockets) socket.close();
    await Promise.all(host.connections.map(({ closed }) => closed));
  });

  it('calls one listener of messages, the last that was set, with texts as texts and bytes as bytes', async () => {
    const host = await startHost();
    const socket = connect(host.url, false);
    await new Promise((resolve) => socket.on('open', resolve));
    const heard = [];
    socket.onmessage = () => assert.fail('it was replaced');
    socket.onmessage = ({ data }) => heard.push(data);
    host.connections[0].socket.send('text');
    host.connections[0].socket.send(Buffer.from('bytes'));
    await until(() => heard.length === 2);
    assert.equal(heard[0], 'text');
    assert.deepEqual(heard[1], Buffer.from('bytes'));
    socket.onmessage = null;
    assert.equal(socket.listenerCount('message'), 0);
    socket.close();
    await host.connections[0].closed;
  });
});

/** The frames of a client (RFC 6455, section 5.2) in what a socket has received. */
const framesOf = (bytes) => {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at];
    const field = bytes[at + 1] & 0x7f;
    const header = field === 126 ? 4 : field === 127 ? 10 : 2;
    const length = field === 126 ? bytes.readUInt16BE(at + 2) : field === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : field;
    const payload = Buffer.from(bytes.subarray(at + header + 4, at + header + 4 + length));
    const mask = bytes.subarray(at + header, at + header + 4);
    for (let byte = 0; byte < length; byte++) payload[byte] ^= mask[byte % 4];
    frames.push({ first, isMasked: bytes[at + 1] > 0x7f, header, mask: mask.readUInt32LE(), text: String(payload) });
    at += header + 4 + length;
  }
  return frames;
};

/** What texts look like on the wire. */
const sent = async (texts) => {
  const parts = [];
  // Before `ws`, which unmasks where the bytes stand.
  const host = await startHost({ onConnection: ({ socket }) => socket._socket.prependListener('data', (part) => parts.push(Buffer.from(part))) });
  const socket = connect(host.url, false);
  await new Promise((resolve) => socket.on('open', resolve));
  host.connections[0].socket.removeAllListeners('message');
  let received = 0;
  host.connections[0].socket.on('message', () => received++);
  for (const text of texts) socket.send(text);
  await until(() => received === texts.length);
  socket.terminate();
  return framesOf(Buffer.concat(parts));
};

describe('the frames of a socket in Node', () => {
  const HEADERS = [
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ];
  it('are text, final and masked, with a length in as few bytes as it takes', async () => {
    const texts = HEADERS.flatMap(([bytes]) => ['x'.repeat(bytes), `${'é'.repeat(bytes >> 1)}${'x'.repeat(bytes & 1)}`]);
    const frames = await sent(texts);
    assert.deepEqual(
      frames.map(({ first, isMasked, header }) => [first, isMasked, header]),
      HEADERS.flatMap(([, header]) => [
        [0x81, true, header],
        [0x81, true, header],
      ]),
    );
    assert.ok(frames.every(({ text }, index) => text === texts[index]));
  });

  it('have masks that nobody foresees: none is 0, and none comes again', async () => {
    const masks = (await sent(Array.from({ length: 3_000 }, (_, index) => `{"n":${index}}`))).map(({ mask }) => mask);
    assert.ok(masks.every((mask) => mask !== 0));
    // One pair of them is alike once in a thousand runs, two pairs never.
    assert.ok(new Set(masks).size >= masks.length - 1, `${new Set(masks).size} of ${masks.length}`);
  });
});

/** Loads the socket with another `ws`, as test runners do that replace modules. */
const connectWith = (WebSocket) => {
  const ws = require.cache[createRequire(PATH).resolve('ws')];
  const own = require.cache[PATH];
  const { exports } = ws;
  delete require.cache[PATH];
  ws.exports = { ...exports, WebSocket };
  try {
    return require(PATH).connect;
  } finally {
    ws.exports = exports;
    require.cache[PATH] = own;
  }
};

describe('a stand-in for `ws`', () => {
  const kept = () => assert.fail('what it sends goes another way');
  const own = (members) => Object.assign(new net.Socket(), members);
  const stream = own({ write: kept });
  class Derived extends net.Socket {}
  for (const [name, members] of [
    ['without a stream', {}],
    ['with a stream that its sender does not write to', { _socket: own({}), _sender: { _socket: stream } }],
    ['with a stream and no sender', { _socket: own({}) }],
    ['with a stream of a class of its own', { _socket: new Derived(), _sender: {} }],
    ['with a stream whose way to write was replaced', { _socket: stream, _sender: {} }],
    ['with a stream that cannot be unreferenced', { _socket: own({ unref: undefined, write: kept }), _sender: {} }],
  ]) {
    it(`${name} sends all messages itself`, async () => {
      const sent = [];
      class StandIn extends EventEmitter {
        static OPEN = 1;
        readyState = 1;
        extensions = '';
        constructor() {
          super();
          Object.assign(this, members);
          if (members._sender) this._sender = { _socket: this._socket, ...members._sender };
        }
        send(text) {
          sent.push(text);
        }
      }
      const socket = connectWith(StandIn)('ws://127.0.0.1:1', true);
      socket.emit('open');
      assert.equal(socket.isEnding, false);
      for (const text of ['a', 'b', 'c']) socket.send(text);
      assert.deepEqual(sent, ['a', 'b', 'c']);
    });
  }
});
