/** Loads the module over the network, on first use: browsers and whatever else has `fetch`. */
import { Client } from '../codebolt_wasm.js';
import { CodeboltError } from '../error.js';
import { startModule } from './start-module.js';

/** @typedef {import('./platform.d.ts').ModuleSource} ModuleSource */

const loaded = { Client };
let isLoaded = false;
/** @type {Promise<typeof loaded> | undefined} */
let loading;

/**
 * @param {number} timeout
 * @param {() => ModuleSource | Promise<ModuleSource>} source
 */
export const load = (timeout, source) => {
  if (isLoaded) return loaded;
  loading ??= compile(source, timeout)
    .then((module) => {
      startModule(module);
      isLoaded = true;
      return loaded;
    })
    .catch((error) => {
      // The next use tries again.
      loading = undefined;
      throw error;
    });
  return loading;
};

/**
 * @param {() => ModuleSource | Promise<ModuleSource>} from
 * @param {number} timeout
 * @returns {Promise<WebAssembly.Module>}
 */
const compile = async (from, timeout) => {
  const source = await from();
  // By its name: one of another realm has another class.
  if (/** @type {any} */ (source)?.[Symbol.toStringTag] === 'WebAssembly.Module') return /** @type {WebAssembly.Module} */ (source);
  if (typeof source === 'string' || source instanceof URL) {
    const bytes = onDisk(String(source));
    return bytes ? compileBytes(bytes, source) : compileResponse(await get(source, timeout), source);
  }
  if (source instanceof Response) return compileResponse(source, source.url);
  return compileBytes(/** @type {BufferSource} */ (source), 'the given bytes');
};

/**
 * The file, where a test runner has given Node a page's globals: what it has for `fetch` reads none.
 * @param {string} address
 * @returns {BufferSource | undefined}
 */
const onDisk = (address) => {
  const { process } = globalThis;
  if (!address.startsWith('file:') || !process?.versions?.node) return undefined;
  return process.getBuiltinModule?.('node:fs').readFileSync(process.getBuiltinModule('node:url').fileURLToPath(address));
};

/**
 * @param {string | URL} url
 * @param {number} timeout
 */
const get = async (url, timeout) => {
  try {
    const signal = timeout > 0 && timeout < 2 ** 31 ? AbortSignal.timeout(timeout) : undefined;
    return await fetch(url, { signal });
  } catch (cause) {
    throw failure(`could not be fetched from ${url} (${text(cause)}). Check the network, and that a Content-Security-Policy allows it in connect-src`, cause);
  }
};

/**
 * @param {Response} response
 * @param {string | URL} url
 */
const compileResponse = async (response, url) => {
  if (!response.ok) {
    throw failure(`is not at ${url}: the server answered ${response.status}. Serve codebolt_wasm_bg.wasm there, or say where it is with initAsync(url)`);
  }
  if (response.headers.get('content-type') === 'application/wasm') {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch (cause) {
      throw refused(url, cause);
    }
  }
  // Servers that do not know the type send another one, and the engine takes it with no parameter: the bytes decide.
  return compileBytes(await response.arrayBuffer(), url);
};

/**
 * @param {BufferSource} bytes
 * @param {string | URL} from
 */
const compileBytes = async (bytes, from) => {
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  if (String.fromCharCode(...view.subarray(0, 4)) !== '\0asm') {
    throw failure(`is not what came from ${from}: a page or another file stands there. Serve codebolt_wasm_bg.wasm (type application/wasm), or say where it is with initAsync(url)`);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refused(from, cause);
  }
};

/**
 * @param {string | URL} from
 * @param {unknown} cause
 */
const refused = (from, cause) =>
  failure(`from ${from} was refused (${text(cause)}). If the page has a Content-Security-Policy, add 'wasm-unsafe-eval' to script-src`, cause);

/**
 * @param {string} what
 * @param {unknown} [cause]
 */
const failure = (what, cause) => new CodeboltError('LOAD_FAILED', `the WebAssembly module ${what}`, { cause });

/** @param {unknown} error */
const text = (error) => (error instanceof Error ? error.message : String(error));
