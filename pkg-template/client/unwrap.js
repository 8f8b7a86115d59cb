/** The data of a reply, or an error. */
import { CodeboltError } from '../error.js';
import { unexpected } from '../arguments.js';

/**
 * The data of a reply that succeeded. A refusal is thrown, with the host's text.
 * @type {import('../modules/event-log.d.ts').EventLogMethods['unwrap']}
 */
export const unwrap = (response) => {
  if (typeof response?.success !== 'boolean') {
    throw unexpected("unwrap: argument 'response'", "a host's reply, as in unwrap(await …)", response);
  }
  if (response.success) return /** @type {any} */ (response.data);
  const { type = 'unwrap', requestId, error, message, code } = /** @type {{ type?: string, requestId?: string, error?: any, message?: string, code?: unknown }} */ (response);
  const reason = [error, message, error?.message].find((text) => typeof text === 'string' && text) ?? 'the host gave no reason in words';
  throw new CodeboltError('HOST_ERROR', `${type}: ${reason}`, {
    type,
    requestId,
    sent: true,
    hostCode: typeof code === 'string' ? code : undefined,
    reply: response,
  });
};
