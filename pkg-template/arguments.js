/** How arguments are named in errors. */
import { CodeboltError } from './error.js';

/** A value as an error's text says it. @param {unknown} value */
export const shown = (value) => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 80))}`;
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : `${typeof value} ${String(value)}`;
};

/**
 * @param {string} method
 * @param {string} name
 * @param {unknown} value
 */
export const mustBeFunction = (method, name, value) => {
  if (typeof value !== 'function') {
    throw new CodeboltError('INVALID_ARGUMENT', `${method}: argument '${name}' is ${shown(value)}; a function is wanted`);
  }
};
