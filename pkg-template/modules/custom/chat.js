/** The custom methods of `codebolt.chat`, and the messages that it keeps. */
import { tell, tellSpread } from '../../define.js';
import { isRouted } from '../../messages/routed.js';
import { Inbox, taken } from './inbox.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */

/** Steering messages that nobody has taken yet. */
const steering = /* @__PURE__ */ stateOf((session) => {
  /** @type {Inbox<any>} */
  const inbox = new Inbox();
  session.messages.receive(
    (message) => message.type === 'steeringMessage',
    (message) => inbox.put(message),
    { atOnce: true },
  );
  return inbox;
});

/** @param {Session} session */
export const setRequestHandler = (session) => (/** @type {(message: any, answer: (data: any) => void) => unknown} */ handler) => {
  session.messages.receive(
    (message) => !isRouted(session, message),
    (message) => handler(message, (data) => void tellSpread(session, { type: 'processStoped', ...data })),
  );
  session.connect();
};

/** @param {Session} session */
export const processStarted = (session) => (/** @type {((message: any) => unknown) | undefined} */ onStopClicked) => {
  tell(session, { type: 'processStarted' });
  const stopProcess = () => void tell(session, { type: 'processStoped' });
  if (!onStopClicked) return { stopProcess };
  const cleanup = session.messages.receive((message) => message.type === 'stopProcessClicked', onStopClicked);
  return { stopProcess, cleanup };
};

/** @param {Session} session */
export const checkForSteeringMessage = (session) => {
  // From now on they are kept.
  const inbox = steering(session);
  return () => inbox.take() ?? null;
};

/** @param {Session} session */
export const onSteeringMessageReceived = (session) => async () => {
  const inbox = steering(session);
  return taken(session, [inbox], () => inbox.take());
};
