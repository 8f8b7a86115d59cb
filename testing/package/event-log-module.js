/** Loads the event log's WebAssembly module, `event-log.js` as wasm-bindgen made it. */

/** @returns {Promise<any>} */
export const loadEventLog = async () => {
  const { default: init, MemoryHost } = await import('./event-log.js');
  const address = new URL('./event-log_bg.wasm', import.meta.url);
  const fs = address.protocol === 'file:' ? globalThis.process?.getBuiltinModule?.('node:fs') : undefined;
  await init({ module_or_path: fs ? fs.readFileSync(address) : address });
  return MemoryHost;
};
