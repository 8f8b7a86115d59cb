/** A host that says what it is told to, and notes every frame that comes. */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

/**
 * @typedef {object} Connection
 * @property {(...messages: object[]) => void} say
 * @property {() => void} end
 */

/**
 * @param {(frame: any, connection: Connection) => void} hear is told of each frame
 * @param {(connection: Connection) => void} [greet] is told of each connection, as its handshake ends
 */
export const startHost = async (hear, greet = () => {}) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  /** @type {any[]} */
  const frames = [];
  /** @type {string[]} */
  const addresses = [];
  server.on('connection', (socket, { url }) => {
    addresses.push(String(url));
    /** @type {Connection} */
    const connection = {
      say: (...messages) => {
        for (const message of messages) socket.send(JSON.stringify(message));
      },
      end: () => socket.close(1001, 'the host ends'),
    };
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      frames.push(frame);
      hear(frame, connection);
    });
    greet(connection);
  });
  return {
    frames,
    addresses,
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    stop: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
};

/** The message by which a user's words reach an agent. @param {string} userMessage @param {object} [members] */
export const userMessage = (userMessage, members) => ({ type: 'messageResponse', message: { userMessage, messageId: 'm-1', threadId: 'thread', ...members } });

/** A frame without what differs from run to run. @param {any} frame */
export const withoutIds = ({ requestId, timestamp, ...frame }) => frame;
