/** Edge runtimes that compile modules when they are built, and are asked so by the import's name. */
import module from '../codebolt_wasm_bg.wasm?module';
import { importedModule } from './imported.js';

export const { platform, initAsync } = /* @__PURE__ */ importedModule(module);
