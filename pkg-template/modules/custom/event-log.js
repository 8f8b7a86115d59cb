/** The custom methods of `codebolt.eventLog`, made of the protocol's operations. */
import { refuse } from '../../define.js';
import { unexpected, unknownName } from '../../arguments.js';
import { unwrap as dataOf } from '../../client/unwrap.js';
import { LONGEST_DELAY } from '../../platform/clock.js';
import { eventLogMethods } from '../event-log.js';
import { eventReader } from './event-reader.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */
/** @typedef {import('../event-log.d.ts').ReadEventsOptions} ReadEventsOptions */

/** How often an instance may vanish between "exists" and the list before the caller hears of it. */
const ATTEMPTS = 3;

/** Made once a session: each making registers the operations with it. */
const operations = /* @__PURE__ */ stateOf((session) => eventLogMethods(session));

export const unwrap = (/** @type {Session} */ _session) => dataOf;

/** @param {Session} session */
export const getOrCreateInstance =
  (session) =>
  (/** @type {string} */ name, /** @type {string | undefined} */ description, /** @type {CallOptions | undefined} */ callOptions) =>
    typeof name === 'string'
      ? getOrCreate(session, name, description, callOptions)
      : refuse('eventLog.getOrCreateInstance', 'name', name, 'a string');

/**
 * Creates first and looks second: of two callers at once one creates, and the other is told that the name exists.
 * @param {Session} session
 * @param {string} name
 * @param {string | undefined} description
 * @param {CallOptions | undefined} callOptions
 */
const getOrCreate = async (session, name, description, callOptions) => {
  const { createInstance, listInstances } = operations(session);
  let refusal;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    refusal = await createInstance(name, description, callOptions).catch(refusalOf);
    if (refusal.success || !isTaken(refusal)) break;
    const found = await find(listInstances, name, callOptions);
    if (found) return found;
    // Deleted in between: the name is free again.
  }
  return dataOf(/** @type {NonNullable<typeof refusal>} */ (refusal)).instance;
};

/**
 * The instance of this name. A host that has many lists them in parts.
 * @param {import('../event-log.d.ts').EventLogMethods['listInstances']} listInstances
 * @param {string} name
 * @param {CallOptions | undefined} callOptions
 */
const find = async (listInstances, name, callOptions) => {
  let offset = 0;
  for (;;) {
    const { instances, more } = dataOf(await listInstances({ ...callOptions, offset: offset || undefined, limit: undefined }));
    const found = instances.find((instance) => instance.name === name);
    if (found || !more || instances.length === 0) return found;
    offset += instances.length;
  }
};

/** Whether a refusal says that the name is taken: by its code, or by the text of a host that has no codes. @param {any} refusal */
const isTaken = ({ code, error }) => (code ? code === 'ALREADY_EXISTS' : /exists/i.test(error));

/**
 * The reply that a client with `throwOnError` rejects with.
 * @param {any} error
 */
const refusalOf = (error) => {
  if (error?.code === 'HOST_ERROR') return error.reply;
  throw error;
};

/** @typedef {(value: any) => boolean} Check */

/** @type {Record<keyof ReadEventsOptions, readonly [Check, string]>} */
const rules = {
  instanceId: [(value) => typeof value === 'string', "an instance's id or name as a string"],
  stream: [(value) => value === undefined || typeof value === 'string', "a stream's name as a string"],
  after: [(value) => value === undefined || (Number.isSafeInteger(value) && value >= 0), 'a whole number, 0 or more'],
  where: [(value) => value === undefined || Array.isArray(value), 'an array of conditions'],
  batchSize: [(value) => value === undefined || (Number.isSafeInteger(value) && value > 0), 'a whole number, 1 or more'],
  live: [(value) => value === undefined || typeof value === 'boolean', 'true or false'],
  pollInterval: [
    (value) => value === undefined || (typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY),
    `milliseconds as a number from 0 to ${LONGEST_DELAY}`,
  ],
  onRetry: [(value) => value === undefined || typeof value === 'function', 'a function ({ error, attempt })'],
  ifRecreated: [(value) => value === undefined || value === 'fail' || value === 'restart', "'fail' or 'restart'"],
  ifAborted: [(value) => value === undefined || value === 'fail' || value === 'end', "'fail' or 'end'"],
  signal: [(value) => value === undefined || typeof value?.addEventListener === 'function', 'an AbortSignal'],
};

/**
 * @param {Session} session
 * @returns {import('../event-log.d.ts').EventLogMethods['readEvents']}
 */
export const readEvents = (session) => (/** @type {any} */ options) => {
  if (typeof options !== 'object' || options === null) throw bad('options', options, 'an object with an instanceId');
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw unknownName('readEvents option', name, Object.keys(rules));
    }
  }
  for (const [name, [holds, expected]] of Object.entries(rules)) {
    if (!holds(options[name])) throw bad(`options.${name}`, options[name], expected);
  }
  // A copy: if the caller changes the query later, the pages must still fit together.
  const where = JSON.parse(JSON.stringify(options.where ?? []));
  return eventReader(session, operations(session), { ...options, where });
};

/** @param {string} argument @param {unknown} value @param {string} expected */
const bad = (argument, value, expected) =>
  unexpected(`eventLog.readEvents: argument '${argument}'`, expected, value, { type: 'eventLog.queryEvents' });
