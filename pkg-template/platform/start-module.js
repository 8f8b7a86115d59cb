/** Starts the WebAssembly module once it is compiled. */
import { initSync } from '../codebolt_wasm.js';
import { CodeboltError } from '../error.js';

/** @param {WebAssembly.Module} module */
export const startModule = (module) => {
  try {
    initSync({ module });
  } catch (cause) {
    throw new CodeboltError(
      'LOAD_FAILED',
      `the WebAssembly module could not be started (${/** @type {Error} */ (cause).message}). It has to be the codebolt_wasm_bg.wasm of this version of codebolt-wasm`,
      { cause },
    );
  }
};
