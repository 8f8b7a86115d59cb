/** Runtimes that import a WebAssembly file as a compiled module. */
import { Client } from '../codebolt_wasm.js';
import { startModule } from './start-module.js';

/**
 * The platform, and how its users load the module before it is needed. Its source is fixed here.
 * @param {WebAssembly.Module} module
 */
export const importedModule = (module) => {
  const loaded = { Client };
  let isLoaded = false;
  /** @type {import('./platform.d.ts').Platform} */
  const platform = {
    load() {
      if (!isLoaded) startModule(module);
      isLoaded = true;
      return loaded;
    },
    report: (error) => console.error(error),
  };
  const initAsync = async () => {
    platform.load(0);
  };
  return { platform, initAsync };
};
