// What a call has to send, read from the facts in tests/recordings/sdk-methods.json and nothing else.

export class Refused extends Error {}

/**
 * The frame that a method's facts predict for these arguments; `undefined` when nothing is to be sent.
 * Throws a TypeError where the facts say that the reference does.
 */
export const predict = (facts, args, { id, toolUseId }) => {
  const values = new Map(
    facts.params.map(({ name, default: standard }, index) => [name, args[index] === undefined ? standard : args[index]]),
  );
  for (const { param, path = [], rule } of facts.guards ?? []) {
    if (!meets(rule, path.reduce((value, name) => value?.[name], values.get(param)))) return undefined;
  }
  const message = build(facts.wire, values, { toolUseId });
  if (facts.viaNotification) {
    if (!message.toolUseId) put(message, 'toolUseId', toolUseId);
    if (typeof message.toolUseId !== 'string') return undefined;
  }
  if (facts.requestId === 'last') {
    put(message, 'requestId', id);
    return JSON.stringify(message);
  }
  const members = Object.entries(message);
  members.splice(facts.requestId, 0, ['requestId', id]);
  return JSON.stringify(Object.fromEntries(members));
};

const meets = (rule, value) => {
  switch (rule) {
    case 'truthy':
      return !!value;
    case 'notNull':
      return value !== null && value !== undefined;
    case 'defined':
      return value !== undefined;
    case 'nonEmpty':
      return value !== null && value !== undefined && value !== '';
    case 'object':
      return !!value && typeof value === 'object';
    case 'absoluteUrl':
      try {
        return !!new URL(value);
      } catch {
        return false;
      }
    default:
      throw new Error(`the facts name a rule ${rule}`);
  }
};

/** Sets a member: a new one last, a known one in its place. */
const put = (object, name, value) =>
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });

const build = (members, values, generated) => {
  const object = {};
  for (const [name, value] of members) {
    if (name !== '...') {
      if (value.when === 'truthy' && !values.get(value.whenParam)) continue;
      put(object, name, evaluate(value, values, generated));
      continue;
    }
    const from = follow(values.get(value.spread), value);
    if (value.omit && (from === null || from === undefined)) throw new TypeError('nothing to leave members out of');
    for (const own of Object.keys(Object(from))) {
      if (!value.omit?.includes(own)) put(object, own, Object(from)[own]);
    }
  }
  return object;
};

const follow = (start, { path = [], safe }) => {
  let value = start;
  for (const name of path) {
    if (value === null || value === undefined) {
      if (!safe) throw new TypeError(`no ${name} of ${value}`);
      return undefined;
    }
    value = value[name];
  }
  return value;
};

const evaluate = (value, values, generated) => {
  if ('const' in value) return value.const;
  if ('object' in value) return build(value.object, values, generated);
  if ('array' in value) return value.array.map((element) => evaluate(element, values, generated));
  if ('generated' in value) return generated[value.generated];
  const found = follow(values.get(value.param), value);
  const wanted = value.op === '||' ? !!found : found !== null && found !== undefined;
  return value.op && !wanted ? evaluate(value.default, values, generated) : found;
};
