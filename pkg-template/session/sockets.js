/** Sockets: how they are made, whether they take frames, and how they are let go. */
import { shown } from '../arguments.js';
import { setTimeout } from '../platform/clock.js';

const HANDLERS = ['onopen', 'onmessage', 'onerror', 'onclose', 'onping'];

const nothing = () => {};

/**
 * What opens a socket for a session. A failure is reported later like any other: whoever answers it by connecting again must leave
 * the others a turn.
 * @param {((url: string) => any) | undefined} own what `ownSocket` makes of the option `webSocket`
 * @param {((url: string) => any) | undefined} platform the runtime's, if it is not its `WebSocket`
 * @returns {(url: string) => any}
 */
export const socketOpener = (own, platform) => {
  const open = own ?? platform ?? ((url) => new WebSocket(url));
  return (url) => {
    let reason;
    try {
      const socket = open(url);
      if (socket.readyState !== 3) return socket;
      reason = 'the socket was closed from the start';
    } catch (error) {
      reason = String(/** @type {any} */ (error)?.message ?? error);
    }
    /** @type {any} */
    const failed = { readyState: 0, send: nothing, close: nothing };
    setTimeout(() => failed.onclose?.({ code: 1006, reason }), 0);
    return failed;
  };
};

/**
 * A socket of the caller's making: a constructor's or a plain function's.
 * @param {any} make
 */
export const ownSocket = (make) => (/** @type {string} */ url) => {
  const socket = make.prototype === undefined ? make(url) : new make(url);
  if (typeof socket?.send !== 'function' || typeof socket.close !== 'function' || typeof socket.readyState !== 'number') {
    throw new TypeError(`what option 'webSocket' made: expected a WebSocket, got ${shown(socket)}`);
  }
  // An error here becomes the reason of the failure. The module could not catch it.
  for (const name of [...HANDLERS, 'binaryType']) socket[name] = socket[name] ?? null;
  return socket;
};

/** Whether a socket takes no frame any more. Ours in Node knows it earlier than it shows. @param {any} socket */
export const isEnding = (socket) => {
  try {
    return socket.isEnding ?? socket.readyState > 1;
  } catch {
    return false;
  }
};

/** Takes the module's listeners off a socket, if there is one, and ends it. @param {any} socket */
export const dropSocket = (socket) => {
  try {
    for (const name of HANDLERS) socket[name] = null;
    // `ws` throws an error that nobody listens to.
    socket.onerror = nothing;
    if (typeof socket.terminate === 'function') socket.terminate();
    else socket.close();
  } catch {
    // One of the caller's own that does not want it, or none.
  }
};
