/** Listeners of a session: a throwing one is reported, and the others still run. */

/** How many messages are kept for listeners that come later. */
const KEPT_MESSAGES = 256;

/** @typedef {(error: unknown) => void} Report */

/** A set of listeners for one kind of event. */
export class Listeners {
  /** @type {Set<(...values: any[]) => unknown>} */
  #listeners = new Set();
  #report;

  /** @param {Report} report hears what listeners throw */
  constructor(report) {
    this.#report = report;
  }

  get size() {
    return this.#listeners.size;
  }

  /** @param {(...values: any[]) => unknown} listener */
  add(listener) {
    // The same function added twice is two listeners.
    const own = (/** @type {any[]} */ ...values) => listener(...values);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** @param {any[]} values */
  tell(...values) {
    for (const listener of [...this.#listeners]) {
      // An earlier one may have taken it off.
      if (this.#listeners.has(listener)) run(() => listener(...values), this.#report);
    }
  }
}

/**
 * Runs what a user wrote; what it throws, or rejects with, is reported.
 * @param {() => unknown} work
 * @param {Report} report
 */
export const run = (work, report) => {
  try {
    const result = work();
    if (typeof (/** @type {any} */ (result)?.then) === 'function') {
      /** @type {Promise<unknown>} */ (result).then(undefined, report);
    }
  } catch (error) {
    report(error);
  }
};

/** Messages from the host, and who wants which. Those that nobody wants yet are kept, up to a bound. */
export class Messages {
  /** Types that belong to a module since it is in use. @type {Set<string>} */
  routed = new Set();
  /** @type {Set<{ wants: (message: any) => boolean, handle: (message: any) => unknown }>} */
  #receivers = new Set();
  /** @type {any[]} */
  #kept = [];
  #report;

  /** @param {Report} report hears what handlers throw */
  constructor(report) {
    this.#report = report;
  }

  /**
   * Hands a message to everybody who wants it, or keeps it. Returns how many kept messages had to go.
   * @param {any} message
   */
  deliver(message) {
    let wanted = false;
    for (const receiver of [...this.#receivers]) {
      if (this.#receivers.has(receiver) && receiver.wants(message)) {
        wanted = true;
        run(() => receiver.handle(message), this.#report);
      }
    }
    if (wanted) return 0;
    this.#kept.push(message);
    return this.#kept.length > KEPT_MESSAGES ? this.#kept.splice(0, this.#kept.length - KEPT_MESSAGES).length : 0;
  }

  /**
   * Registers a handler; kept messages that it wants reach it in the next microtask, in their order. What only keeps them
   * gets them at once.
   * @param {(message: any) => boolean} wants
   * @param {(message: any) => unknown} handle
   * @param {{ atOnce?: boolean }} [options]
   */
  receive(wants, handle, { atOnce = false } = {}) {
    const receiver = { wants, handle };
    this.#receivers.add(receiver);
    const early = this.#take(wants);
    const hand = () => {
      for (const message of early) {
        if (this.#receivers.has(receiver)) run(() => handle(message), this.#report);
        else this.deliver(message);
      }
    };
    if (atOnce) hand();
    else if (early.length > 0) queueMicrotask(hand);
    return () => {
      this.#receivers.delete(receiver);
    };
  }

  /**
   * Takes the oldest kept message that is wanted.
   * @param {(message: any) => boolean} wants
   */
  takeOldest(wants) {
    const place = this.#kept.findIndex(wants);
    return place < 0 ? undefined : this.#kept.splice(place, 1)[0];
  }

  /** @param {(message: any) => boolean} wants */
  #take(wants) {
    const taken = this.#kept.filter(wants);
    if (taken.length > 0) this.#kept = this.#kept.filter((message) => !taken.includes(message));
    return taken;
  }
}
