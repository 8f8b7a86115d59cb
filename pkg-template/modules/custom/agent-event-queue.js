/** The custom methods of `codebolt.agentEventQueue`, which keeps events until somebody takes them. */
import { askWith } from '../../define.js';
import { background } from './background-child-threads.js';
import { Inbox, taken } from './inbox.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */

const PENDING = { type: 'agentEventQueue.getPendingEvents', replyTypes: ['agentEventQueue.getPendingEventsResponse'] };
const ACKNOWLEDGE = { type: 'agentEventQueue.ackEvent', replyTypes: ['agentEventQueue.ackEventResponse'] };

/**
 * The events that the host has; none when it cannot be asked.
 * @param {Session} session
 * @param {unknown} params
 * @param {CallOptions} [callOptions]
 * @returns {Promise<any[]>}
 */
const fetchPending = async (session, params, callOptions) => {
  try {
    const reply = await askWith(session, PENDING, '{"type":"agentEventQueue.getPendingEvents","requestId":"', 'params', params, callOptions);
    // The facts have them in three members.
    const candidates = reply?.success ? [reply.data, reply.data?.events, reply.events] : [];
    return candidates.find(Array.isArray) ?? [];
  } catch {
    return [];
  }
};

class EventQueue {
  #session;
  /** @type {Set<(event: any) => unknown>} */
  handlers = new Set();
  /** @type {Inbox<any>} */
  cache = new Inbox();
  /** Events of any kind: those of the queue, and those of background threads. */
  external;
  /** The events from before there was a queue, for the first handler. @type {any[]} */
  #early;
  /** The ids of events that somebody has taken and that are being acknowledged: nobody else gets them. */
  #claimed = new Set();
  /** For each fetch under way, the ids claimed since it was sent: the host may still list them. @type {Set<Set<string>>} */
  #fetches = new Set();

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.external = background(session).external;
    // From now on there is somebody to take them.
    this.external.bound = Infinity;
    // An event is in the member `event`, and has an id by which it is acknowledged. Other messages are not events.
    session.messages.receive(
      (message) => message.type === 'agentEvent' && !!idOf(message.event),
      (message) => this.#arrived(message.event),
      { atOnce: true },
    );
    this.#early = this.cache.items;
  }

  /** @param {(event: any) => unknown} handler */
  add(handler) {
    this.handlers.add(handler);
    const early = this.#early.splice(0);
    // Without the events that waiters have taken since.
    queueMicrotask(() => this.#tell(early.filter((event) => this.cache.items.includes(event))));
  }

  /** @param {any} event */
  #arrived(event) {
    if (!this.#isFree(event)) return;
    this.drop(idOf(event));
    this.cache.put(event);
    this.external.put({ type: 'agentQueueEvent', data: event });
    this.#tell([event]);
  }

  /** @param {any[]} events */
  #tell(events) {
    for (const event of events) {
      for (const handler of [...this.handlers]) this.#session.run(() => handler(event));
    }
  }

  /** @param {any} event */
  #isFree(event) {
    return !this.#claimed.has(idOf(event));
  }

  /** Whether nobody has taken an event of any kind. @param {import('./background-child-threads.js').ExternalEvent} event */
  isFree = ({ type, data }) => type !== 'agentQueueEvent' || this.#isFree(data);

  /** @param {any} event */
  #claim(event) {
    const id = idOf(event);
    if (!id) return;
    this.#claimed.add(id);
    for (const since of this.#fetches) since.add(id);
  }

  /**
   * Takes the oldest events of the cache that nobody has taken; then acknowledge them.
   * @param {number} [most]
   */
  take(most) {
    const events = this.cache.items.filter((event) => this.#isFree(event)).slice(0, most);
    for (const event of events) this.#claim(event);
    return events;
  }

  /** Takes the oldest event of any kind that nobody has taken; one of the queue is to be acknowledged then. */
  takeExternal() {
    const event = this.external.items.find(this.isFree);
    if (event?.type === 'agentQueueEvent') this.#claim(event.data);
    else if (event) this.external.drop((each) => each === event);
    return event;
  }

  /**
   * Takes events that the host has and nobody here; then acknowledge them.
   * @param {number | undefined} limit
   * @param {CallOptions} [callOptions]
   */
  async fetch(limit, callOptions) {
    const since = new Set(this.#claimed);
    this.#fetches.add(since);
    const events = (await fetchPending(this.#session, { limit }, callOptions)).filter((event) => !since.has(idOf(event)));
    this.#fetches.delete(since);
    for (const event of events) this.#claim(event);
    return events;
  }

  /** @param {string} eventId */
  drop(eventId) {
    this.cache.drop((event) => idOf(event) === eventId);
    this.external.drop(({ type, data }) => type === 'agentQueueEvent' && idOf(data) === eventId);
  }

  /**
   * Confirms an event to the host and drops it here.
   * @param {string} eventId
   * @param {boolean} success
   * @param {string} [errorMessage]
   * @param {CallOptions} [callOptions]
   */
  async acknowledge(eventId, success, errorMessage, callOptions) {
    const head = '{"type":"agentEventQueue.ackEvent","requestId":"';
    const params = { eventId, success, errorMessage };
    const reply = await askWith(this.#session, ACKNOWLEDGE, head, 'params', params, callOptions);
    this.drop(eventId);
    return reply;
  }

  /**
   * Confirms events one after another; one that fails is reported and stays.
   * @param {any[]} events
   * @param {CallOptions} [callOptions]
   */
  async acknowledgeAll(events, callOptions) {
    for (const event of events) {
      try {
        await this.acknowledge(event.eventId, true, undefined, callOptions);
      } catch (error) {
        console.error(`codebolt: acknowledging event ${event?.eventId} failed:`, error);
      }
      this.#claimed.delete(idOf(event));
      // Others who wait may take one that stays.
      this.cache.wake();
      this.external.wake();
    }
    return events;
  }
}

/** @param {any} event */
const idOf = (event) => event?.eventId;

const queue = /* @__PURE__ */ stateOf((session) => new EventQueue(session));

/** @param {Session} session */
export const _fetchPendingFromBackend =
  (session) =>
  (params = {}, /** @type {CallOptions | undefined} */ callOptions) =>
    fetchPending(session, params, callOptions);

/** @param {Session} session */
export const getPendingQueueEvents = (session) => {
  const events = queue(session);
  return async (/** @type {number | undefined} */ maxDepth, /** @type {CallOptions | undefined} */ callOptions) => {
    const cached = events.take(maxDepth === undefined ? undefined : Math.max(0, maxDepth));
    const found = cached.length > 0 ? cached : await events.fetch(maxDepth, callOptions);
    return events.acknowledgeAll(found, callOptions);
  };
};

/** @param {Session} session */
export const waitForNextQueueEvent =
  (session) =>
  async (maxDepth = 1, /** @type {CallOptions | undefined} */ callOptions) => {
    const events = queue(session);
    const next = () => {
      // What is not a number counts as one: of none, a wait would never end.
      const found = events.take(Math.max(1, maxDepth) || 1);
      return found.length > 0 ? found : undefined;
    };
    const found = await events.acknowledgeAll(await taken(session, [events.cache], next, callOptions), callOptions);
    return maxDepth === 1 ? found[0] : found;
  };

/** @param {Session} session */
export const onQueueEvent = (session) => (/** @type {(event: any) => unknown} */ handler) => {
  const events = queue(session);
  events.add(handler);
  session.connect();
  return () => {
    events.handlers.delete(handler);
  };
};

/** @param {Session} session */
export const acknowledgeEvent =
  (session) =>
  async (
    /** @type {string} */ eventId,
    success = true,
    /** @type {string | undefined} */ errorMessage,
    /** @type {CallOptions | undefined} */ callOptions,
  ) =>
    queue(session).acknowledge(eventId, success, errorMessage, callOptions);

/** @param {Session} session */
export const getLocalCacheSize = (session) => () => queue(session).cache.size;

/** @param {Session} session */
export const peekLocalCache = (session) => () => queue(session).cache.items;

/** @param {Session} session */
export const clearLocalCache = (session) => () => void queue(session).cache.takeAll();

/** @param {Session} session */
export const checkForPendingExternalEvent = (session) => () => {
  const { external, isFree } = queue(session);
  return external.take(isFree) ?? null;
};

/** @param {Session} session */
export const getPendingExternalEvents = (session) => () => {
  const { external, isFree } = queue(session);
  return external.takeAll(isFree);
};

/** @param {Session} session */
export const getPendingExternalEventCount = (session) => () => {
  const { external, isFree } = queue(session);
  return external.items.filter(isFree).length;
};

/** @param {Session} session */
export const waitForAnyExternalEvent =
  (session) =>
  async (/** @type {CallOptions | undefined} */ callOptions) => {
    const events = queue(session);
    const event = await taken(session, [events.external], () => events.takeExternal(), callOptions);
    if (event.type === 'agentQueueEvent') await events.acknowledgeAll([event.data], callOptions);
    return event;
  };
