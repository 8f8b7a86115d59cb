/**
 * The code that the entries and all modules share. In the package it is one file with everything that stands behind it, so that
 * there is one of each class whichever file is loaded.
 */
export { shown, unexpected } from './arguments.js';
export { awaited, onTimeout, readCallOptions } from './session/call-options.js';
export { codeboltFor, sessionOf } from './client/codebolt.js';
export { Client, initSync } from './codebolt_wasm.js';
export * from './define.js';
export { emitterClass } from './platform/emitter.js';
export { CodeboltError, rejectWith } from './error.js';
export { stateOf } from './modules/custom/state.js';
export * from './modules/enumerations.js';
export { eventLogMethods } from './modules/event-log.js';
export { isRouted } from './messages/routed.js';
export { Session } from './session/session.js';
export { unwrap } from './client/unwrap.js';
export { flatten, isUserMessage } from './messages/user-message.js';
