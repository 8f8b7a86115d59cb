/** The functions that make the texts of results; `definitions/tools/` names them. */

/** JSON with two spaces; `undefined` stays `undefined`. @param {unknown} value */
export const json = (value) => JSON.stringify(value, null, 2);

/** JSON in one line. @param {unknown} value */
export const line = (value) => JSON.stringify(value);

/** The length of a list; 0 when it is not a list. @param {any} list */
export const count = (list) => list?.length || 0;

/** How many lines a text has. @param {string} text */
export const lines = (text) => text.split('\n').length;

/** @param {unknown} value */
export const given = (value) => value !== undefined;

/** @param {unknown} value */
export const isList = (value) => Array.isArray(value);

/** The first 200 characters of a text, or of a value's JSON. @param {unknown} value */
export const excerpt = (value) => {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value));
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
};

/** How many bytes a text has in UTF-8. @param {string} text */
export const bytesOf = (text) => new Blob([text]).size;

/** Bytes in the largest unit of which there is one. @param {number} bytes */
export const size = (bytes) => {
  const units = ['B', 'KB', 'MB', 'GB'];
  let unit = 0;
  for (; bytes >= 1024 && unit < 3; unit += 1) bytes /= 1024;
  return `${bytes.toFixed(1)} ${units[unit]}`;
};

/**
 * A text for each member of a list; a missing list is empty.
 * @param {unknown} list
 * @param {(item: any) => unknown} text
 * @param {string} between
 */
export const each = (list, text, between) => listOf(list).map(text).join(between);

/** A list of a reply; a missing one is empty. @param {any} list @returns {any[]} */
export const listOf = (list) => {
  if (list && !Array.isArray(list)) throw new TypeError(`the host's reply has ${shownKind(list)} where a list is wanted`);
  return list || [];
};

/** A text of a reply; a missing one is empty. @param {any} text @returns {string} */
export const textOf = (text) => {
  if (text && typeof text !== 'string') throw new TypeError(`the host's reply has ${shownKind(text)} where a text is wanted`);
  return text || '';
};

/** @param {unknown} value */
const shownKind = (value) => (typeof value === 'object' ? 'an object' : `a ${typeof value}`);
