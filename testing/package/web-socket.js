/** A WebSocket class for the outside: `ws` where there is Node, else the runtime's own. */
import { TestHostError } from './error.js';

const isNode = () => typeof globalThis.process?.versions?.node === 'string';

/** @returns {Promise<any>} */
export const loadWs = async () => {
  try {
    return await import('ws');
  } catch (cause) {
    throw new TestHostError('NOT_SUPPORTED', `the package 'ws' could not be loaded (${/** @type {Error} */ (cause).message}); listen, run and record need it outside of browsers: npm install --save-dev ws`, { cause });
  }
};

/** @returns {Promise<any>} */
export const webSocketClass = async () => (isNode() ? (await loadWs()).WebSocket : globalThis.WebSocket);
