/** Checks what a model gave against a tool's schema. */

/** @typedef {{ type?: string, enum?: unknown[], items?: Schema, properties?: Record<string, Schema>, required?: string[], minimum?: number, maximum?: number, minLength?: number, maxLength?: number }} Schema */

/**
 * The first error in a value, in words; `null` when it is right.
 *
 * Models give numbers, lists and objects as JSON texts at times: such a text counts as what it says. A text that a text
 * is wanted of is never looked into.
 * @param {Schema} schema
 * @param {unknown} value
 * @returns {string | null}
 */
export const check = (schema, value) => {
  for (const name of schema.required ?? []) {
    if (!isObject(value) || !(name in value)) return `Missing required field: ${name}`;
  }
  const wanted = schema.type;
  if (wanted && value !== null && value !== undefined && !isOf(wanted, value)) return `Expected ${wanted}, got ${typeof value}`;
  if (isObject(value) && !Array.isArray(value)) {
    for (const name in schema.properties) {
      if (!(name in value)) continue;
      const inner = /** @type {Record<string, Schema>} */ (schema.properties)[name];
      const wrong = check(inner, inner.type === 'string' ? value[name] : parsed(value[name]));
      if (wrong) return `Property '${name}': ${wrong}`;
    }
  }
  if (schema.items && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const wrong = check(schema.items, item);
      if (wrong) return `Array item [${index}]: ${wrong}`;
    }
  }
  if (schema.enum && !schema.enum.includes(value)) return `The value is not one of these: ${schema.enum.join(', ')}`;
  return outOfBounds(schema, value);
};

/** @param {Schema} schema @param {unknown} value */
const outOfBounds = ({ minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity }, value) => {
  if (typeof value === 'number') {
    if (value < minimum) return `Value must be >= ${minimum}`;
    if (value > maximum) return `Value must be <= ${maximum}`;
  }
  if (typeof value === 'string') {
    if (value.length < minLength) return `String length must be >= ${minLength}`;
    if (value.length > maxLength) return `String length must be <= ${maxLength}`;
  }
  return null;
};

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {string} type @param {unknown} value */
const isOf = (type, value) => (type === 'array' ? Array.isArray(value) : !KINDS.has(type) || typeof value === type);

const KINDS = /* @__PURE__ */ new Set(['object', 'string', 'number', 'boolean']);

/** @param {unknown} value */
const parsed = (value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};
