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
 * @param {Session} session
 * @param {unknown} params
 * @param {CallOptions} [callOptions]
 */
const fetchPending = (session, params, callOptions) =>
  askWith(session, PENDING, '{"type":"agentEventQueue.getPendingEvents","requestId":"', 'params', params, callOptions);

/**
 * The events of a reply: the facts have them in three members.
 * @param {any} reply
 * @returns {any[]}
 */
const eventsOf = (reply) => {
  if (!reply?.success) return [];
  const candidates = [reply.data, reply.data?.events, reply.events];
  return candidates.find((candidate) => Array.isArray(candidate)) ?? [];
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
  /** Events that somebody has taken and that are being acknowledged. */
  #taken = new Set();

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
    this.cache.drop((earlier) => idOf(earlier) === idOf(event));
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

  /**
   * Takes the oldest events of the cache that nobody has taken; then acknowledge them.
   * @param {number} [most]
   */
  take(most) {
    const events = this.cache.items.filter((event) => !this.#taken.has(event)).slice(0, most);
    for (const event of events) this.#taken.add(event);
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
        console.error(`codebolt: event ${event?.eventId} was not acknowledged:`, error);
      }
      this.#taken.delete(event);
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
  async (params = {}, /** @type {CallOptions | undefined} */ callOptions) => {
    try {
      return eventsOf(await fetchPending(session, params, callOptions));
    } catch {
      return [];
    }
  };

/** @param {Session} session */
export const getPendingQueueEvents = (session) => {
  const events = queue(session);
  return async (/** @type {number | undefined} */ maxDepth, /** @type {CallOptions | undefined} */ callOptions) => {
    const cached = events.take(maxDepth === undefined ? undefined : Math.max(0, maxDepth));
    const found =
      cached.length > 0
        ? cached
        : eventsOf(await fetchPending(session, { limit: maxDepth }, callOptions).catch(() => undefined));
    return events.acknowledgeAll(found, callOptions);
  };
};

/** @param {Session} session */
export const waitForNextQueueEvent =
  (session) =>
  async (maxDepth = 1, /** @type {CallOptions | undefined} */ callOptions) => {
    const events = queue(session);
    const next = () => {
      const found = events.take(Math.max(1, maxDepth));
      return found.length > 0 ? found : undefined;
    };
    const found = await events.acknowledgeAll(await taken(session, [events.cache], next), callOptions);
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
export const checkForPendingExternalEvent = (session) => () => queue(session).external.take() ?? null;

/** @param {Session} session */
export const getPendingExternalEvents = (session) => () => queue(session).external.takeAll();

/** @param {Session} session */
export const getPendingExternalEventCount = (session) => () => queue(session).external.size;

/** @param {Session} session */
export const waitForAnyExternalEvent =
  (session) =>
  async (/** @type {CallOptions | undefined} */ callOptions) => {
    const events = queue(session);
    const event = await taken(session, [events.external], () => events.external.take());
    const id = event.type === 'agentQueueEvent' && idOf(event.data);
    if (id) {
      await events.acknowledgeAll([event.data], callOptions);
      events.drop(id);
    }
    return event;
  };
