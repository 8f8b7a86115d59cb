/** An event emitter with the methods of Node's, for runtimes without it. */

/** @typedef {(...values: any[]) => unknown} Listener */

export class Emitter {
  /** @type {Map<string, { listener: Listener, once: boolean }[]>} */
  #listeners = new Map();

  /**
   * @param {string} name
   * @param {Listener} listener
   */
  on(name, listener) {
    return this.#add(name, listener, false);
  }

  /**
   * @param {string} name
   * @param {Listener} listener
   */
  once(name, listener) {
    return this.#add(name, listener, true);
  }

  /**
   * @param {string} name
   * @param {Listener} listener
   */
  off(name, listener) {
    const kept = this.#of(name);
    const place = kept.findIndex((entry) => entry.listener === listener);
    if (place >= 0) this.#listeners.set(name, kept.toSpliced(place, 1));
    return this;
  }

  /**
   * @param {string} name
   * @param {any[]} values
   */
  emit(name, ...values) {
    const entries = this.#of(name);
    for (const { listener, once } of entries) {
      if (once) this.off(name, listener);
      listener.apply(this, values);
    }
    return entries.length > 0;
  }

  /** @param {string} [name] */
  removeAllListeners(name) {
    if (name === undefined) this.#listeners.clear();
    else this.#listeners.delete(name);
    return this;
  }

  /** @param {string} name */
  listenerCount(name) {
    return this.#of(name).length;
  }

  /** @param {string} name */
  listeners(name) {
    return this.#of(name).map(({ listener }) => listener);
  }

  /**
   * @param {string} name
   * @param {Listener} listener
   */
  addListener(name, listener) {
    return this.on(name, listener);
  }

  /**
   * @param {string} name
   * @param {Listener} listener
   */
  removeListener(name, listener) {
    return this.off(name, listener);
  }

  /** @param {string} name */
  #of(name) {
    return this.#listeners.get(name) ?? [];
  }

  /**
   * @param {string} name
   * @param {Listener} listener
   * @param {boolean} once
   */
  #add(name, listener, once) {
    this.#listeners.set(name, [...this.#of(name), { listener, once }]);
    return this;
  }
}
