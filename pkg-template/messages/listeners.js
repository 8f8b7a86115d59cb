/** Listeners of a session: a throwing one is reported, and the others still run. */

/** @typedef {(error: unknown) => void} Report */

/** A set of listeners for one kind of event. */
export class Listeners {
  /** @type {Set<{ listener: (...values: any[]) => unknown, once: boolean }>} */
  #listeners = new Set();
  #report;

  /** @param {Report} report hears what listeners throw */
  constructor(report) {
    this.#report = report;
  }

  get size() {
    return this.#listeners.size;
  }

  /**
   * @param {(...values: any[]) => unknown} listener
   * @param {boolean} [once]
   */
  add(listener, once = false) {
    // The same function added twice is two listeners.
    const own = { listener, once };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Takes a function off that was added; if it was more than once, the last of them. @param {unknown} listener */
  remove(listener) {
    const own = [...this.#listeners].reverse().find((each) => each.listener === listener);
    this.#listeners.delete(/** @type {any} */ (own));
  }

  /** @param {any[]} values */
  emit(...values) {
    for (const own of [...this.#listeners]) {
      // An earlier one may have taken it off.
      if (!this.#listeners.has(own)) continue;
      if (own.once) this.#listeners.delete(own);
      run(() => own.listener(...values), this.#report);
    }
  }
}

/**
 * Runs a user's function, and reports its errors and rejections.
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
