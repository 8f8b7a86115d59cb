/** Stands between an agent and a real host: frames go on as they come, one connection for each of the agent's. */
import { TestHostError, shown } from './error.js';
import { webSocketClass } from './web-socket.js';

/** @typedef {import('./connection.js').Connection} Connection */

export class Upstream {
  #address;
  #down;
  /** @type {Map<Connection, { socket: any, waiting: string[] }>} */
  #sockets = new Map();

  /**
   * @param {string} address
   * @param {(connection: Connection, frame: any, text: string) => void} down hands a frame of the host to the agent
   */
  constructor(address, down) {
    if (!/^wss?:/.test(address)) throw new TestHostError('INVALID_ARGUMENT', `option 'upstream' is ${shown(address)}; expected the address of a host, such as 'ws://localhost:12345/codebolt'.`);
    this.#address = address;
    this.#down = down;
  }

  /** @param {Connection} connection */
  async opened(connection) {
    /** @type {{ socket: any, waiting: string[] }} */
    const own = { socket: undefined, waiting: [] };
    this.#sockets.set(connection, own);
    const WebSocket = await webSocketClass();
    if (!connection.isOpen) return;
    const address = new URL(this.#address);
    if (address.pathname === '/') address.pathname = '/codebolt';
    // What the agent says of itself in its address is for the host.
    for (const [name, value] of Object.entries(connection.params)) address.searchParams.set(name, value);
    const socket = (own.socket = new WebSocket(address.href));
    socket.onopen = () => own.waiting.splice(0).forEach((text) => socket.send(text));
    socket.onmessage = (/** @type {any} */ { data }) => {
      const text = String(data);
      try {
        this.#down(connection, JSON.parse(text), text);
      } catch {
        // No frame; it goes on as it came.
        connection.send(text);
      }
    };
    socket.onerror = () => {};
    socket.onclose = (/** @type {any} */ { code, reason }) => (isSendable(code) ? connection.close(code, reason) : connection.break());
  }

  /** @param {Connection} connection @param {string} text */
  received(connection, text) {
    const own = this.#sockets.get(connection);
    if (own?.socket?.readyState === 1) own.socket.send(text);
    else own?.waiting.push(text);
  }

  /** @param {Connection} connection @param {number} code @param {string} reason */
  closed(connection, code, reason) {
    const socket = this.#sockets.get(connection)?.socket;
    this.#sockets.delete(connection);
    if (socket) socket.close(...(isSendable(code) ? [code, reason] : []));
  }

  close() {
    for (const { socket } of this.#sockets.values()) socket?.close();
  }
}

/** Whether a close frame may have this code, by the rules for browsers. @param {number} code */
const isSendable = (code) => code === 1000 || (code >= 3000 && code < 5000);
