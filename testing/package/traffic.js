/** Every frame of a host, in order, and those who wait for one. */
import { limited } from './clock.js';
import { TestHostError, shown } from './error.js';
import { isClassType, methodsOf, paramsOf } from './method-table.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./index.d.ts').SentFrame} SentFrame */
/** @typedef {{ from: 'agent' | 'host', frame: any, connection: Connection, method?: string }} Entry */

/** How long a test waits for a frame, in ms: less than the limit of most runners, so that it is this that says what is missing. */
const WITHIN = 4_000;

/** @param {SentFrame} sent @param {any} params */
const own = (sent, params) => {
  Object.defineProperty(sent, 'params', { value: params, enumerable: true, writable: true, configurable: true });
  return params;
};

export class Traffic {
  /** @type {Entry[]} */
  entries = [];
  /** @type {SentFrame[]} */
  sent = [];
  /** Up to where those who asked by a name have been given frames. @type {Map<string, number>} */
  #given = new Map();
  /** @type {Set<{ look: () => boolean, reject: (error: unknown) => void }>} */
  #waiting = new Set();

  /**
   * A frame of the agent's.
   * @param {Connection} connection
   * @param {any} frame
   */
  received(connection, frame) {
    const rows = methodsOf(frame);
    const sent = /** @type {SentFrame} */ ({ method: (isClassType(frame.type) ? undefined : rows[0]?.name) ?? frame.type, type: frame.type, params: undefined, frame, connection });
    // Most are never asked for.
    Object.defineProperty(sent, 'params', { configurable: true, enumerable: true, get: () => own(sent, paramsOf(rows[0], frame)) });
    this.#methods.set(sent, rows);
    this.entries.push({ from: 'agent', frame, connection, method: sent.method });
    this.sent.push(sent);
    for (const waiter of [...this.#waiting]) waiter.look();
    return { sent, rows };
  }

  /** @type {WeakMap<SentFrame, import('./row.d.ts').Row[]>} */
  #methods = new WeakMap();

  /** @param {SentFrame} sent @param {string} name */
  is(sent, name) {
    return sent.type === name || !!this.#methods.get(sent)?.some((row) => row.name === name);
  }

  /** The frames of a method or type, with the parameters as that method names them. @param {string} name */
  of(name) {
    return this.sent.filter((sent) => this.is(sent, name)).map((sent) => this.#as(sent, name));
  }

  /** @param {SentFrame} sent @param {string} name @returns {SentFrame} */
  #as(sent, name) {
    const row = this.#methods.get(sent)?.find((one) => one.name === name);
    return row && row.name !== sent.method ? { ...sent, method: name, params: paramsOf(row, sent.frame) } : sent;
  }

  /**
   * Resolves with the next frame of a name that no earlier call was given.
   * @param {string} name
   * @param {{ where?: (sent: SentFrame) => boolean, timeout?: number }} options
   * @returns {Promise<SentFrame>}
   */
  next(name, { where = () => true, timeout = WITHIN }) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const from = this.#given.get(name) ?? 0;
        const found = this.sent.findIndex((sent, index) => index >= from && this.is(sent, name) && where(this.#as(sent, name)));
        if (found < 0) return false;
        this.#given.set(name, found + 1);
        settle();
        resolve(this.#as(this.sent[found], name));
        return true;
      };
      const waiter = { look, reject: (/** @type {unknown} */ error) => (settle(), reject(error)) };
      const stop = limited(timeout, () => waiter.reject(new TestHostError('NOT_SENT', `sent('${name}'): the agent has not sent it within ${timeout} ms; ${this.summary()}`)));
      const settle = () => {
        stop();
        this.#waiting.delete(waiter);
      };
      this.#waiting.add(waiter);
      look();
    });
  }

  /** Nothing more will be sent. @param {unknown} error */
  fail(error) {
    for (const { reject } of [...this.#waiting]) reject(error);
  }

  /** What the agent has sent, for an error's text. */
  summary() {
    const names = this.sent.slice(-10).map(({ method }) => method);
    if (names.length === 0) return 'it has sent nothing.';
    return `it has sent ${this.sent.length > names.length ? `${this.sent.length} frames, the last ` : ''}${shown(names)}.`;
  }
}
