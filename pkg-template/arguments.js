/** Arguments and options in errors: what was expected, and what came. */
import { CodeboltError } from './error.js';

/** A value as an error's text says it. @param {unknown} value */
export const shown = (value) => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    return typeof (/** @type {any} */ (value).then) === 'function' ? 'a promise' : 'an object';
  }
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'function' ? 'a function' : String(value);
};

/**
 * The error for a value of the wrong kind.
 * @param {string} what what has the value, such as `request: argument 'type'`
 * @param {string} expected
 * @param {unknown} value
 * @param {Record<string, unknown>} [details]
 */
export const unexpected = (what, expected, value, details) =>
  new CodeboltError('INVALID_ARGUMENT', `${what}: expected ${expected}, got ${shown(value)}`, details);

/**
 * The error for a name that does not exist.
 * @param {string} what such as `event`
 * @param {string} name
 * @param {string[]} valid
 */
export const unknownName = (what, name, valid) =>
  new CodeboltError('INVALID_ARGUMENT', `unknown ${what} ${shown(name)}; valid ${what}s: ${valid.join(', ')}`);

/**
 * @param {string} method
 * @param {string} name
 * @param {unknown} value
 */
export const mustBeFunction = (method, name, value) => {
  if (typeof value !== 'function') throw unexpected(`${method}: argument '${name}'`, 'a function', value);
};
