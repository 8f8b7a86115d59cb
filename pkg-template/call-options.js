/** Reads the last argument of a call. */
import { CodeboltError } from './error.js';
import { shown } from './options.js';

/**
 * Reads `{ signal, timeout }`. Other members are ignored, as is anything that is no object: the reference ignores
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
      throw new CodeboltError(
        'INVALID_ARGUMENT',
        `option 'timeout' is ${shown(timeout)}; wanted are milliseconds as a number, 0 (no limit) or more`,
      );
    }
    if (signal !== undefined && typeof signal.addEventListener !== 'function') {
      throw new CodeboltError('INVALID_ARGUMENT', `option 'signal' is ${shown(signal)}; an AbortSignal is wanted`);
    }
  }
  return { signal, timeout };
};
