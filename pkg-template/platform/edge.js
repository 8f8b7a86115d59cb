/** Runtimes that import a WebAssembly file as a compiled module: workerd and its like. */
import module from '../codebolt_wasm_bg.wasm';
import { Client, initSync } from '../codebolt_wasm.js';

const loaded = { Client };
let isLoaded = false;

/** @type {import('./platform.d.ts').Platform} */
export const platform = {
  load() {
    if (!isLoaded) initSync({ module });
    isLoaded = true;
    return loaded;
  },
  report: (error) => console.error(error),
};

/** Loads the module before it is needed. Its source is fixed here. */
export const initAsync = async () => {
  platform.load(0);
};
