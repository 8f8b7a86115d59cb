/** The arguments of a method, taken out of the frame that they went into. */

/** @typedef {import('./row.d.ts').Value} Value */

/** @param {unknown} value @returns {boolean} */
const isObject = (value) => typeof value === 'object' && value !== null;

/**
 * @param {import('./row.d.ts').Entry[]} entries
 * @param {any} frame
 * @returns {Record<string, any>}
 */
export const argumentsIn = (entries, frame) => {
  /** @type {Record<string, any>} */
  const found = {};
  const { requestId: _, ...rest } = frame;
  members(entries, rest, found);
  return found;
};

/** @param {import('./row.d.ts').Entry[]} entries @param {any} from @param {Record<string, any>} found */
const members = (entries, from, found) => {
  if (!isObject(from)) return;
  const named = new Set(entries.map(([name]) => name));
  for (const [name, value] of entries) {
    if (name !== null) take(value, from[name], found);
    else take(value, Object.fromEntries(Object.entries(/** @type {object} */ (from)).filter(([member]) => !named.has(member))), found);
  }
};

/** @param {Value} value @param {any} given @param {Record<string, any>} found */
const take = (value, given, found) => {
  if (given === undefined) return;
  if (value.argument) put(found, value.argument, given);
  else if (value.object) members(value.object, given, found);
  else if (value.array) value.array.forEach((inside, index) => take(inside, given?.[index], found));
  // What a function made of arguments cannot be taken apart: it stands for the first.
  else if (value.call) {
    const first = value.call[1].find(({ argument }) => argument);
    if (first) take(first, given, found);
  }
};

/** @param {Record<string, any>} found @param {string[]} path @param {any} given */
const put = (found, path, given) => {
  const last = /** @type {string} */ (path.at(-1));
  /** @type {Record<string, any>} */
  let at = found;
  for (const name of path.slice(0, -1)) {
    if (!isObject(at[name])) at[name] = {};
    at = at[name];
  }
  // Both may be there: a member, and all the others by a spread.
  at[last] = isObject(at[last]) && isObject(given) && !Array.isArray(given) ? { ...at[last], ...given } : given;
};
