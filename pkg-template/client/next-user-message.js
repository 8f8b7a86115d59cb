/** `getMessage()` where no message is there yet. */
import { CodeboltError } from '../error.js';
import { flatten, isUserMessage } from '../messages/user-message.js';
import { awaited, onTimeout, readCallOptions } from '../session/call-options.js';

/**
 * The user message that comes next.
 * @param {import('../session/session.js').Session} session
 * @param {import('../define.d.ts').CallOptions | undefined} options
 * @returns {Promise<any>}
 */
export const nextUserMessage = async (session, options) => {
  const { signal, timeout } = readCallOptions(options, 0);
  return awaited(signal, (end, fail) => {
    let wasOpen = session.state === 'open';
    const listening = [
      session.messages.receive(isUserMessage, (frame) => end(flatten(frame))),
      session.on('open', () => (wasOpen = true)),
      session.on('close', (details) => {
        // Where there was none, waitForReady says why.
        if (wasOpen) fail(new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, ...details }));
      }),
      onTimeout(timeout, () => fail(new CodeboltError('REQUEST_TIMEOUT', `getMessage: no user message within ${timeout} ms`))),
    ];
    session.waitForReady(options).catch(fail);
    return listening;
  });
};
