/** An inbox: items that came, until somebody takes them. */
import { CodeboltError } from '../../error.js';
import { awaited, onTimeout, readCallOptions } from '../../session/call-options.js';

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
    this.wake();
  }

  /** Lets those who wait look again. */
  wake() {
    for (const look of [...this.#waiting]) look();
  }

  /** The oldest item that is wanted, which leaves the inbox. @param {(item: Item) => boolean} [wants] */
  take(wants = () => true) {
    const index = this.#items.findIndex(wants);
    return index < 0 ? undefined : this.#items.splice(index, 1)[0];
  }

  /** All items that are wanted, which leave the inbox. @param {(item: Item) => boolean} [wants] */
  takeAll(wants = () => true) {
    const all = this.#items.filter(wants);
    this.#items = this.#items.filter((item) => !all.includes(item));
    return all;
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
 * @param {import('../../define.d.ts').CallOptions} [callOptions]
 * @returns {Promise<Taken>}
 */
export const taken = async (session, inboxes, take, callOptions) => {
  const { signal, timeout } = readCallOptions(callOptions, 0);
  const given = signal?.aborted ? undefined : take();
  if (given !== undefined) return given;
  return awaited(signal, (end, fail) => {
    const look = () => {
      const given = take();
      if (given !== undefined) end(given);
    };
    const listening = [
      ...inboxes.map((inbox) => inbox.watch(look)),
      session.on('close', (details) =>
        fail(new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, ...details })),
      ),
      onTimeout(timeout, () => fail(new CodeboltError('REQUEST_TIMEOUT', `nothing came within ${timeout} ms`))),
    ];
    session.waitForReady().catch(fail);
    return listening;
  });
};
