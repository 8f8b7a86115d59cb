/** Methods that this package cannot carry out. */
import { CodeboltError } from '../../error.js';

/**
 * A method that rejects.
 * @param {string} method
 * @param {string} reason
 * @returns {(...values: any[]) => Promise<never>}
 */
export const notSupported = (method, reason) => () =>
  Promise.reject(new CodeboltError('NOT_SUPPORTED', `${method} is not supported: ${reason}`, { type: method }));
