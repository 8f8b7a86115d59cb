/**
 * Node, and Deno and Bun, which take the same entry. What is not needed at the start is required on first use, in calls that
 * every bundler sees; the build makes CommonJS of this file and of those.
 */
import { Client, initSync } from '../codebolt_wasm.js';
import { CodeboltError } from '../error.js';
import { builtin } from './builtin.js';
import { environmentLog } from './environment-log.js';
import { exitMessage, report } from './exit-message.js';
import { logSocket } from './frame-log.js';

/** @typedef {import('./platform.d.ts').ModuleSource} ModuleSource */

const loaded = { Client };
let isLoaded = false;

/** The module within the package's JavaScript. As a file of its own it could be missing after bundling or copying. */
const ownModule = () => builtin('zlib').brotliDecompressSync(Buffer.from(require('../module-text.js').moduleText, 'base64'));

/** @param {BufferSource | WebAssembly.Module} [source] */
const load = (source) => {
  if (!isLoaded) {
    try {
      initSync({ module: /** @type {any} */ (source ?? ownModule()) });
    } catch (cause) {
      throw new CodeboltError(
        'LOAD_FAILED',
        `the WebAssembly module ${source ? 'that was given' : 'in the package'} could not be loaded (${/** @type {Error} */ (cause).message}). ` +
          (source ? 'Give the bytes of codebolt_wasm_bg.wasm, or none' : 'Install codebolt-wasm again'),
        { cause },
      );
    }
    isLoaded = true;
  }
  return loaded;
};

/** @type {((url: string, unref: boolean) => object) | undefined} */
let open;

/** @param {string} url @param {boolean} unref */
const connect = (url, unref) => {
  open ??= hasOwnSocket() ? (url) => new WebSocket(url) : withRequire(() => require('./node-socket.js').connect);
  return open(url, unref);
};

/** @type {any} */
let tracing;

/** The channels `tracing:codebolt:request:*`. */
const channels = () => {
  // Loaded with Node's own sockets; some runtimes have no tracing channels.
  tracing ??= builtin('diagnostics_channel')?.tracingChannel?.('codebolt:request') ?? {};
  return (tracing.hasSubscribers ?? tracing.start?.hasSubscribers) ? tracing : undefined;
};

/**
 * Deno and Bun have a fast WebSocket of their own. Where a test runner gives Node a page's globals and resolves packages as
 * for a browser, `ws` is only a stub that refuses, and the page's socket is the one to take.
 */
const hasOwnSocket = () =>
  // In this order: to name Node's own WebSocket makes it load all of `fetch`, for 15 ms.
  'Deno' in globalThis || 'Bun' in globalThis || (withRequire(() => require('ws')).WebSocket === undefined && typeof WebSocket === 'function');

/**
 * Runs what requires `ws`. A bundle in ESM has no `require`, and what the bundler puts in its place looks for a global one:
 * `ws` finds Node's own modules by it.
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
const withRequire = (work) => {
  if (canRequire()) return work();
  const from = globalThis.process.argv[1] ?? `${globalThis.process.cwd()}/program`;
  Object.assign(globalThis, { require: builtin('module').createRequire(from) });
  try {
    return work();
  } finally {
    delete (/** @type {any} */ (globalThis).require);
  }
};

const canRequire = () => {
  try {
    // Not by `typeof`, which bundlers answer themselves.
    return require('net') !== undefined;
  } catch {
    return false;
  }
};

/** @type {import('./platform.d.ts').Platform} */
export const platform = {
  load: () => load(),
  connect,
  channels,
  environmentLog,
  logSocket,
  report,
  exitMessage,
};

/**
 * Loads the module from elsewhere, or before it is needed. Not necessary: the first use loads it.
 * @param {ModuleSource} [source]
 */
export const initAsync = async (source) => {
  source = await source;
  if (typeof source === 'string' || source instanceof URL) source = await read(source);
  // Not by its class: to name that makes Node load all of `fetch`, for 10 ms.
  load(typeof (/** @type {any} */ (source)?.arrayBuffer) === 'function' ? await /** @type {any} */ (source).arrayBuffer() : source);
};

/**
 * What an address or a path leads to. One letter before a colon is a drive of Windows.
 * @param {string | URL} source
 * @returns {Promise<BufferSource>}
 */
const read = async (source) => {
  try {
    const isAddress = source instanceof URL || /^[a-z][\w+.-]+:/i.test(source);
    const url = isAddress ? new URL(source) : builtin('url').pathToFileURL(source);
    if (url.protocol === 'file:') return builtin('fs').readFileSync(url);
    const response = await fetch(url);
    if (response.ok) return await response.arrayBuffer();
    throw new Error(`the server answered ${response.status}`);
  } catch (cause) {
    throw new CodeboltError(
      'LOAD_FAILED',
      `the WebAssembly module could not be read from ${source} (${/** @type {Error} */ (cause).message}). ` +
        'Give the path or the address of codebolt_wasm_bg.wasm, or none',
      { cause },
    );
  }
};
