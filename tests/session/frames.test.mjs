// Whatever a host sends, the session lives on (PROTOCOL.md, "Dispatch" and "Limits").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, failure, open, settled, startHost, until, wait } from './misbehaving-host.mjs';

/** A host that sends `frames` before it answers each request. */
const hostSaying = (frames) =>
  startHost({
    onFrame(frame, connection) {
      if (frame.type === 'processStoped') return;
      for (const each of frames) connection.socket.send(each);
      answer(frame, connection);
    },
  });

describe('a frame that is not a message', () => {
  for (const [name, frame, reason] of [
    ['text that is not JSON', 'hello', /invalid frame: expected JSON: /],
    ['empty text', '', /invalid frame: expected JSON: /],
    ['JSON cut off', '{"type":"x","requestId":', /invalid frame: expected JSON: /],
    ['a number', '17', /expected a JSON object/],
    ['null', 'null', /expected a JSON object/],
    ['a text', '"text"', /expected a JSON object/],
    ['an array', '[{"type":"x"}]', /expected a JSON object/],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00]), /UTF-8 .*, got neither/],
  ]) {
    it(`is reported and dropped: ${name}`, async () => {
      const host = await hostSaying([frame]);
      const codebolt = open({ url: host.url });
      const reported = [];
      codebolt.on('protocolError', (details) => reported.push(details));
      codebolt.onRawMessage(() => assert.fail('it is not a message'));
      assert.equal((await codebolt.request('x')).success, true);
      assert.equal(reported.length, 1);
      assert.match(reported[0].reason, reason);
      assert.equal(codebolt.connectionState, 'open');
    });
  }
});

describe('a binary frame', () => {
  it('that holds JSON is read like a text', async () => {
    const host = await startHost({
      onFrame: ({ type, requestId }, connection) => connection.socket.send(Buffer.from(JSON.stringify({ type, requestId, é: 'é' })), { binary: true }),
    });
    assert.equal((await open({ url: host.url }).request('x')).é, 'é');
  });
});

describe('a message with members of unforeseen types', () => {
  it('reaches listeners or nobody, and harms nothing', async () => {
    const odd = [0, -1.5, 1e400, true, false, null, 'text', '', [], {}, { toString: 1 }, 'x'.repeat(10_000)];
    const frames = [];
    for (const value of odd) {
      frames.push({ type: value }, { type: 'x', requestId: value }, { requestId: value }, { type: value, requestId: value, message: value });
      frames.push({ type: 'messageResponse', message: value }, { type: 'messageResponse', message: { selectedAgent: value, mentionedFiles: value } });
    }
    frames.push({}, { __proto__: null, constructor: 1 });
    const texts = [...frames.map((frame) => JSON.stringify(frame)), '{"__proto__":{"type":"polluted"},"type":"x"}', '{"type":"a","type":"b"}'];
    const host = await hostSaying(texts);
    const codebolt = open({ url: host.url });
    codebolt.onMessage(() => {});
    codebolt.onRawMessage(() => {});
    for (let round = 0; round < 3; round++) assert.equal((await codebolt.request('own.type')).success, true);
    assert.equal({}.type, undefined);
    assert.equal(codebolt.occupancy.waiting, 0);
  });
});

describe('a large frame', () => {
  it('of 100 MB arrives whole', async () => {
    const payload = 'x'.repeat(99 * 1024 * 1024);
    const host = await startHost({ onFrame: ({ type, requestId }, connection) => connection.send({ type, requestId, payload }) });
    const codebolt = open({ url: host.url });
    const { value, error } = await settled(codebolt.request('x'), 30_000);
    assert.equal(error, undefined);
    assert.equal(value.payload.length, payload.length);
  });

  it('beyond what the socket takes ends the connection, and the calls in flight say so', async () => {
    const host = await startHost({
      onFrame: ({ type, requestId }, connection) => connection.send({ type, requestId, payload: 'x'.repeat(101 * 1024 * 1024) }),
    });
    const codebolt = open({ url: host.url });
    const error = await failure(codebolt.request('x'), 30_000);
    assert.equal(error.code, 'CONNECTION_CLOSED');
    assert.equal(error.sent, true);
    assert.equal(codebolt.connectionState, 'closed');
  });

  it('of ours is refused before it is sent, by its size in bytes', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url, maxFrameBytes: 1_000 });
    const error = await failure(codebolt.request('x', 'é'.repeat(480)));
    assert.equal(error.code, 'FRAME_TOO_LARGE');
    assert.equal(error.sent, false);
    assert.match(error.message, /the message is too large: expected at most 1000 bytes, got \d+\. Send it in parts/);
    assert.equal((await failure(codebolt.send({ type: 'x', text: 'x'.repeat(1_000) }))).code, 'FRAME_TOO_LARGE');
    assert.equal((await codebolt.request('x', 'x'.repeat(900))).success, true);
    assert.equal(host.frames.length, 1);
  });
});

describe('deeply nested JSON', () => {
  it('arrives or is reported, and the session lives on', async () => {
    const depth = 100_000;
    const nested = `{"type":"deep","value":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const host = await hostSaying([nested, '['.repeat(depth)]);
    const codebolt = open({ url: host.url });
    const seen = [];
    codebolt.onRawMessage(({ type }) => seen.push(type));
    codebolt.on('protocolError', () => seen.push('error'));
    assert.equal((await codebolt.request('x')).success, true);
    assert.equal(seen.length, 2);
    assert.equal((await codebolt.request('x')).success, true);
  });
});

describe('a heartbeat', () => {
  it('as a data frame is not a message and gets no answer', async () => {
    const host = await hostSaying(['{"type":"__ping","timestamp":1}']);
    const codebolt = open({ url: host.url });
    const messages = [];
    codebolt.on('message', (message) => messages.push(message));
    codebolt.onRawMessage((message) => messages.push(message));
    await codebolt.request('x');
    assert.deepEqual(messages, []);
    assert.equal(host.frames.length, 1);
  });

  it('as a WebSocket ping is answered by the socket', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    let pongs = 0;
    host.connections[0].socket.on('pong', () => pongs++);
    host.connections[0].socket.ping();
    await until(() => pongs === 1);
  });
});

describe('a flood', () => {
  it('of 5,000 frames of all kinds leaves calls and tables in order', async () => {
    const kinds = ['{"type":"x"}', '{"type":"x","requestId":"y"}', 'rubbish', '[]', '{"type":"__ping"}', '{"success":false}'];
    const host = await hostSaying(Array.from({ length: 5_000 }, (_, index) => kinds[index % kinds.length]));
    const codebolt = open({ url: host.url });
    const lost = [];
    codebolt.on('messagesLost', ({ count }) => lost.push(count));
    assert.equal((await codebolt.request('own')).success, true);
    const { dropped, ...held } = codebolt.occupancy;
    assert.ok(dropped >= 0);
    assert.equal(held.waiting + held.inFlight + held.queued + held.cancelled, 0);
    assert.ok(lost.length > 0, 'what nobody listens to is bounded');
    // Let the host's own socket see that all was written: taking it down earlier costs it an error a frame.
    await wait(50);
  });
});
