/** `getMessage()` where no message is there yet. */
import { CodeboltError, rejected } from '../error.js';
import { flatten, isUserMessage } from '../messages/user-message.js';
import { abortable, onTimeout, readCallOptions } from '../session/call-options.js';

/**
 * The user message that comes next.
 * @param {import('../session/session.js').Session} session
 * @param {import('../define.d.ts').CallOptions | undefined} options
 * @returns {Promise<any>}
 */
export const nextUserMessage = async (session, options) => {
  const { signal, timeout } = readCallOptions(options, 0);
  return abortable(signal, (settle) => {
    /** @type {(() => void)[]} */
    const undo = [];
    const stop = () => {
      for (const step of undo.splice(0)) step();
    };
    const end = (/** @type {any} */ value) => {
      stop();
      settle(value);
    };
    const fail = (/** @type {unknown} */ error) => end(rejected(error));
    let wasOpen = session.state === 'open';
    undo.push(
      session.messages.receive(isUserMessage, (frame) => end(flatten(frame))),
      session.on('open', () => (wasOpen = true)),
      session.on('close', (details) => {
        // Where there was none, waitForReady says why.
        if (wasOpen) fail(new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, ...details }));
      }),
      onTimeout(timeout, () => fail(new CodeboltError('REQUEST_TIMEOUT', `getMessage: no user message within ${timeout} ms`))),
    );
    session.waitForReady(options).catch(fail);
    return () => {
      stop();
      return true;
    };
  });
};
