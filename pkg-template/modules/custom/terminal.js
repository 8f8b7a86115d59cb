/** What `codebolt.terminal` keeps and does besides sending. */
import { tell } from '../../define.js';
import { emitterClass } from '../../platform/emitter.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */

const TYPES = ['commandOutput', 'commandError', 'commandFinish'];

/** @returns {import('../../platform/emitter.js').Emitter & { cleanup?: () => void }} */
const newEmitter = () => new (emitterClass())();

/** The emitter that hears all commands with a stream, the streams that are not cleaned up, and what ends listening. */
const streams = /* @__PURE__ */ stateOf(() => ({
  emitter: newEmitter(),
  open: /** @type {Set<ReturnType<typeof newEmitter>>} */ (new Set()),
  end: /** @type {(() => void) | undefined} */ (undefined),
}));

/** @param {Session} session */
export const eventEmitter = (session) => streams(session).emitter;

/** @param {Session} session */
export const executeCommandWithStream = (session) => (/** @type {string} */ command, executeInMain = false) => {
  const state = streams(session);
  const stream = newEmitter();
  state.end ??= session.messages.receive(
    (message) => TYPES.includes(message.type),
    (message) => {
      // What came when no stream was open is of none of those that follow.
      if (state.open.size === 0) return;
      for (const emitter of [state.emitter, ...state.open]) session.run(() => emitter.emit(message.type, message));
    },
    { atOnce: true },
  );
  state.open.add(stream);
  stream.cleanup = () => {
    state.open.delete(stream);
    if (state.open.size > 0) return;
    state.end?.();
    state.end = undefined;
  };
  tell(session, { type: 'executeCommandWithStream', message: command, executeInMain });
  return stream;
};
