// What is between a session and its host without meaning harm: agents and streams that others put there, frames that come in one chunk, and hosts and
// sockets that close at a bad moment.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { describe, it } from 'node:test';
import WebSocket from 'ws';
import { answer, open, startHost, startTcp, until, upgrade } from './misbehaving-host.mjs';

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
      await codebolt.waitForReady();
      const texts = Array.from({ length: 50 }, (_, number) => String(number).repeat(50));
      const replies = [];
      for (const text of texts) {
        replies.push(codebolt.request('x', text, { timeout: 2_000 }));
        // In a write of its own, while those before it are still kept.
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual((await Promise.all(replies)).map(({ data }) => data.params), texts);
    } finally {
      http.request = request;
    }
  });
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

describe('a host that sends its close frame and leaves TCP open', () => {
  it('gets nothing more: what is called goes to the next connection', async () => {
    let connections = 0;
    const texts = [];
    const tcp = await startTcp((socket) => {
      const number = ++connections;
      socket.once('data', (data) => {
        upgrade(socket, data);
        if (number === 1) socket.write(Buffer.from([0x88, 2, 3, 0xe9]));
        socket.on('data', (frame) => texts.push([number, frame[0]]));
      });
    }, { allowHalfOpen: true });
    const codebolt = open({ url: tcp.url, reconnect: { initialDelay: 1 } });
    let closed;
    codebolt.on('reconnecting', ({ closeCode, closeReason }) => (closed = [closeCode, closeReason]));
    await codebolt.waitForReady();
    // At once: `ws` alone waits half a minute for the end of TCP.
    await until(() => closed !== undefined, 'the end of the connection');
    assert.deepEqual(closed, [1001, '']);
    await codebolt.send({ type: 'x' });
    await until(() => texts.some(([number, first]) => number === 2 && first === 0x81));
    assert.ok(!texts.some(([number, first]) => number === 1 && first === 0x81), 'a message went to the connection that was closing');
  });
});

describe('a host that closes while messages are still being compressed', () => {
  it('gets all that were sent before', async () => {
    const host = await startHost({ perMessageDeflate: true, onFrame: (_, { socket }) => socket.close() });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    for (let number = 0; number < 20; number++) codebolt.send({ type: 'x', text: `${number} `.repeat(200_000) });
    await host.connections[0].closed;
    assert.equal(host.frames.length, 20);
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
