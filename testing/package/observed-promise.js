/** A promise that knows whether somebody observes it: where nobody does, what it rejects with is reported elsewhere. */

// Those there were when the package was imported: a test may replace them.
const Native = Promise;
const { then } = Native.prototype;

/** @extends {Promise<any>} */
export class ObservedPromise extends Promise {
  #isObserved = false;

  // What `then` gives is a promise like any other.
  static get [Symbol.species]() {
    return Native;
  }

  /** @param {(resolve: (value: any) => void, reject: (error: unknown) => void) => void} executor */
  constructor(executor) {
    super(executor);
    this.whenSettled(() => {}, () => {});
  }

  /** As `then`, without being an observer. @param {(value: any) => void} fulfilled @param {(error: unknown) => void} rejected @returns {Promise<void>} */
  whenSettled(fulfilled, rejected) {
    return /** @type {Promise<void>} */ (then.call(this, fulfilled, rejected));
  }

  /** `await`, `catch`, `finally` and `Promise.all` come here, too. @type {Promise<any>['then']} */
  then(fulfilled, rejected) {
    this.#isObserved = true;
    return /** @type {Promise<any>} */ (then.call(this, fulfilled, rejected));
  }

  get isObserved() {
    return this.#isObserved;
  }
}
