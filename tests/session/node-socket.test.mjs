// The socket of the package in Node, by itself.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRequire } from 'node:module';
import { startHost, until } from './misbehaving-host.mjs';

const { connect } = createRequire(import.meta.url)('../../node_modules/codebolt-wasm/node-socket.cjs');

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
    socket._socket.end();
    assert.deepEqual([socket.readyState, socket.isEnding], [1, true]);
    await host.connections[0].closed;
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
