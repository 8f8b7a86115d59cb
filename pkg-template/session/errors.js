/** Errors of a session that the module does not make. */
import { CodeboltError, rejectWith } from '../error.js';

/** Rejects a call that comes after `close()`. @param {(value?: any) => void} resolve */
export const rejectClosed = (resolve) =>
  rejectWith(resolve, 'CONNECTION_CLOSED', 'WebSocket connection closed', {
    sent: false,
    hint: 'close() was called. Make a new Codebolt to connect again.',
  });

/** @param {unknown} cause */
export const noRandomSource = (cause) =>
  new CodeboltError(
    'NOT_SUPPORTED',
    `this runtime has no secure random source (crypto.getRandomValues): ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

/** The last words of a program that never had a connection. @param {import('../index.d.ts').CloseDetails} details */
export const neverConnected = ({ address, closeReason }) =>
  `no connection to ${address} came about${closeReason ? ` (${closeReason})` : ''}, and this program has nothing else to do. ` +
  'Start the host, or say where it is: by the environment variables SOCKET_PORT and CODEBOLT_SERVER_URL, or by new Codebolt({ url }).';
