/** What `codebolt.eventLog` does on top of the protocol's operations, with these alone. */
import { refuse } from '../../define.js';
import { CodeboltError } from '../../error.js';
import { shown } from '../../options.js';
import { unwrap as dataOf } from '../../unwrap.js';
import { eventLogMethods } from '../event-log.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */
/** @typedef {import('../event-log.d.ts').EventLogDSL} EventLogDSL */
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
    if (refusal.success || !/exists/i.test(refusal.error ?? '')) break;
    const { instances } = dataOf(await listInstances(callOptions));
    const found = instances.find((instance) => instance.name === name);
    if (found) return found;
    // Deleted in between: the name is free again.
  }
  return dataOf(/** @type {NonNullable<typeof refusal>} */ (refusal)).instance;
};

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
    (value) => value === undefined || (typeof value === 'number' && value >= 0 && value < 2 ** 31),
    'milliseconds as a number from 0 to 2147483647',
  ],
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
      const names = Object.keys(rules).join(', ');
      throw new CodeboltError(
        'INVALID_ARGUMENT',
        `eventLog.readEvents: option '${name}' does not exist; there are ${names}`,
      );
    }
  }
  for (const [name, [holds, wanted]] of Object.entries(rules)) {
    if (!holds(options[name])) throw bad(`options.${name}`, options[name], wanted);
  }
  // What the caller changes afterwards must not move the pages against each other.
  const where = JSON.parse(JSON.stringify(options.where ?? []));
  return /** @type {AsyncGenerator<any, void, undefined>} */ (read(session, { ...options, where }));
};

/** @param {string} argument @param {unknown} value @param {string} wanted */
const bad = (argument, value, wanted) =>
  new CodeboltError(
    'INVALID_ARGUMENT',
    `eventLog.readEvents: argument '${argument}' is ${shown(value)}; ${wanted} is wanted`,
    { type: 'eventLog.queryEvents' },
  );

/**
 * @param {Session} session
 * @param {ReadEventsOptions} options
 */
async function* read(session, { instanceId, stream, after, where = [], batchSize = 500, live, pollInterval = 1000, signal }) {
  const place = stream === undefined ? inInstance(instanceId, after) : inStream(instanceId, stream, after);
  for (;;) {
    const query = place.query();
    query.where = [...where, ...(query.where ?? [])];
    query.limit = batchSize;
    const { events = [], total } = await ask(session, query, signal);
    for (const event of events) {
      place.pass(event);
      yield event;
    }
    if (events.length > 0 && events.length < total - (query.offset ?? 0)) continue;
    if (!live) return;
    await pause(session, pollInterval, signal);
  }
}

/**
 * How far a reader of one stream has come: to a sequence number.
 * @param {string} instance
 * @param {string} stream
 * @param {number | undefined} after
 */
const inStream = (instance, stream, after) => ({
  /** @returns {EventLogDSL} */
  query: () => ({
    from: { instance, stream },
    where: after === undefined ? [] : [{ field: 'sequence_number', operator: 'gt', value: after }],
    orderBy: { field: 'sequence_number', direction: 'asc' },
  }),
  /** @param {{ sequence_number: number }} event */
  pass(event) {
    after = event.sequence_number;
  },
});

/**
 * How far a reader of a whole instance has come: to the nth event since an instant. The order is that of appending, in
 * which instants never run backwards; counting from the last one spares the host counting from the first event.
 * @param {string} instance
 * @param {number} [offset]
 */
const inInstance = (instance, offset = 0) => {
  /** @type {string | undefined} */
  let since;
  /** @type {string | undefined} */
  let last;
  return {
    /** @returns {EventLogDSL} */
    query: () => ({
      from: { instance },
      where: since === undefined ? [] : [{ field: 'timestamp', operator: 'gte', value: since }],
      orderBy: { field: 'timestamp', direction: 'asc' },
      offset,
    }),
    /** @param {{ timestamp: string }} event */
    pass({ timestamp }) {
      // Only where an instant begins within what was read is it known how many events it has before here.
      if (last !== undefined && timestamp !== last) {
        since = timestamp;
        offset = 0;
      }
      last = timestamp;
      offset++;
    },
  };
};

/**
 * Asks for a page. Asking changes nothing, so it is asked again when the connection was lost and is being made anew.
 * @param {Session} session
 * @param {EventLogDSL} query
 * @param {AbortSignal | undefined} signal
 */
const ask = async (session, query, signal) => {
  const { queryEvents } = operations(session);
  for (let attempt = 1; ; attempt++) {
    try {
      return dataOf(await queryEvents(query, signal && { signal })).result;
    } catch (error) {
      const isLost = /** @type {any} */ (error)?.code === 'CONNECTION_CLOSED';
      if (!isLost || session.state !== 'reconnecting' || attempt >= ATTEMPTS) throw error;
    }
  }
};

/**
 * Waits, but no longer than the connection or the caller's patience lasts.
 * @param {Session} session
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<void>}
 */
const pause = (session, milliseconds, signal) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      off();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const off = session.on('close', end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
