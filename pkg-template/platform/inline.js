/** Browsers, with the module within the JavaScript: for bundlers that move no files. */
import { moduleText } from '../module-text.js';
import { load } from './fetched.js';

const ownModule = () => {
  const packed = Uint8Array.from(atob(moduleText), (letter) => letter.charCodeAt(0));
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(bytes).arrayBuffer();
};

/** @type {import('./platform.d.ts').Platform} */
export const platform = {
  load: (timeout) => load(timeout, ownModule),
  report: (error) => (globalThis.reportError ?? console.error)(error),
};

/**
 * Loads the module from elsewhere, or before it is needed. Not necessary: the first use loads it.
 * @param {import('./platform.d.ts').ModuleSource} [source]
 */
export const initAsync = async (source) => {
  await load(0, () => source ?? ownModule());
};
