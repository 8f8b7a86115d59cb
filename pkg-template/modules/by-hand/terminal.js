/** What `codebolt.terminal` keeps and does besides sending. */
import { tell } from '../../define.js';
import { Emitter } from './emitter.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */

const TYPES = ['commandOutput', 'commandError', 'commandFinish'];

/** The emitter that all commands with a stream share, and whether messages are handed to it. */
const streams = /* @__PURE__ */ stateOf(() => {
  /** @type {Emitter & { cleanup?: () => void }} */
  const emitter = new Emitter();
  return { emitter, forwarding: false };
});

/** @param {Session} session */
export const eventEmitter = (session) => streams(session).emitter;

/** @param {Session} session */
export const executeCommandWithStream = (session) => (/** @type {string} */ command, executeInMain = false) => {
  const stream = streams(session);
  if (!stream.forwarding) {
    stream.forwarding = true;
    const end = session.messages.receive(
      (message) => TYPES.includes(message.type),
      (message) => stream.emitter.emit(message.type, message),
    );
    stream.emitter.cleanup = () => {
      stream.forwarding = false;
      end();
    };
  }
  tell(session, { type: 'executeCommandWithStream', message: command, executeInMain });
  return stream.emitter;
};
