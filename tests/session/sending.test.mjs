// What is sent arrives as it was written, once and in its order, however much goes out in one tick.

import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import { answer, open, startHost, wait } from './misbehaving-host.mjs';

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, offset) => first + offset);

/** A frame's length has one, two or eight bytes; these lie around where that changes, with the rest of a message about them. */
const LENGTHS = [...range(0, 140), ...range(65_440, 65_540), 150_000];

const LETTERS = ['a', 'é', '\u2028', '😀'];

/** A text of so many UTF-16 units, as near as its letter allows. */
const textOf = (letter, units) => letter.repeat(units / letter.length);

const params = (host) => host.frames.map((frame) => frame.params);

describe('a message', () => {
  for (const letter of LETTERS) {
    it(`of any length arrives as it was written, in one tick with others: ${JSON.stringify(letter)}`, async () => {
      const host = await startHost({ onFrame: answer });
      const codebolt = open({ url: host.url });
      await codebolt.waitForReady();
      const texts = LENGTHS.map((units) => textOf(letter, units));
      await Promise.all(texts.map((text) => codebolt.request('x', text)));
      assert.deepEqual(params(host), texts);
    });
  }

  it('that is alone in its tick arrives as it was written', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    const texts = LETTERS.flatMap((letter) => [0, 1, 60, 61, 62, 63, 30_000, 65_480, 400_000].map((units) => textOf(letter, units)));
    for (const text of texts) await codebolt.request('x', text);
    assert.deepEqual(params(host), texts);
  });
});

/** From now on, how often something was written to the host. */
const countWrites = (context, host) => {
  const { mock } = context.mock.method(net.Socket.prototype, 'write');
  return () => mock.calls.filter(({ this: { remotePort } }) => remotePort === host.port).length;
};

describe('messages of one tick', () => {
  it('go out in two writes at most: the first at once, the others together', async (context) => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const writes = countWrites(context, host);
    for (let number = 0; number < 10; number++) codebolt.send({ type: 'x' });
    await host.received(10);
    assert.ok(writes() === 1 || writes() === 2, `${writes()} writes`);
  });

  it('do so too when each is sent once the one before has been', async (context) => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const writes = countWrites(context, host);
    for (let number = 0; number < 10; number++) await codebolt.send({ type: 'x' });
    await host.received(10);
    assert.ok(writes() === 1 || writes() === 2, `${writes()} writes`);
  });
});

describe('more messages in one tick than go out in one write', () => {
  it('arrive in their order, small and large', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const texts = range(1, 5_000).map((number) => `${number} ${'x'.repeat(number % 97 === 0 ? 70_000 : number % 200)}`);
    for (const text of texts) codebolt.send({ type: 'x', params: text });
    await host.received(texts.length);
    assert.deepEqual(params(host), texts);
  });

  it('arrive intact at a host that reads late', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, highWaterMark: 1 << 30 });
    await codebolt.waitForReady();
    const [{ socket }] = host.connections;
    socket.pause();
    // Far more than the sockets of both sides hold.
    const texts = range(1, 30_000).map((number) => `${number} ${'y'.repeat(1_000)}`);
    for (const text of texts) {
      codebolt.send({ type: 'x', params: text });
      if (text.startsWith('10000 ')) await wait(20);
    }
    await wait(50);
    assert.ok(host.frames.length < texts.length, 'the host was to read late');
    socket.resume();
    await host.received(texts.length);
    assert.deepEqual(params(host), texts);
  });

  it('arrive before the connection closes when it is closed in the same tick', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const texts = range(1, 100).map(String);
    for (const text of texts) codebolt.send({ type: 'x', params: text });
    await codebolt.close();
    await host.connections[0].closed;
    assert.deepEqual(params(host), texts);
  });
});

describe('a host that wants compression', () => {
  it('gets all messages in their order, compressed or not', async () => {
    const host = await startHost({ onFrame: answer, perMessageDeflate: true });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    assert.match(host.connections[0].socket.extensions, /permessage-deflate/);
    // `ws` compresses what is longer than 1 KB.
    const texts = range(1, 500).map((number) => `${number} ${'z'.repeat(number % 3 === 0 ? 5_000 : 10)}`);
    await Promise.all(texts.map((text) => codebolt.request('x', text)));
    assert.deepEqual(params(host), texts);
    const { bytesRead } = host.connections[0].socket._socket;
    assert.ok(bytesRead < 200_000, `${bytesRead} bytes for 830 KB of text`);
  });
});
