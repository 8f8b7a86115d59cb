/**
 * What the generated modules are made of: each method builds its message, and one of these turns it into a frame.
 * The text is what `JSON.stringify` gives at the moment of the call, cut where the session puts the request id.
 */
import { unexpected } from './arguments.js';

/** @typedef {import('./define.d.ts').Session} Session */
/** @typedef {import('./define.d.ts').Method} Method */
/** @typedef {import('./define.d.ts').CallOptions} CallOptions */
/** @typedef {import('./define.d.ts').Frame} Frame */
/** @typedef {Record<string, unknown>} Message */

/**
 * The frame up to the id that stands as its last member.
 * @param {Message} message
 */
const before = (message) => {
  const text = JSON.stringify(message);
  return text === '{}' ? '{"requestId":"' : text.slice(0, -1) + ',"requestId":"';
};

/**
 * The frame from the id on, when these members follow it.
 * @param {Message} rest
 */
const after = (rest) => {
  const text = JSON.stringify(rest);
  return text === '{}' ? '"}' : '",' + text.slice(1);
};

/**
 * Makes a call. It rejects if building its message throws.
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
export const attempt = (call) => {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
};

/**
 * A request whose id is the last member.
 * @param {Session} session
 * @param {Method} method
 * @param {Message} message
 * @param {CallOptions} [options]
 */
export const ask = (session, method, message, options) => {
  let head;
  try {
    head = before(message);
  } catch (error) {
    return Promise.reject(error);
  }
  return session.ask(method, [head, '"}'], options);
};

/**
 * A request whose id stands between constant members and the rest.
 * @param {Session} session
 * @param {Method} method
 * @param {string} head the frame up to the id
 * @param {Message} rest the members after the id
 * @param {CallOptions} [options]
 */
export const askAt = (session, method, head, rest, options) => {
  let tail;
  try {
    tail = after(rest);
  } catch (error) {
    return Promise.reject(error);
  }
  return session.ask(method, [head, tail], options);
};

/**
 * A request whose id stands between constant members and one more: the shape of most, and faster than `askAt`.
 * @param {Session} session
 * @param {Method} method
 * @param {string} head the frame up to the id
 * @param {string} name the member's name
 * @param {any} value its value
 * @param {CallOptions} [options]
 */
export const askWith = (session, method, head, name, value, options) => {
  let tail;
  try {
    // A toJSON gets the name of its member.
    const text = value?.toJSON ? undefined : JSON.stringify(value);
    tail = text === undefined ? after({ [name]: value }) : '","' + name + '":' + text + '}';
  } catch (error) {
    return Promise.reject(error);
  }
  return session.ask(method, [head, tail], options);
};

/**
 * A request whose members come from the caller's object, so that one of them may be a `requestId`: the id replaces its
 * value and keeps its place. A `toJSON` among them decides alone what is sent.
 * @param {Session} session
 * @param {Method} method
 * @param {Message} message
 * @param {CallOptions} [options]
 */
export const askSpread = (session, method, message, options) => {
  if (!('requestId' in message || 'toJSON' in message)) return ask(session, method, message, options);
  return session.ask(method, markedFrame(message), options);
};

/**
 * A message as a frame, the id last.
 * @param {Message} message
 * @returns {Frame}
 */
export const frameOf = (message) => [before(message), '"}'];

/**
 * A message as a frame whose id takes the value's place of its own `requestId`, if its JSON has it.
 * @param {Message} message
 * @returns {Frame}
 */
const markedFrame = (message) => {
  const mark = newMark();
  message.requestId = mark;
  const text = JSON.stringify(message);
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
};

/**
 * A message that no reply answers.
 * @param {Session} session
 * @param {Message} message
 */
export const tell = (session, message) => session.tell(frameOf(message));

/**
 * The same for members that come from the caller's object; see `askSpread`.
 * @param {Session} session
 * @param {Message} message
 */
export const tellSpread = (session, message) => {
  if (!('requestId' in message || 'toJSON' in message)) return tell(session, message);
  return session.tell(markedFrame(message));
};

/** The placeholder for a request id in a text. No member of the caller's can contain it. */
const newMark = () => crypto.getRandomValues(new Uint32Array(4)).join('-');

/** @type {Record<string, (value: any) => boolean>} */
const rules = {
  truthy: Boolean,
  notNull: (value) => value != null,
  defined: (value) => value !== undefined,
  nonEmpty: (value) => value != null && value !== '',
  object: (value) => typeof value === 'object' && value !== null,
  absoluteUrl: (value) => URL.canParse(value),
};

/**
 * A notification: sent under its own or a fresh `toolUseId` when its guards hold; otherwise, and when sending fails, an
 * error is logged. It never throws.
 * @param {Session} session
 * @param {Record<string, Record<string, unknown>>} guards the values that have to meet a rule, by rule and name
 * @param {() => Message} message
 */
export const notify = (session, guards, message) => {
  try {
    for (const rule in guards) {
      for (const name in guards[rule]) {
        if (!rules[rule](guards[rule][name])) throw invalid('the notification', name, guards[rule][name], rule);
      }
    }
    const members = message();
    members.toolUseId ||= newToolUseId();
    if (typeof members.toolUseId !== 'string') {
      throw invalid('the notification', 'toolUseId', members.toolUseId, 'a string');
    }
    tell(session, members);
  } catch (error) {
    console.error('codebolt: notification not sent:', error);
  }
};

/** A fresh id for a tool use: `tool_1700000000000_k3j9x0q2a`. */
export const newToolUseId = () => `tool_${Date.now()}_${Math.random().toString(36).slice(2, 11)}`;

/**
 * A copy that lacks some members.
 * @param {Message} value
 * @param {...string} names
 */
export const without = (value, ...names) => {
  if (value == null) throw new TypeError(`Cannot read members of ${value}`);
  const copy = { ...value };
  for (const name of names) delete copy[name];
  return copy;
};

/** Whether a value has a `toJSON`. @param {any} value */
export const hasToJSON = (value) => typeof value?.toJSON === 'function';

/**
 * Rejects a call whose argument is of the wrong kind.
 * @param {string} method
 * @param {string} argument
 * @param {unknown} value
 * @param {string} expected
 * @returns {Promise<never>}
 */
export const refuse = (method, argument, value, expected) => Promise.reject(invalid(method, argument, value, expected));

/** @param {string} method @param {string} argument @param {unknown} value @param {string} expected */
const invalid = (method, argument, value, expected) => unexpected(`${method}: argument '${argument}'`, expected, value, { type: method });
