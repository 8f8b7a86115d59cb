/** Methods that the reference SDK has, but never carried out. */
import { CodeboltError } from '../../error.js';

/**
 * A method that rejects.
 * @param {string} method
 * @returns {(session: unknown) => () => Promise<never>}
 */
export const notSupported = (method) => () => () =>
  Promise.reject(
    new CodeboltError('NOT_SUPPORTED', `${method} is not supported: the reference SDK never implemented it either`, {
      type: method,
    }),
  );
