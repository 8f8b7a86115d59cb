/**
 * What both clients speak to: a process of its own that answers as fast as it can, so that what is measured is the client.
 * Frames are taken apart by hand, only as far as the id, and what one read brings is answered with one write.
 *
 * Prints its port. Ends with its parent.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { reply } from './replies.mjs';

const server = createServer();

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.setNoDelay(true);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let rest = Buffer.alloc(0);
  // The head of a message whose end has not come: Chromium sends large ones in several frames.
  let head = '';
  socket.on('data', (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const answers = [];
    for (;;) {
      const frame = nextFrame(rest);
      if (frame === undefined) break;
      rest = rest.subarray(frame.end);
      if (frame.opcode === 8) return socket.end();
      if (frame.opcode > 1) continue;
      head += unmasked(frame, HEAD - head.length);
      if (!frame.isLast) continue;
      answer(head, answers);
      head = '';
    }
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
  socket.on('error', () => socket.destroy());
});

/** @param {Buffer} bytes */
const nextFrame = (bytes) => {
  if (bytes.length < 6) return undefined;
  let length = bytes[1] & 127;
  let at = 2;
  if (length === 126) {
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 14) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const end = at + 4 + length;
  if (bytes.length < end) return undefined;
  return { opcode: bytes[0] & 15, isLast: bytes[0] >= 0x80, mask: bytes.subarray(at, at + 4), payload: bytes.subarray(at + 4, end), end };
};

/** How far into a frame type, id and a name of an instance reach. */
const HEAD = 200;

/**
 * The beginning of a frame's payload.
 * @param {{ mask: Buffer, payload: Buffer }} frame
 * @param {number} most
 */
const unmasked = ({ mask, payload }, most) => {
  const length = Math.min(payload.length, most);
  let text = '';
  for (let at = 0; at < length; at += 1) text += String.fromCharCode(payload[at] ^ mask[at & 3]);
  return text;
};

/**
 * @param {string} head the message as far as it matters
 * @param {Buffer[]} answers
 */
const answer = (head, answers) => {
  const [, type, id, params] = /^\{"type":"eventLog\.(\w+)","requestId":"([^"]+)"(.*)/s.exec(head) ?? [];
  if (type === undefined) throw new Error(`the responder cannot read ${head}`);
  if (type === 'getInstance') return; // never answered: such requests wait
  if (type === 'getInstanceStats') {
    // First so many replies to requests that nobody made.
    const strangers = Number(/"instanceId":"(\d+)"/.exec(params)?.[1]);
    for (let count = 0; count < strangers; count += 1) answers.push(textFrame(reply(type, randomUUID())));
  }
  answers.push(textFrame(reply(type, id)));
};

/** @param {string} text */
const textFrame = (text) => {
  const length = Buffer.byteLength(text);
  const at = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(at + length);
  frame[0] = 0x81;
  if (at === 2) frame[1] = length;
  else if (at === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, at);
  return frame;
};

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: /** @type {any} */ (server.address()).port }));
