/** What CommonJS has in place of at-once.js: Node loads the tools when they are first asked for. Every bundler sees the call. */

/** @type {typeof import('../toolbox.js').toolsOf} */
export const toolsOf = (key, sdk) => require('../toolbox.js').toolsOf(key, sdk);
