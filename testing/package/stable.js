/** Frames in a form that is the same in every run: ids numbered, times masked. */

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TOOL_USE = /\b(?:tool_|browser-)\d{13}[_-]\w+/g;
const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)\b/g;
const TIME_NAME = /(?:time|timestamp|At|date)$/;

/** Milliseconds since 1970 in this century. @param {unknown} value */
const isEpoch = (value) => typeof value === 'number' && value > 9e11 && value < 4.2e12;

export class Stable {
  /** @type {Map<string, number>} */
  #ids = new Map();

  /** @param {any} value @param {string} [name] @returns {any} */
  of(value, name = '') {
    if (typeof value === 'string') {
      if (/^requestId$|^toolUseId$/.test(name)) return this.#numbered(value);
      return value.replace(UUID, (id) => this.#numbered(id)).replace(TOOL_USE, (id) => this.#numbered(id)).replace(INSTANT, '‹time›');
    }
    if (isEpoch(value) && TIME_NAME.test(name)) return '‹time›';
    if (Array.isArray(value)) return value.map((one) => this.of(one, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, this.of(inside, key)]));
  }

  /** @param {string} id */
  #numbered(id) {
    const number = this.#ids.get(id) ?? this.#ids.size + 1;
    this.#ids.set(id, number);
    return `‹id ${number}›`;
  }
}

/** Without what differs from run to run, for a comparison of two runs. @param {any} frame @returns {any} */
export const comparable = (frame) => {
  const { requestId: _, toolUseId: __, timestamp: ___, ...rest } = frame;
  return JSON.parse(JSON.stringify(new Stable().of(rest)).replace(/‹(?:id|secret) \d+›/g, '‹$&›').replace(/‹‹(id|secret) \d+››/g, '‹$1›'));
};

/**
 * Where two values differ first, as a path and what stands there; `undefined` where they are the same.
 * @param {any} expected
 * @param {any} got
 * @param {string} [path]
 * @returns {{ path: string, expected: any, got: any } | undefined}
 */
export const difference = (expected, got, path = '') => {
  if (Object.is(expected, got)) return undefined;
  const areObjects = [expected, got].every((value) => typeof value === 'object' && value !== null) && Array.isArray(expected) === Array.isArray(got);
  if (!areObjects) return { path, expected, got };
  for (const name of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    const found = difference(expected[name], got[name], Array.isArray(expected) ? `${path}[${name}]` : path ? `${path}.${name}` : name);
    if (found) return found;
  }
  return undefined;
};
