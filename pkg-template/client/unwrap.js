/** The data of a reply, or an error. */
import { CodeboltError } from '../error.js';
import { shown } from '../arguments.js';

/**
 * The data of a reply that succeeded. A refusal is thrown, with the host's text.
 * @type {import('../modules/event-log.d.ts').EventLogMethods['unwrap']}
 */
export const unwrap = (response) => {
  if (typeof response?.success !== 'boolean') {
    const came = typeof (/** @type {any} */ (response)?.then) === 'function' ? 'a promise' : shown(response);
    throw new CodeboltError(
      'INVALID_ARGUMENT',
      `unwrap: argument 'response' is ${came}; a reply of the host is wanted: unwrap(await …)`,
    );
  }
  if (response.success) return /** @type {any} */ (response.data);
  const { type = 'unwrap', requestId, error, message } = response;
  throw new CodeboltError('HOST_ERROR', `${type}: ${error || message || 'the host gave no reason'}`, {
    type,
    requestId,
    sent: true,
    reply: response,
  });
};
