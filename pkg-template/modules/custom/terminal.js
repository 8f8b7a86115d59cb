/** The custom methods of `codebolt.terminal`, and the emitters that it keeps. */
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
      // Messages that came while no stream was open do not belong to a later one.
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
