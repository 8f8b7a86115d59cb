/** CommonJS: the module is the default instance itself, and carries `.default` (itself) and `.Codebolt` (the class). */
import type codebolt from './index.js' with { 'resolution-mode': 'import' };
import type * as all from './index.js' with { 'resolution-mode': 'import' };
import type * as named from './modules/named.js' with { 'resolution-mode': 'import' };

declare const instance: typeof codebolt & Omit<typeof named, 'state'> & {
  default: typeof codebolt;
  Codebolt: typeof all.Codebolt;
  CodeboltError: typeof all.CodeboltError;
  createInstance: typeof all.createInstance;
  initAsync: typeof all.initAsync;
  unwrap: typeof all.unwrap;
};
export = instance;
