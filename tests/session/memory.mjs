// What the module and the engine hold.

import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// The module's own glue: the package exports nothing of the kind.
const { Client, initSync } = createRequire(import.meta.url)('../../node_modules/codebolt-wasm/core.cjs');

/** The module's class, for tests that have to see how it is called. */
export { Client };

/** The bytes of the WebAssembly memory, which never shrinks. The build shortens its name. */
export const memory = () => Object.values(initSync({})).find((each) => each instanceof WebAssembly.Memory).buffer.byteLength;

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc');
