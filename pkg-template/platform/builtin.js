/**
 * Node's own modules, asked for when they are needed. Not by `require`, which bundles in ESM lack, nor by `import`, for which
 * Node makes a list of all that a module has; and of the true `process`, for which some builds put one made for browsers.
 * @template {keyof Modules} Name
 * @param {Name} name
 * @returns {Modules[Name]}
 */
export const builtin = (name) => /** @type {any} */ (globalThis.process).getBuiltinModule(`node:${name}`);

/**
 * @typedef {{
 *   crypto: typeof import('node:crypto'),
 *   diagnostics_channel: typeof import('node:diagnostics_channel'),
 *   fs: typeof import('node:fs'),
 *   module: typeof import('node:module'),
 *   net: typeof import('node:net'),
 *   tls: typeof import('node:tls'),
 *   url: typeof import('node:url'),
 *   util: typeof import('node:util'),
 *   zlib: typeof import('node:zlib'),
 * }} Modules
 */
