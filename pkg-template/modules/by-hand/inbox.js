/** What came in and waits to be taken. */
import { CodeboltError } from '../../error.js';

/** @typedef {import('../../define.d.ts').Session} Session */

/** @template Item */
export class Inbox {
  /** @type {Item[]} */
  #items = [];
  /** @type {Set<() => void>} */
  #waiting = new Set();
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
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
    for (const look of [...this.#waiting]) look();
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

  /** Resolves once there is an item, which stays; rejects when none can come any more. */
  filled() {
    return whenever(this.#session, [this]);
  }

  /**
   * Calls `look` at each item that comes. Returns what ends it.
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
 * Resolves once one of the inboxes has an item. Rejects when the connection ends: a wait must not hang for ever.
 * @param {Session} session
 * @param {Inbox<any>[]} inboxes
 * @returns {Promise<void>}
 */
export const whenever = (session, inboxes) => {
  const filled = () => inboxes.some((inbox) => inbox.size > 0);
  if (filled()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (/** @type {() => void} */ how) => {
      for (const end of ends) end();
      how();
    };
    const ends = inboxes.map((inbox) => inbox.watch(() => filled() && settle(resolve)));
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
