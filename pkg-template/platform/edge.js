/** workerd and its like. */
import module from '../codebolt_wasm_bg.wasm';
import { importedModule } from './imported.js';

export const { platform, initAsync } = /* @__PURE__ */ importedModule(module);
