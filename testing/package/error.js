/** The error class of a test host. */

/** @typedef {import('./index.d.ts').TestHostErrorCode} Code */

export class TestHostError extends Error {
  /**
   * @param {Code} code
   * @param {string} message
   * @param {Record<string, unknown> & { cause?: unknown }} [details]
   */
  constructor(code, message, { cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TestHostError';
    this.code = code;
    Object.assign(this, details);
  }
}

/** A value for an error's text. @param {unknown} value */
export const shown = (value) => {
  if (value === undefined) return 'undefined';
  const text = typeof value === 'function' ? 'a function' : JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};
