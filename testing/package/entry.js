/** A frame of a run. It stays the text that it was until somebody looks into it: most are never looked at. */
import { isClassType, methodsOf, paramsOf } from './method-table.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./index.d.ts').SentFrame} SentFrame */
/** @typedef {import('./row.d.ts').Row} Row */

export class Entry {
  #frame;
  #text;
  /** @type {Row[] | undefined} */
  #rows;
  /** @type {SentFrame | undefined} */
  #sent;

  /**
   * @param {'agent' | 'host'} from
   * @param {Connection} connection
   * @param {string} text JSON
   * @param {any} [frame] what it says, where that is known
   * @param {Row[]} [rows] the methods that may have sent it, where they are known
   */
  constructor(from, connection, text, frame, rows) {
    this.from = from;
    this.connection = connection;
    this.#text = text;
    this.#frame = frame;
    this.#rows = rows;
  }

  get frame() {
    return (this.#frame ??= JSON.parse(this.#text));
  }

  /** The methods that may have sent it, the likeliest first. */
  get rows() {
    return (this.#rows ??= methodsOf(this.frame));
  }

  /** @returns {string} */
  get type() {
    return this.frame.type;
  }

  /** What the agent called; for what no method sends its type. @returns {string} */
  get method() {
    const name = this.rows[0]?.name;
    return name === undefined || isClassType(this.type) ? this.type : name;
  }

  /** @param {string} name a method's, or a type */
  is(name) {
    return this.rows.some((row) => row.name === name) || this.type === name;
  }

  /** As tests see it. @returns {SentFrame} */
  get sent() {
    if (this.#sent) return this.#sent;
    const { method, type, frame, connection, rows } = this;
    const sent = /** @type {SentFrame} */ ({ method, type, params: undefined, frame, connection });
    /** @param {any} value */
    const set = (value) => {
      Object.defineProperty(sent, 'params', { value, enumerable: true, writable: true, configurable: true });
      return value;
    };
    // Most are never asked for.
    Object.defineProperty(sent, 'params', { configurable: true, enumerable: true, get: () => set(paramsOf(rows[0], frame)) });
    return (this.#sent = sent);
  }

  /** The same, with the parameters as that method names them. @param {string} name @returns {SentFrame} */
  as(name) {
    const row = this.rows.find((one) => one.name === name);
    return row && row.name !== this.method ? { ...this.sent, method: name, params: paramsOf(row, this.frame) } : this.sent;
  }
}
