/** codebolt-wasm-testing: a Codebolt host in memory, for the tests of agents. */
export { TestHostError } from './error.js';
export { TestHost } from './host.js';
export { script } from './model.js';
