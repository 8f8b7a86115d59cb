/** The package's only error class. */

/** @typedef {import('./index.d.ts').CodeboltErrorCode} CodeboltErrorCode */

/** A call that could not be made, was not answered, or (with `throwOnError`) was refused. */
export class CodeboltError extends Error {
  /**
   * @param {CodeboltErrorCode} code
   * @param {string} message
   * @param {Record<string, unknown> & { cause?: unknown }} [details] become members of the error
   */
  constructor(code, message, details) {
    super(message, details && 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    for (const name in details) {
      // @ts-expect-error the details are the members that the declaration lists
      if (name !== 'cause') this[name] = details[name];
    }
  }
}

Object.defineProperty(CodeboltError.prototype, 'name', { value: 'CodeboltError', writable: true, configurable: true });

/**
 * Rejects the promise behind `resolve`. The error is made a few microtasks later, inside the promise's own chain: there
 * the engine adds the lines of the functions that await it, which costs a call that succeeds nothing.
 * @param {(value: any) => void} resolve
 * @param {CodeboltErrorCode} code
 * @param {string} message
 * @param {Record<string, unknown>} [details]
 */
export const rejectWith = (resolve, code, message, details) =>
  resolve(
    Promise.resolve()
      .then(() => {})
      .then(() => {
        throw new CodeboltError(code, message, details);
      }),
  );
