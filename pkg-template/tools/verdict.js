/** Whether a reply is a failure, and the reason that it gives; the tables of `definitions/tools/` name these functions. */

/** @param {any} reply */
export const unlessSuccess = (reply) => !reply.success;

/** A reply that does not say so is not a failure. @param {any} reply */
export const ifRefused = (reply) => reply.success !== undefined && !reply.success;

/** @param {any} reply */
export const ifFalse = (reply) => reply.success === false;

/** For commands: a command's exit code is not a failure of the tool. @param {any} reply */
export const commandFailed = (reply) => reply.type === 'commandError' || Boolean(reply.error);

/** The error, or its message. @param {any} reply */
export const text = ({ error }) => (typeof error === 'string' ? error : error?.message);

/** @param {any} reply */
export const messageOfError = ({ error }) => error?.message;

/** The error as it is. @param {any} reply */
export const raw = ({ error }) => error;

/** The error as it is, or the message. @param {any} reply */
export const any = ({ error, message }) => error || message;

/** @param {any} reply */
export const message = ({ message: words }) => words;

/** No reply's reason is shown. */
export const none = () => undefined;
