/** `ws` where the package is not bundled. */
const { createRequire } = process.getBuiltinModule('node:module');

/**
 * Required, for before it imports CommonJS Node reads all of it for names that may be imported, which takes 5 ms. Deno and
 * Bun have a fast WebSocket of their own, and do not use this one.
 * @type {typeof import('ws').WebSocket}
 */
export const WebSocket = 'Deno' in globalThis || 'Bun' in globalThis ? class {} : createRequire(import.meta.url)('ws');
