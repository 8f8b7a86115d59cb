// A WebSocket host that does what it is told, right or wrong, and remembers what it saw.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { WebSocketServer } from 'ws';

/** What a test leaves behind when it fails is taken down after it, or its process would not end. */
const running = new Set();
afterEach(async () => {
  const left = [...running];
  running.clear();
  await Promise.all(left.map((stop) => stop()));
});

/** A `Codebolt` that is closed after the test. */
export function open(options) {
  const codebolt = new Codebolt(options);
  running.add(() => codebolt.close());
  return codebolt;
}

/**
 * Starts a host on a free port (or `port`).
 * `onFrame(frame, connection, host)` answers; without it nothing is answered. `onConnection(connection, host)` is told of a
 * socket in the same tick in which its handshake ends.
 */
export async function startHost({ onFrame = () => {}, onConnection = () => {}, port = 0, autoPong = true, perMessageDeflate = false } = {}) {
  const server = http.createServer();
  const sockets = new WebSocketServer({ server, autoPong, maxPayload: 256 * 1024 * 1024, perMessageDeflate });
  const host = {
    connections: [],
    /** Every frame received, parsed. */
    frames: [],
    /** Their texts. */
    texts: [],
    open: () => host.connections.filter(({ socket }) => socket.readyState === socket.OPEN),
    async stop() {
      running.delete(host.stop);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    /** Resolves when so many frames have come in all. */
    received: (count) => until(() => host.frames.length >= count, `${count} frames`),
    connected: (count = 1) => until(() => host.connections.length >= count, `${count} connections`),
  };
  sockets.on('connection', (socket, request) => {
    const connection = {
      socket,
      url: new URL(request.url, 'ws://host'),
      rawUrl: request.url,
      headers: request.headers,
      closed: new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))),
      send: (frame) => socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
    };
    host.connections.push(connection);
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const text = String(data);
      const frame = JSON.parse(text);
      host.frames.push(frame);
      host.texts.push(text);
      onFrame(frame, connection, host);
    });
    onConnection(connection, host);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  host.port = server.address().port;
  host.url = `ws://127.0.0.1:${host.port}/codebolt`;
  running.add(host.stop);
  return host;
}

/** An `onFrame` that answers as a host should. */
export const answer = ({ type, requestId, ...rest }, connection) =>
  connection.send({ type, requestId, success: true, data: rest, timestamp: new Date().toISOString() });

/** A server of raw TCP: `onSocket` does as it likes. With `allowHalfOpen` it does not end a connection because the client does. */
export async function startTcp(onSocket, { allowHalfOpen = false } = {}) {
  const sockets = new Set();
  const server = net.createServer({ allowHalfOpen }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = {
    port: server.address().port,
    url: `ws://127.0.0.1:${server.address().port}/codebolt`,
    sockets,
    async stop() {
      running.delete(host.stop);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.add(host.stop);
  return host;
}

/** Answers a socket's first data as a host does that takes WebSockets. */
export const upgrade = (socket, data) => {
  const [, key] = /sec-websocket-key: (.*)\r/i.exec(String(data));
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
};

/** A port on which nothing listens. */
export async function unusedPort() {
  const server = await startTcp(() => {});
  await server.stop();
  return server.port;
}

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until something holds; fails after five seconds. */
export async function until(holds, what = 'what is awaited', limit = 5000) {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what} did not come about within ${limit} ms`);
    await wait(2);
  }
}

/** The promise's outcome, or a failure when there is none within the limit. */
export async function settled(promise, limit = 5000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a promise hangs: not settled within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([
      promise.then(
        (value) => ({ value }),
        (error) => ({ error }),
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error that a promise rejects with. */
export async function failure(promise, limit) {
  const { error, value } = await settled(promise, limit);
  if (error === undefined) throw new Error(`resolved with ${JSON.stringify(value)} where a rejection was wanted`);
  return error;
}
