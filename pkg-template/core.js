/**
 * What the entries and all modules share. In the package it is one file with everything that stands behind it, so that
 * there is one of each class whichever file is loaded.
 */
export { readCallOptions } from './call-options.js';
export { codeboltFor, sessionOf } from './codebolt.js';
export { Client, initSync } from './codebolt_wasm.js';
export * from './define.js';
export { emitterClass } from './emitter.js';
export { CodeboltError, rejectWith } from './error.js';
export { stateOf } from './modules/by-hand/state.js';
export * from './modules/enumerations.js';
export { eventLogMethods } from './modules/event-log.js';
export { shown } from './options.js';
export { isRouted } from './routed.js';
export { Session } from './session.js';
export { unwrap } from './unwrap.js';
export { flatten, isUserMessage } from './user-message.js';
