/** Node, and Deno and Bun, which take the same entry: the module is read from its file on first use, synchronously. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Client, initSync } from '../codebolt_wasm.js';
import { CodeboltError } from '../error.js';
import { moduleAddress } from '../module-address.js';
import { connect } from './node-socket.js';

/** @typedef {import('./platform.d.ts').ModuleSource} ModuleSource */

const loaded = { Client };
let isLoaded = false;

/** Where the module lies. */
const moduleFile = () => {
  // A bundle in CommonJS has no import.meta.
  return import.meta.url ? moduleAddress() : new URL('codebolt_wasm_bg.wasm', pathToFileURL(__filename));
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
  report: (error) => process.emitWarning(error instanceof Error ? error : String(error), 'CodeboltListenerWarning'),
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
  load(source instanceof Response ? await source.arrayBuffer() : /** @type {any} */ (source));
};
