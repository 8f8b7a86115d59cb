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
      if (details[name] !== undefined) this[name] = details[name];
    }
  }
}

Object.defineProperty(CodeboltError.prototype, 'name', { value: 'CodeboltError', writable: true, configurable: true });

/**
 * A rejected promise for a `resolve` that may have been called already. Nobody gets it then, and a rejection that nobody handles
 * ends a program.
 * @param {unknown} error
 */
export const rejected = (error) => {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
};

/**
 * Settles a promise, and knows it where that is said.
 * @typedef {((value?: any) => void) & { promise?: Promise<unknown> }} Resolve
 */

/**
 * Rejects the promise behind `resolve`. The error is made a few microtasks later, inside the promise's own chain: there
 * the engine adds the lines of the functions that await it, which costs a call that succeeds nothing.
 *
 * If a program does not await a call, a missing reply does not end its process: with the reference such a call never settles.
 * @param {Resolve} resolve
 * @param {CodeboltErrorCode} code
 * @param {string} message
 * @param {Record<string, unknown>} [details]
 */
export const rejectWith = (resolve, code, message, details) =>
  resolve(
    Promise.resolve()
      .then(() => {})
      .then(() => {
        const error = new CodeboltError(code, message, details);
        // After the error is made: the engine adds those lines for a promise that one alone waits for.
        if (code === 'REQUEST_TIMEOUT') resolve.promise?.catch(() => {});
        throw error;
      }),
  );
