/** Browsers, and other runtimes with `fetch` and a WebSocket of their own. */
import { moduleAddress } from '../module-address.js';
import { load } from './fetched.js';

/** @type {import('./platform.d.ts').Platform} */
export const platform = {
  load: (timeout) => load(timeout, moduleAddress),
  report: (error) => (globalThis.reportError ?? console.error)(error),
};

/**
 * Loads the module from elsewhere, or before it is needed. Not necessary: the first use loads it.
 * @param {import('./platform.d.ts').ModuleSource} [source]
 */
export const initAsync = async (source) => {
  await load(0, () => source ?? moduleAddress());
};
