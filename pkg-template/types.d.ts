/**
 * `codebolt-wasm/types`: every type by name, those of the entry and those of all modules. There is nothing at run time.
 *
 * @example
 * ```ts
 * import type { ThreadDetails } from 'codebolt-wasm/types';
 * ```
 */
export type * from './index.d.ts';
export type * from './modules/index.d.ts';
