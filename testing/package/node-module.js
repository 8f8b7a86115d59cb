/** Node's own modules, where there are any; bundlers for browsers see none of them. */
import { TestHostError } from './error.js';

/**
 * @template {keyof Modules} Name
 * @param {Name} name
 * @returns {Modules[Name]}
 */
export const nodeModule = (name) => {
  const found = globalThis.process?.getBuiltinModule?.(`node:${name}`);
  if (found) return /** @type {any} */ (found);
  throw new TestHostError('NOT_SUPPORTED', `this runtime has no node:${name}; expected Node, Deno or Bun. In a browser use host.connect(), and record: true with host.recording.`);
};

/** @typedef {{ fs: typeof import('node:fs'), child_process: typeof import('node:child_process'), events: typeof import('node:events') }} Modules */
