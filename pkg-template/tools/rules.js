/** What parameters have to be besides their type; the tables of `definitions/tools/` name these rules. */
import { isAbsolute } from './paths.js';

/** @param {any} object @param {string} path */
const at = (object, path) => path.split('.').reduce((value, name) => value?.[name], object);

/** @param {any} value */
const isBlank = (value) => !value || (typeof value === 'string' && value.trim() === '');

/** @param {string} name */
const blank = (name) => `The '${name}' parameter must not be blank.`;

/**
 * Each gives what is wrong, or nothing. `value` is the parameter's, `name` its name, `rest` what stands after it.
 * @type {Record<string, (value: any, name: string, rest: any[], params: any) => string | false | undefined>}
 */
const rules = {
  filled: (value, name, [said]) => isBlank(value) && (said ?? blank(name)),
  given: (value, name) => value == null && `The '${name}' parameter must be given.`,
  some: (value, name) => !value?.length && `The '${name}' parameter must not be empty.`,
  absolute: (value, name) => !isAbsolute(value) && relative(name, value),
  absoluteOrBlank: (value, name) => !isBlank(value) && !isAbsolute(value) && relative(name, value),
  above: (value, name, [bound]) => value <= bound && `The '${name}' parameter must be above ${bound}`,
  least: (value, name, [bound]) => value < bound && `The '${name}' parameter must be at least ${bound}`,
  length: (value, name, [least, most]) =>
    value != null && (value.length < least || value.length > most) && `The '${name}' parameter must have ${least} to ${most} characters`,
  number: (value, name) => typeof value !== 'number' && `The '${name}' parameter must be a number, not ${typeof value}`,
  object: (value, name) => (!value || typeof value !== 'object') && `The '${name}' parameter must be an object, not ${value === null ? 'null' : typeof value}`,
  objectOrNone: (value, name) => value !== undefined && typeof value !== 'object' && `The '${name}' parameter, when given, must be an object, not ${typeof value}`,
  members: (value, name) => Object.keys(value).length === 0 && `The '${name}' parameter must have at least one member to change.`,
  differ: (value, name, [other], params) => value === params[other] && `'${name}' and '${other}' are the same; they have to differ.`,
  any: (value, name, others, params) =>
    [name, ...others].every((one) => params[one] === undefined) && `Give at least one of these to change: ${[name, ...others].join(', ')}.`,
  regex: (value) => {
    try {
      new RegExp(value);
    } catch (error) {
      return `Invalid regex pattern: ${/** @type {Error} */ (error).message}`;
    }
  },
};

/** @param {string} name @param {string} value */
const relative = (name, value) => `The '${name}' parameter must be an absolute path; this one is relative: ${value}`;

/**
 * The first error in parameters by a tool's rules, in words; `null` when they are right.
 * @param {[string, string, ...any[]][] | undefined} wanted
 * @param {any} params
 */
export const broken = (wanted, params) => {
  for (const [rule, name, ...rest] of wanted ?? []) {
    const wrong = rules[rule](at(params, name), name, rest, params);
    if (wrong) return wrong;
  }
  return null;
};
