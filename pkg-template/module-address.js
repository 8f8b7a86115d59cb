/**
 * The address of the WebAssembly module: beside this file, and so beside a bundle that this file has become part of.
 * Bundlers find the module by this expression.
 */
export const moduleAddress = () => new URL('./codebolt_wasm_bg.wasm', import.meta.url);
