/** Reads the last argument of a call. */
import { unexpected } from '../arguments.js';
import { rejected } from '../error.js';
import { LONGEST_DELAY, clearTimeout, setTimeout } from '../platform/clock.js';

/**
 * What is to be done when a signal aborts, and what ends that.
 * @typedef {{ waiting: Set<() => void>, stop: () => void }} Listening
 */

/** One listener a signal, however many wait. @type {WeakMap<AbortSignal, Listening>} */
const listening = new WeakMap();

/**
 * Calls `abort` when the signal aborts. Returns a function that ends this.
 * @param {AbortSignal} signal
 * @param {() => void} abort
 */
export const onAbort = (signal, abort) => {
  const { waiting, stop } = listening.get(signal) ?? listen(signal);
  waiting.add(abort);
  return () => {
    waiting.delete(abort);
    // Signals that live long would keep calls that have settled.
    if (waiting.size === 0) stop();
  };
};

/**
 * @param {AbortSignal} signal
 * @returns {Listening}
 */
const listen = (signal) => {
  /** @type {Set<() => void>} */
  const waiting = new Set();
  const hear = () => {
    stop();
    for (const abort of waiting) abort();
  };
  const stop = () => {
    listening.delete(signal);
    signal.removeEventListener('abort', hear);
  };
  signal.addEventListener('abort', hear);
  const own = { waiting, stop };
  listening.set(signal, own);
  return own;
};

/**
 * Reads `{ signal, timeout }`. Other members are ignored, and so is anything but an object: the reference ignores
 * arguments that a method does not have.
 * @param {any} options
 * @param {number} timeout what holds when the call says nothing; NaN is the client's own
 * @returns {{ signal: AbortSignal | undefined, timeout: number }}
 */
export const readCallOptions = (options, timeout) => {
  let signal;
  if (typeof options === 'object' && options !== null) {
    if (options.timeout !== undefined) timeout = options.timeout;
    signal = options.signal ?? undefined;
    if (options.timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0)) {
      throw unexpected("option 'timeout'", 'milliseconds as a number, 0 (no limit) or more', timeout);
    }
    if (signal !== undefined && typeof signal.addEventListener !== 'function') {
      throw unexpected("option 'signal'", 'an AbortSignal', signal);
    }
  }
  return { signal, timeout };
};

/**
 * Calls `expire` when a time limit has passed, if there is one (0 and Infinity are none). Returns a function that ends this.
 * @param {number} timeout in milliseconds
 * @param {() => void} expire
 */
export const onTimeout = (timeout, expire) => {
  if (!(timeout > 0 && Number.isFinite(timeout))) return () => {};
  const timer = setTimeout(expire, Math.min(timeout, LONGEST_DELAY));
  return () => clearTimeout(timer);
};

/**
 * Makes the promise of something that comes by itself, which a signal can abort. `start` begins to listen, later calls `end` with a
 * value or `fail` with an error, and returns what ends the listening.
 * @param {AbortSignal | undefined} signal
 * @param {(end: (value: any) => void, fail: (error: unknown) => void) => (() => void)[]} start
 * @returns {Promise<any>}
 */
export const awaited = (signal, start) =>
  abortable(signal, (settle) => {
    /** @type {(() => void)[]} */
    let listening = [];
    let isOver = false;
    const stop = () => {
      isOver = true;
      for (const step of listening.splice(0)) step();
    };
    const end = (/** @type {any} */ value) => {
      stop();
      settle(value);
    };
    listening = start(end, (error) => end(rejected(error)));
    // It may have come while it began.
    if (isOver) stop();
    return () => {
      stop();
      return true;
    };
  });

/**
 * Makes the promise of a call that a signal can abort, where there is one. `start` begins the call with what settles the promise,
 * and returns what cancels it: that says whether there was something to cancel.
 * @param {AbortSignal | undefined} signal
 * @param {(settle: (value?: any) => void) => () => boolean} start
 * @returns {Promise<any>}
 */
export const abortable = (signal, start) => {
  if (signal?.aborted) return Promise.reject(signal.reason);
  /** @type {any} */
  let own;
  const promise = new Promise((resolve) => {
    /** @type {(() => boolean) | undefined} */
    let cancel;
    const off =
      signal &&
      onAbort(signal, () => {
        // It has settled already, and keeps its outcome.
        if (cancel?.() === false) return;
        resolve(Promise.reject(signal.reason));
      });
    own = (/** @type {any} */ value) => {
      off?.();
      resolve(value);
    };
    cancel = start(own);
  });
  return (own.promise = promise);
};
