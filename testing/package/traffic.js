/** Every frame of a host, in order, and those who wait for one. */
import { limited } from './clock.js';
import { TestHostError, shown } from './error.js';

/** @typedef {import('./entry.js').Entry} Entry */
/** @typedef {import('./index.d.ts').SentFrame} SentFrame */

/** How long a test waits for a frame, in ms: less than the limit of most runners, so that it is this that says what is missing. */
const WITHIN = 4_000;

export class Traffic {
  /** @type {Entry[]} */
  entries = [];
  /** The agent's. @type {Entry[]} */
  #sent = [];
  /** Up to where those who asked by a name have been given frames. @type {Map<string, number>} */
  #given = new Map();
  /** @type {Set<{ look: () => void, reject: (error: unknown) => void }>} */
  #waiting = new Set();

  /** @param {Entry} entry */
  add(entry) {
    this.entries.push(entry);
    if (entry.from === 'host') return;
    this.#sent.push(entry);
    if (this.#waiting.size > 0) for (const waiter of [...this.#waiting]) waiter.look();
  }

  /** The frames that the agent has sent. */
  get sent() {
    return this.#sent.map((entry) => entry.sent);
  }

  /** The frames of a method or type, with the parameters as that method names them. @param {string} name */
  of(name) {
    return this.#sent.filter((entry) => entry.is(name)).map((entry) => entry.as(name));
  }

  /**
   * Resolves with the next frame of a name that no earlier call was given.
   * @param {string} name
   * @param {{ where?: (sent: SentFrame) => boolean, timeout?: number }} options
   * @returns {Promise<SentFrame>}
   */
  next(name, { where = () => true, timeout = WITHIN }) {
    return new Promise((resolve, reject) => {
      let looked = 0;
      const look = () => {
        for (looked = Math.max(looked, this.#given.get(name) ?? 0); looked < this.#sent.length; looked++) {
          const entry = this.#sent[looked];
          if (!entry.is(name) || !where(entry.as(name))) continue;
          this.#given.set(name, looked + 1);
          settle();
          return resolve(entry.as(name));
        }
      };
      // A test's mistake is the test's: the agent still gets its reply.
      const guarded = () => {
        try {
          look();
        } catch (error) {
          waiter.reject(error);
        }
      };
      const waiter = { look: guarded, reject: (/** @type {unknown} */ error) => (settle(), reject(error)) };
      const stop = limited(timeout, () => waiter.reject(new TestHostError('NOT_SENT', `sent('${name}'): ${this.#none(name, timeout)}; ${this.summary()}`)));
      const settle = () => {
        stop();
        this.#waiting.delete(waiter);
      };
      this.#waiting.add(waiter);
      guarded();
    });
  }

  /** Why no frame of a name was there for who asked. @param {string} name @param {number} timeout */
  #none(name, timeout) {
    const count = (/** @type {Entry[]} */ entries) => entries.filter((entry) => entry.is(name)).length;
    const all = count(this.#sent);
    if (all === 0) return `the agent has not sent it within ${timeout} ms`;
    const earlier = count(this.#sent.slice(0, this.#given.get(name)));
    const rest = earlier < all ? `, and 'where' took none of the rest` : '';
    return `nothing for this call within ${timeout} ms: of the ${all} that the agent has sent, earlier calls went through ${earlier}${rest}`;
  }

  /** Nothing more will be sent. @param {unknown} error */
  fail(error) {
    for (const { reject } of [...this.#waiting]) reject(error);
  }

  /** What the agent has sent, for an error's text. */
  summary() {
    const names = this.#sent.slice(-10).map(({ method }) => method);
    if (names.length === 0) return 'it has sent nothing.';
    return `it has sent ${this.#sent.length > names.length ? `${this.#sent.length} frames, the last ` : ''}${shown(names)}.`;
  }
}
