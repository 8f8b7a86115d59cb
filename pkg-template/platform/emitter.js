/** Event emitters: Node's where it is there, else one that does the same. */

/** @typedef {(...values: any[]) => unknown} Listener */
/** What was added, and what is called: for `once` a wrapper of it. @typedef {{ listener: Listener, raw: Listener }} Entry */

/** The class of emitters in this runtime. @returns {new () => Emitter} */
export const emitterClass = () => {
  // On the global object: bundlers put something else instead of a bare `process`.
  const node = /** @type {any} */ (globalThis).process?.getBuiltinModule?.('node:events');
  return node?.EventEmitter ?? Emitter;
};

/** How many listeners of one event Node takes for a leak; here the number is only kept. */
const MAX_LISTENERS = 10;

/** The event that is emitted when a listener is taken off. */
const GONE = 'removeListener';

/** An event emitter with the whole interface of Node's, for runtimes without it. */
export class Emitter {
  /** @type {Map<string | symbol, Entry[]>} */
  #entries = new Map();
  #maxListeners = MAX_LISTENERS;

  /** @param {string | symbol} name @param {Listener} listener */
  on(name, listener) {
    return this.#add(name, listener, false, false);
  }

  /** @param {string | symbol} name @param {Listener} listener */
  addListener(name, listener) {
    return this.on(name, listener);
  }

  /** @param {string | symbol} name @param {Listener} listener */
  once(name, listener) {
    return this.#add(name, listener, true, false);
  }

  /** @param {string | symbol} name @param {Listener} listener */
  prependListener(name, listener) {
    return this.#add(name, listener, false, true);
  }

  /** @param {string | symbol} name @param {Listener} listener */
  prependOnceListener(name, listener) {
    return this.#add(name, listener, true, true);
  }

  /**
   * Takes off the one that was added last.
   * @param {string | symbol} name
   * @param {Listener} listener
   */
  off(name, listener) {
    const entries = this.#of(name);
    const index = entries.findLastIndex((entry) => entry.listener === listener || entry.raw === listener);
    if (index >= 0) this.#remove(name, index);
    return this;
  }

  /** @param {string | symbol} name @param {Listener} listener */
  removeListener(name, listener) {
    return this.off(name, listener);
  }

  /** @param {string | symbol} [name] */
  removeAllListeners(name) {
    // Listeners of that event are removed last.
    const names = name === undefined ? [...this.eventNames().filter((each) => each !== GONE), GONE] : [name];
    for (const each of names) {
      for (const listener of this.rawListeners(each).reverse()) this.off(each, listener);
      this.#entries.delete(each);
    }
    return this;
  }

  /**
   * Calls the listeners in their order. Throws what a listener throws, and an `error` that nobody listens to.
   * @param {string | symbol} name
   * @param {any[]} values
   */
  emit(name, ...values) {
    const entries = this.#of(name);
    if (entries.length === 0) {
      if (name === 'error') throw values[0] instanceof Error ? values[0] : new Error(`Unhandled error. (${values[0]})`, { cause: values[0] });
      return false;
    }
    for (const { raw } of entries) raw.apply(this, values);
    return true;
  }

  /** @param {string | symbol} name @param {Listener} [listener] */
  listenerCount(name, listener) {
    const entries = this.#of(name);
    return listener === undefined ? entries.length : entries.filter((entry) => entry.listener === listener).length;
  }

  /** @param {string | symbol} name */
  listeners(name) {
    return this.#of(name).map(({ listener }) => listener);
  }

  /**
   * The same, but one that is called once comes in a wrapper that takes it off and calls it.
   * @param {string | symbol} name
   */
  rawListeners(name) {
    return this.#of(name).map(({ raw }) => raw);
  }

  eventNames() {
    return [...this.#entries.keys()];
  }

  /** @param {number} count */
  setMaxListeners(count) {
    this.#maxListeners = count;
    return this;
  }

  getMaxListeners() {
    return this.#maxListeners;
  }

  /** @param {string | symbol} name */
  #of(name) {
    return this.#entries.get(name) ?? [];
  }

  /**
   * @param {string | symbol} name
   * @param {Listener} listener
   * @param {boolean} once
   * @param {boolean} first
   */
  #add(name, listener, once, first) {
    if (typeof listener !== 'function') {
      throw new TypeError(`listener of '${String(name)}': expected a function, got ${typeof listener}`);
    }
    this.emit('newListener', name, listener);
    const entry = { listener, raw: once ? this.#onceOnly(name, listener) : listener };
    const entries = this.#of(name);
    this.#entries.set(name, first ? [entry, ...entries] : [...entries, entry]);
    return this;
  }

  /**
   * Takes itself off and calls the listener, when it is called first: an emit that goes on may still have it.
   * @param {string | symbol} name
   * @param {Listener} listener
   */
  #onceOnly(name, listener) {
    let isCalled = false;
    const raw = Object.assign(
      (/** @type {any[]} */ ...values) => {
        if (isCalled) return;
        isCalled = true;
        this.off(name, raw);
        return listener.apply(this, values);
      },
      { listener },
    );
    return raw;
  }

  /**
   * @param {string | symbol} name
   * @param {number} index
   */
  #remove(name, index) {
    const entries = this.#of(name);
    // A copy: an `emit` that is under way goes on with the list as it was.
    const kept = entries.toSpliced(index, 1);
    if (kept.length === 0) this.#entries.delete(name);
    else this.#entries.set(name, kept);
    this.emit(GONE, name, entries[index].listener);
  }
}
