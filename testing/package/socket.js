/** A WebSocket class whose other end is a host in the same process. */

/**
 * @typedef {import('./connection.js').Connection} Connection
 * @typedef {(url: string, transport: import('./connection.js').Transport) => Connection | undefined} Accept gives the host's end; nothing when the host refuses
 */

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/**
 * @param {import('./turns.js').Turns} turns
 * @param {Accept} accept
 */
export const socketClass = (turns, accept) =>
  class InProcessSocket {
    static CONNECTING = CONNECTING;
    static OPEN = OPEN;
    static CLOSING = CLOSING;
    static CLOSED = CLOSED;

    readyState = CONNECTING;
    bufferedAmount = 0;
    extensions = '';
    protocol = '';
    binaryType = 'nodebuffer';
    /** @type {((event: any) => void) | null} */
    onopen = null;
    /** @type {((event: any) => void) | null} */
    onmessage = null;
    /** @type {((event: any) => void) | null} */
    onerror = null;
    /** @type {((event: any) => void) | null} */
    onclose = null;
    /** @type {Connection | undefined} */
    #connection;

    /** @param {string} url */
    constructor(url) {
      this.url = String(url);
      turns.add(() => this.#open());
    }

    #open() {
      if (this.readyState !== CONNECTING) return;
      const connection = accept(this.url, {
        send: (text) => turns.add(() => this.readyState === OPEN && this.onmessage?.({ type: 'message', data: text, target: this })),
        close: (code, reason) => turns.add(() => this.#end(code, reason)),
        terminate: () => turns.add(() => this.#end(1006, '')),
      });
      if (connection === undefined) {
        this.onerror?.({ type: 'error', message: 'the test host refused the handshake', target: this });
        return this.#end(1006, 'the test host refused the handshake');
      }
      this.#connection = connection;
      this.readyState = OPEN;
      this.onopen?.({ type: 'open', target: this });
      connection.opened();
    }

    /** @param {number} code @param {string} reason */
    #end(code, reason) {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.#connection?.closed(code, reason);
      this.onclose?.({ type: 'close', code, reason, wasClean: code !== 1006, target: this });
    }

    /** @param {unknown} data */
    send(data) {
      if (this.readyState === CONNECTING) throw new Error('the connection is not open yet');
      if (this.readyState !== OPEN) return;
      const text = typeof data === 'string' ? data : new TextDecoder().decode(/** @type {any} */ (data));
      turns.add(() => this.#connection?.receive(text));
    }

    /** @param {number} [code] @param {string} [reason] */
    close(code = 1000, reason = '') {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      // Behind what was sent before. A host that is stalled answers no close frame.
      turns.add(() => !this.#connection?.isStalled && this.#end(code, reason));
    }

    terminate() {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSING;
      turns.add(() => this.#end(1006, ''));
    }
  };
