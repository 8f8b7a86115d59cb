/** The default replies. */
import { answered } from './model.js';

/** @typedef {import('./row.d.ts').Row} Row */

const isObject = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Default replies that say more than a type can. @type {Record<string, () => object>} */
const SPECIAL = {
  'llm.inference': () => answered(''),
  // It may end in three ways; this is the good one.
  'terminal.executeCommand': () => ({ type: 'commandFinish', success: true, exitCode: 0, output: '', stdout: '', stderr: '' }),
};

/**
 * A reply that fits the method's declared type. What the caller named comes back under the same name.
 * @param {Row} row
 * @param {Record<string, any>} params
 */
export const defaultReply = (row, params) => {
  const special = SPECIAL[row.name];
  if (special) return special();
  const reply = structuredClone(row.reply);
  if (row.echoed === undefined) return reply;
  const given = { ...params };
  for (const value of Object.values(params)) if (isObject(value)) Object.assign(given, { ...value, ...given });
  for (const path of row.echoed) {
    const names = path.split('.');
    const last = /** @type {string} */ (names.pop());
    const value = given[last];
    const parent = names.reduce((at, name) => at?.[name], reply);
    if (typeof value === 'string' && isObject(parent) && typeof parent[last] === 'string') parent[last] = value;
  }
  return reply;
};

/** When a reply was made, as its type has it. @param {Row | undefined} row */
export const timestampFor = (row) => (row?.numericTime ? Date.now() : new Date().toISOString());
