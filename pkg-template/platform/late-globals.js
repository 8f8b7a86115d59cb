/**
 * What wasm-bindgen's script wants of the runtime, asked for on first use. In Node some of it is asked of its own modules: a test
 * runner that gives it a page's globals may leave text coding out, and its `crypto` takes 2 ms to load.
 */

/**
 * Only where Node says that it is one: what edge runtimes have in place of `process` throws.
 * @param {string} name
 */
const builtin = (name) => {
  const process = /** @type {any} */ (globalThis.process);
  return process?.versions?.node && process.getBuiltinModule?.(`node:${name}`);
};

/** @type {TextEncoder | undefined} */
let encoder;

/** @returns {TextEncoder} */
export const textEncoder = () => (encoder ??= new (globalThis.TextEncoder ?? builtin('util').TextEncoder)());

/**
 * @param {string} [label]
 * @param {TextDecoderOptions} [options]
 * @returns {TextDecoder}
 */
export const newTextDecoder = (label, options) => new (globalThis.TextDecoder ?? builtin('util').TextDecoder)(label, options);

/** @param {Uint8Array<ArrayBuffer>} bytes */
export const fillRandom = (bytes) => {
  const own = builtin('crypto');
  if (own) own.randomFillSync(bytes);
  else crypto.getRandomValues(bytes);
};
