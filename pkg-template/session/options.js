/** Checks the options of a `Codebolt`. */
import { unexpected, unknownName } from '../arguments.js';
import { ownSocket } from './sockets.js';

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
const isText = (value) => typeof value === 'string';
/** @type {Check} */
const isFlag = (value) => typeof value === 'boolean';
/** @type {Check} */
const isTime = (value) => typeof value === 'number' && value >= 0;
/** @type {Check} */
const isCount = (value) => value === Infinity || (Number.isInteger(value) && value >= 0);
/** @type {Check} */
const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** @type {Check} */
const isFunction = (value) => typeof value === 'function';

const time = /** @type {const} */ ([isTime, 'milliseconds as a number, 0 or more']);
const count = /** @type {const} */ ([isCount, 'a whole number, 0 or more, or Infinity']);

/** @type {Record<string, readonly [Check, string]>} */
const reconnectRules = { initialDelay: time, maxDelay: time, maxAttempts: count, stableAfter: time };

/** @type {Record<string, readonly [Check, string]>} */
const rules = {
  url: [isText, "a WebSocket address as a string, for example 'ws://localhost:12345/codebolt'"],
  host: [isText, "a host name as a string, for example 'localhost'"],
  port: [(value) => Number.isInteger(value) && value > 0 && value < 65536, 'a port number from 1 to 65535'],
  secure: [isFlag, 'true or false'],
  params: [
    (value) => isPlain(value) && Object.values(value).every(isText),
    'an object whose members are strings, for example { tenant: "a" }',
  ],
  connectTimeout: time,
  requestTimeout: time,
  reconnect: [
    (value) => isFlag(value) || isPlain(value),
    'true, false or an object { initialDelay, maxDelay, maxAttempts, stableAfter }',
  ],
  maxQueued: count,
  maxInFlight: [(value) => isCount(value) && value > 0, 'a whole number, 1 or more, or Infinity'],
  keepAlive: time,
  highWaterMark: [(value) => isCount(value) && value > 0, 'bytes as a whole number, 1 or more'],
  maxFrameBytes: [(value) => isCount(value) && value > 0, 'bytes as a whole number, 1 or more'],
  throwOnError: [isFlag, 'true or false'],
  unref: [isFlag, 'true or false'],
  webSocket: [isFunction, 'a WebSocket constructor, or a function that makes a socket for an address'],
  logger: [
    (value) => isFunction(value) || isPlain(value),
    'an object with the methods debug, info, warn and error (such as console), or a function (level, text, details)',
  ],
};

/**
 * @param {Record<string, any>} options
 * @param {Record<string, readonly [Check, string]>} allowed
 * @param {string} of what the options are of: '' for the class's own
 */
const check = (options, allowed, of) => {
  for (const name of Object.keys(options)) {
    const rule = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (rule === undefined) throw unknownName(`${of}option`, name, Object.keys(allowed));
    const value = options[name];
    if (value !== undefined && !rule[0](value)) throw unexpected(`${of}option '${name}'`, rule[1], value);
  }
};

/**
 * Checks the options and splits them: `connection` goes to the WebAssembly module. The facade asks, and not the session: a program
 * that uses the default instance alone need not download this.
 * @param {any} options
 */
export const checkOptions = (options) => {
  if (options === undefined) options = {};
  if (!isPlain(options)) throw unexpected("new Codebolt: argument 'options'", 'an object', options);
  check(options, rules, '');
  const { webSocket, logger, reconnect, ...connection } = options;
  if (isPlain(reconnect)) check(reconnect, reconnectRules, 'reconnect ');
  // Copies, so that nothing of the caller's own is called when they are read.
  if (reconnect) connection.reconnect = { ...reconnect };
  connection.params = { ...connection.params };
  return { connection, ownSocket: webSocket && ownSocket(webSocket), logger };
};
