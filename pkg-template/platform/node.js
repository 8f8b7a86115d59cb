/** Node, and Deno and Bun, which take the same entry: the module is read from its file on first use, synchronously. */
import { Client, initSync } from '../codebolt_wasm.js';
import { CodeboltError } from '../error.js';
import { moduleAddress } from '../module-address.js';
import { connect } from './node-socket.js';
import { lastWord, report } from './node-words.js';

/** @typedef {import('./platform.d.ts').ModuleSource} ModuleSource */

// Node's own modules are asked for, here and in the files that this one imports: for an import Node makes a list of all
// that a module has, and loads what that would need. For all of them it takes 2 ms.
const { readFileSync } = process.getBuiltinModule('node:fs');

const loaded = { Client };
let isLoaded = false;

/** Where the module lies. */
const moduleFile = () => {
  // A bundle in CommonJS has no import.meta.
  if (import.meta.url) return moduleAddress();
  return new URL('codebolt_wasm_bg.wasm', process.getBuiltinModule('node:url').pathToFileURL(__filename));
};

/** @param {BufferSource | WebAssembly.Module} [source] */
const load = (source) => {
  if (!isLoaded) {
    const file = moduleFile();
    try {
      initSync({ module: /** @type {any} */ (source ?? readFileSync(file)) });
    } catch (cause) {
      throw new CodeboltError(
        'LOAD_FAILED',
        `the WebAssembly module ${source ? 'that was given' : `in ${file.pathname}`} could not be loaded (${/** @type {Error} */ (cause).message}). ` +
          'Install codebolt-wasm again; when it is bundled, put codebolt_wasm_bg.wasm beside the bundle or hand its bytes to initAsync()',
        { cause },
      );
    }
    isLoaded = true;
  }
  return loaded;
};

// Deno and Bun have a fast WebSocket of their own.
const hasOwnSocket = 'Deno' in globalThis || 'Bun' in globalThis;

/** @type {import('./platform.d.ts').Platform} */
export const platform = {
  load: () => load(),
  connect: hasOwnSocket ? undefined : connect,
  report,
  lastWord,
};

/**
 * Loads the module from elsewhere, or before it is needed. Not necessary: the first use loads it.
 * @param {ModuleSource} [source]
 */
export const initAsync = async (source) => {
  source = await source;
  if (typeof source === 'string' || source instanceof URL) {
    const url = new URL(source, import.meta.url);
    source = url.protocol === 'file:' ? readFileSync(url) : await fetch(url);
  }
  // Not by its class: to name that makes Node load all of `fetch`, for 10 ms.
  load(typeof (/** @type {any} */ (source)?.arrayBuffer) === 'function' ? await /** @type {any} */ (source).arrayBuffer() : source);
};
