/** The host's end of one connection. */
import { later } from './clock.js';

/**
 * @typedef {{ send: (text: string) => void, close: (code: number, reason: string) => void, terminate: () => void, whenHeard?: (heard: () => void) => void }} Transport
 *   `whenHeard`: tells when the agent knows that it is connected; what comes before may be lost on it
 * @typedef {object} Ears
 * @property {(connection: Connection) => void} opened
 * @property {(connection: Connection) => void} settled
 * @property {(connection: Connection, text: string) => void} received
 * @property {(connection: Connection, code: number, reason: string) => void} closed
 */

export class Connection {
  /** Counts from 1. @type {number} */
  number;
  /** The address that the agent connected to. @type {string} */
  url;
  isOpen = false;
  /** Whether it is half open: nothing goes either way, and neither side knows. */
  isStalled = false;
  /** Whether it takes messages that answer nothing. */
  isSettled = false;
  /** Whether the agent is expected to connect again, so that the test waits for its answers. */
  comesBack = false;
  #transport;
  #ears;

  /** @param {number} number @param {string} url @param {Transport} transport @param {Ears} ears */
  constructor(number, url, transport, ears) {
    this.number = number;
    this.url = url;
    this.#transport = transport;
    this.#ears = ears;
  }

  /** What the agent says of itself in its address: `agentId`, `threadId` and the like. */
  get params() {
    return Object.fromEntries(new URL(this.url, 'ws://test-host').searchParams);
  }

  opened() {
    this.isOpen = true;
    this.#ears.opened(this);
    const { whenHeard } = this.#transport;
    if (whenHeard === undefined) this.#settled();
    else whenHeard(() => this.isOpen && !this.isSettled && this.#settled());
  }

  #settled() {
    this.isSettled = true;
    this.#ears.settled(this);
  }

  /** @param {string} text */
  receive(text) {
    if (this.isOpen && !this.isStalled) this.#ears.received(this, text);
  }

  /** @param {number} code @param {string} reason */
  closed(code, reason) {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#ears.closed(this, code, reason);
  }

  /** @param {string} text */
  send(text) {
    if (this.isOpen && !this.isStalled) this.#transport.send(text);
  }

  /** Closes with a close frame. @param {number} [code] @param {string} [reason] */
  close(code = 1000, reason = '') {
    if (this.isOpen) this.#transport.close(code, reason);
  }

  /** Ends without a close frame, as when the host's process dies. */
  break() {
    if (this.isOpen) this.#transport.terminate();
  }

  /** Leaves it half open, for good or for so many milliseconds; then it breaks. @param {number} [milliseconds] */
  stall(milliseconds) {
    this.isStalled = true;
    if (milliseconds !== undefined) later(milliseconds, () => this.break());
  }
}
