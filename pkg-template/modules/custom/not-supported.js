/** Methods that `@codebolt/codeboltjs` has, but never carried out. */
import { CodeboltError } from '../../error.js';

const ignore = () => {};

/**
 * A method that rejects. Programs call some of these and never look at what comes (`rag.init()`); such a promise ends no process.
 * @param {string} method
 * @returns {(session: unknown) => () => Promise<never>}
 */
export const notSupported = (method) => () => () => {
  const text = `${method} is not supported: @codebolt/codeboltjs never implemented it either`;
  const refused = Promise.reject(new CodeboltError('NOT_SUPPORTED', text, { type: method }));
  refused.catch(ignore);
  return refused;
};
