// The option webSocket: sockets of the caller's own, well-made or not.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import WebSocket from 'ws';
import { answer, failure, open, settled, startHost, wait } from './misbehaving-host.mjs';

/** A socket within the process. `send` is what happens when it sends. */
class OwnSocket {
  readyState = 0;
  bufferedAmount = 0;
  sent = [];
  closes = 0;
  constructor(onSend = () => {}) {
    this.onSend = onSend;
  }
  open() {
    this.readyState = 1;
    this.onopen?.({});
  }
  send(text) {
    this.sent.push(JSON.parse(text));
    this.onSend(JSON.parse(text), this);
  }
  say(frame) {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
  close(code = 1000) {
    this.closes++;
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }
}

const echo = ({ type, requestId, params }, socket) => socket.say({ type, requestId, success: true, params });
const opening = (onSend) => {
  const socket = new OwnSocket(onSend);
  setTimeout(() => socket.open());
  return socket;
};

describe('a socket of the caller\'s own', () => {
  it('may be a constructor, or a function of either kind that makes one', async () => {
    const host = await startHost({ onFrame: answer });
    for (const webSocket of [WebSocket, (url) => new WebSocket(url), function (url) { return new WebSocket(url); }]) {
      const codebolt = open({ url: host.url, webSocket });
      assert.equal((await codebolt.request('x')).success, true);
      await codebolt.close();
    }
    assert.equal(host.connections.length, 3);
  });

  it('may be open from the start, and may answer within send', async () => {
    const codebolt = open({
      webSocket: () => {
        const socket = new OwnSocket(echo);
        socket.readyState = 1;
        return socket;
      },
    });
    const replies = await Promise.all(Array.from({ length: 1_000 }, (_, index) => codebolt.request('x', index)));
    assert.deepEqual(replies.map(({ params }) => params), [...Array(1_000).keys()]);
    assert.equal(codebolt.occupancy.waiting, 0);
  });

  it('that answers within send takes no stack, however long listener and socket go on', async () => {
    let turns = 0;
    const codebolt = open({ webSocket: () => opening((_, socket) => socket.say({ type: 'told' })) });
    const done = new Promise((resolve) => {
      codebolt.onRawMessage(() => {
        if (++turns === 50_000) return resolve();
        codebolt.send({ type: 'again' });
      });
    });
    await codebolt.send({ type: 'first' });
    assert.ifError((await settled(done, 20_000)).error);
  });

  it('that closes within send rejects what it was given, once, and says that it was sent', async () => {
    const codebolt = open({ webSocket: () => opening((_, socket) => socket.close(1011)) });
    await codebolt.waitForReady();
    const errors = await Promise.all([failure(codebolt.request('x')), failure(codebolt.request('y'))]);
    assert.deepEqual(errors.map(({ code, sent }) => [code, sent]), [['CONNECTION_CLOSED', true], ['CONNECTION_CLOSED', false]]);
    assert.equal(codebolt.connectionState, 'closed');
  });

  it('that throws in send is taken for broken', async () => {
    const sockets = [];
    const codebolt = open({
      webSocket: () => {
        sockets.push(opening(() => { throw new Error('pipe broken'); }));
        return sockets.at(-1);
      },
    });
    const errors = await Promise.all([failure(codebolt.request('x')), failure(codebolt.request('y'))]);
    for (const error of errors) {
      assert.equal(error.code, 'CONNECTION_CLOSED');
      assert.match(error.closeReason, /pipe broken/);
    }
    assert.deepEqual(errors.map(({ sent }) => sent), [true, false], 'one may have gone out in part, the other was not handed over');
    assert.equal(sockets.length, 1);
    assert.equal(sockets[0].closes, 1, 'it is not left open');
  });

  it('that begins to throw in send once it is in use is taken for broken, too', async () => {
    let isBroken = false;
    const socket = opening((frame, own) => {
      if (isBroken) throw new Error('pipe broken');
      echo(frame, own);
    });
    const codebolt = open({ webSocket: () => socket });
    await codebolt.request('x');
    await codebolt.request('x');
    isBroken = true;
    const errors = await Promise.all([failure(codebolt.request('x')), failure(codebolt.request('y')), failure(codebolt.send({ type: 'z' }))]);
    assert.deepEqual(errors.map(({ code, sent }) => [code, sent]), [['CONNECTION_CLOSED', true], ['CONNECTION_CLOSED', false], ['CONNECTION_CLOSED', false]]);
    assert.match(errors[0].closeReason, /pipe broken/);
    assert.match(errors[0].hint, /after the message was handed to the socket: whether the host carried it out is unknown/);
    assert.doesNotMatch(errors[0].hint, /sent/);
    assert.equal(socket.closes, 1, 'it is not left open');
  });

  for (const [what, ending] of [
    ['is closing', { readyState: 2 }],
    ['is closed and has not said so', { readyState: 3 }],
    ['knows that it ends before its state shows it', { isEnding: true }],
  ]) {
    it(`that ${what} gets nothing more, and what is called then was not sent`, async () => {
      const socket = opening(echo);
      const codebolt = open({ webSocket: () => socket });
      await codebolt.request('x');
      await codebolt.request('x');
      Object.assign(socket, ending);
      const calls = [codebolt.request('y'), codebolt.request('y', 1, { timeout: 10_000 }), codebolt.send({ type: 'y' })].map((call) => failure(call));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(socket.sent.length, 2);
      socket.onclose({ code: 1001, reason: '' });
      for (const { code, sent } of await Promise.all(calls)) assert.deepEqual([code, sent], ['CONNECTION_CLOSED', false]);
      assert.equal(socket.sent.length, 2);
    });
  }

  it('that does not say its state any more is used for as long as it takes frames', async () => {
    const socket = opening(echo);
    const codebolt = open({ webSocket: () => socket });
    await codebolt.request('x');
    Object.defineProperty(socket, 'readyState', { get: () => { throw new Error('no state today'); } });
    assert.equal((await codebolt.request('x', 1)).params, 1);
    assert.equal((await codebolt.request('x', 2, { timeout: 1_000 })).params, 2);
    Object.defineProperty(socket, 'readyState', { value: 3, writable: true });
  });

  it('may hand over bytes as a view, and those that are not UTF-8 are not taken for a reply', async () => {
    const socket = new OwnSocket();
    socket.readyState = 1;
    const codebolt = open({ webSocket: () => socket });
    const errors = [];
    codebolt.on('protocolError', ({ reason }) => errors.push(reason));
    await codebolt.waitForReady();
    const call = codebolt.request('x');
    const { requestId } = socket.sent[0];
    const bytes = (text, encoding) => Buffer.from(JSON.stringify({ type: 'x', requestId, text }), encoding);
    socket.onmessage({ data: bytes('é', 'latin1') });
    assert.deepEqual([errors, codebolt.occupancy.inFlight], [['invalid frame: expected text, or UTF-8 in an ArrayBuffer or a view, got neither'], 1]);
    socket.onmessage({ data: bytes('é', 'utf8') });
    assert.equal((await call).text, 'é');
  });

  it('that cannot be made rejects with the reason, and the next use tries again', async () => {
    const makers = [
      () => { throw new Error('no network today'); },
      () => { throw null; },
      () => undefined,
      () => 7,
      () => ({}),
      () => Promise.resolve(new OwnSocket()),
      () => ({ send() {}, close() {} }),
      () => ({ send() {}, readyState: 0 }),
      () => opening(echo),
    ];
    const codebolt = open({ webSocket: () => makers.shift()() });
    for (const text of [/: no network today\. Is/, /: null\. Is/]) assert.match((await failure(codebolt.request('x'))).message, text);
    for (let turn = 0; turn < 6; turn++) {
      const error = await failure(codebolt.request('x'));
      assert.equal(error.code, 'CONNECT_FAILED');
      assert.match(error.message, /what option 'webSocket' made: expected a WebSocket, got /);
    }
    assert.equal((await codebolt.request('x', 1)).params, 1);
  });

  it('that cannot be listened to is a failed connection, and the session lives on', async () => {
    const makers = [
      () => Object.freeze(new OwnSocket()),
      ...['onopen', 'onmessage', 'onerror', 'onclose', 'onping', 'binaryType'].map((name) => () =>
        Object.defineProperty(new OwnSocket(), name, {
          set() {
            throw new Error(`no ${name} here`);
          },
        }),
      ),
      () => Object.defineProperty(new OwnSocket(), 'readyState', { get: () => { throw new Error('no state today'); } }),
      () => opening(echo),
    ];
    const codebolt = open({ webSocket: () => makers.shift()() });
    for (const text of [/object is not extensible|read only/, /no onopen/, /no onmessage/, /no onerror/, /no onclose/, /no onping/, /no binaryType/, /no state today/]) {
      const error = await failure(codebolt.request('x'));
      assert.equal(error.code, 'CONNECT_FAILED');
      assert.match(error.message, text);
    }
    assert.equal((await codebolt.request('x', 1)).params, 1);
  });

  it('that is closed from the start is a failed connection', async () => {
    const codebolt = open({
      connectTimeout: 0,
      webSocket: () => Object.assign(new OwnSocket(), { readyState: 3 }),
    });
    const error = await failure(codebolt.request('x'));
    assert.equal(error.code, 'CONNECT_FAILED');
    assert.match(error.message, /: the socket was closed from the start\. Is/);
  });

  it('that cannot be made lets the session be closed before it is told', async () => {
    const codebolt = open({ webSocket: () => { throw new Error('no network today'); } });
    const call = failure(codebolt.request('x'));
    assert.equal(codebolt.connectionState, 'connecting');
    assert.equal((await settled(codebolt.close())).error, undefined);
    assert.equal((await call).code, 'CONNECTION_CLOSED');
    // When it would have been told.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(codebolt.connectionState, 'closed');
  });

  it('while it is made, the session may be closed', async () => {
    let socket;
    const codebolt = open({
      webSocket: () => {
        codebolt.close();
        return (socket = opening(echo));
      },
    });
    await failure(codebolt.request('x'));
    await wait(20);
    assert.equal(codebolt.connectionState, 'closed');
    assert.equal(socket.closes, 1, 'it is not left open');
  });

  it('that says what it likes, when it likes, harms nothing', async () => {
    let socket;
    const codebolt = open({ webSocket: () => (socket = opening()) });
    const call = codebolt.request('x');
    await codebolt.waitForReady();
    socket.onopen({});
    socket.onerror(undefined);
    socket.onmessage({ data: undefined });
    socket.onmessage({ data: 7 });
    socket.onmessage({ data: {} });
    socket.onmessage({});
    assert.throws(() => socket.onmessage(undefined), TypeError);
    const { requestId } = socket.sent[0];
    const { onmessage, onclose } = socket;
    onmessage({ data: JSON.stringify({ requestId, ok: true }) });
    assert.equal((await call).ok, true);
    onclose({ code: 'text', reason: 7 });
    assert.equal(codebolt.connectionState, 'closed');
    for (const name of ['onopen', 'onmessage', 'onclose']) assert.equal(socket[name], null, 'a socket that is gone is not listened to');
    socket.onerror(new Error('late'));
    assert.equal((await failure(codebolt.request('y'))).closeCode, 1006);
  });

  it('without bufferedAmount counts as one that keeps nothing back', async () => {
    const codebolt = open({
      highWaterMark: 10,
      webSocket: () => {
        const socket = opening(echo);
        delete socket.bufferedAmount;
        return socket;
      },
    });
    assert.equal((await Promise.all(Array.from({ length: 50 }, () => codebolt.request('x')))).length, 50);
  });
});
