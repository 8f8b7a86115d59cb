/** An inbox: items that came, until somebody takes them. */
import { CodeboltError } from '../../error.js';

/** @typedef {import('../../define.d.ts').Session} Session */

/** @template Item */
export class Inbox {
  /** @type {Item[]} */
  #items = [];
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** How many items are kept; beyond it the oldest goes. */
  bound;

  /** @param {number} [bound] */
  constructor(bound = Infinity) {
    this.bound = bound;
  }

  get size() {
    return this.#items.length;
  }

  /** @returns {Item[]} */
  get items() {
    return [...this.#items];
  }

  /** @param {Item} item */
  put(item) {
    this.#items.push(item);
    if (this.#items.length > this.bound) this.#items.shift();
    for (const look of [...this.#waiting]) {
      if (this.#waiting.has(look)) look();
    }
  }

  /** The oldest item, which leaves the inbox. */
  take() {
    return this.#items.shift();
  }

  /** All items, which leave the inbox. */
  takeAll() {
    return this.#items.splice(0);
  }

  /** @param {(item: Item) => boolean} goes */
  drop(goes) {
    this.#items = this.#items.filter((item) => !goes(item));
  }

  /**
   * Calls `look` at each item that comes. Returns a function that ends this.
   * @param {() => void} look
   */
  watch(look) {
    this.#waiting.add(look);
    return () => {
      this.#waiting.delete(look);
    };
  }
}

/**
 * Resolves with what `take` gives as soon as it gives something, which it is asked whenever something comes in. Of several
 * who wait, the one that waits longest is asked first, so that nobody is handed what another has taken. Rejects when the
 * connection ends: a wait must not hang for ever.
 * @template Taken
 * @param {Session} session
 * @param {Inbox<any>[]} inboxes
 * @param {() => Taken | undefined} take
 * @returns {Promise<Taken>}
 */
export const taken = (session, inboxes, take) => {
  const given = take();
  if (given !== undefined) return Promise.resolve(given);
  return new Promise((resolve, reject) => {
    const settle = (/** @type {() => void} */ how) => {
      for (const end of ends) end();
      how();
    };
    const look = () => {
      const given = take();
      if (given !== undefined) settle(() => resolve(given));
    };
    const ends = inboxes.map((inbox) => inbox.watch(look));
    ends.push(
      session.on('close', (details) =>
        settle(() =>
          reject(new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, ...details })),
        ),
      ),
    );
    session.waitForReady().catch((error) => settle(() => reject(error)));
  });
};
