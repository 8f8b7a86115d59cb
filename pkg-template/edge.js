/** The package in runtimes that import WebAssembly as a module. */
import { codeboltFor } from './codebolt.js';
import { CodeboltError } from './error.js';
import { eventLogMethods } from './modules/event-log.js';
import { initAsync, platform } from './platform/edge.js';
import { Session } from './session.js';

// The default instance and the functions taken from it share one session.
const session = /* @__PURE__ */ new Session(platform);

export { CodeboltError, initAsync };
export const Codebolt = /* @__PURE__ */ codeboltFor(platform);
export const eventLog = /* @__PURE__ */ eventLogMethods(session);

/** @type {typeof eventLog.createInstance} */
export const createInstance = (name, description, options) => eventLog.createInstance(name, description, options);

export default /* @__PURE__ */ new Codebolt(session);
