/** Reads an instance's events page by page, by queries alone. Asking changes nothing, so it may be asked again. */
import { onAbort } from '../../session/call-options.js';
import { clearTimeout, setTimeout } from '../../platform/clock.js';
import { CodeboltError } from '../../error.js';
import { run } from '../../messages/listeners.js';
import { unwrap as dataOf } from '../../client/unwrap.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../event-log.d.ts').EventLogDSL} EventLogDSL */
/** @typedef {import('../event-log.d.ts').ReadEventsOptions} ReadEventsOptions */
/** @typedef {{ where: NonNullable<EventLogDSL['where']> }} Conditions */

/** How often a page is asked for that a lost connection took, unless the reader is live. */
const ATTEMPTS = 3;

/** How long a live reader waits at least before it asks again, in milliseconds. */
const RETRY_PAUSE = 50;

/** Why the reading stops when its reader says so. */
const ENDED = Symbol('ended');

/**
 * @param {Session} session
 * @param {any} operations those of the event log
 * @param {ReadEventsOptions & Conditions} options checked
 * @returns {AsyncGenerator<any, void, undefined>}
 */
export const eventReader = (session, operations, options) => {
  const stop = new AbortController();
  const events = read(new Asking(session, operations, options, stop.signal), options, stop);
  const end = events.return.bind(events);
  // A generator's own `return` would wait for its pending `await`: in a live reader, for the next event.
  events.return = (value) => {
    stop.abort(ENDED);
    return end(value);
  };
  return events;
};

/**
 * @param {Asking} asking
 * @param {ReadEventsOptions & Conditions} options
 * @param {AbortController} stop
 * @returns {AsyncGenerator<any, void, undefined>}
 */
async function* read(asking, { stream, after, where, live, signal, ifAborted }, stop) {
  const abort = () => stop.abort(/** @type {AbortSignal} */ (signal).reason);
  if (signal?.aborted) abort();
  const off = signal ? onAbort(signal, abort) : () => {};
  const from = (/** @type {number | undefined} */ known) => (stream === undefined ? inInstance(known) : inStream(stream, known));
  let cursor = from(after);
  try {
    if (after) await asking.findInstance();
    for (;;) {
      const { query, page } = await asking.page((instance) => {
        const asked = cursor.query(instance);
        return { ...asked, where: [...where, ...asked.where] };
      });
      if (page === undefined) {
        cursor = from(undefined);
        continue;
      }
      const { events = [], total } = page;
      for (const event of events) {
        cursor.pass(event);
        yield event;
        // It was aborted: nobody gets the rest of the page.
        stop.signal.throwIfAborted();
      }
      if (events.length > 0 && events.length < total - (query.offset ?? 0)) continue;
      if (!live) return;
      await asking.pause();
    }
  } catch (error) {
    const isEnd = stop.signal.reason === ENDED || (ifAborted === 'end' && stop.signal.aborted);
    if (!isEnd) throw error;
  } finally {
    off();
  }
}

/**
 * How far a reader of one stream has come: to a sequence number.
 * @param {string} stream
 * @param {number | undefined} after
 */
const inStream = (stream, after) => ({
  /** @param {string} instance @returns {EventLogDSL & Conditions} */
  query: (instance) => ({
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
 * @param {number} [offset]
 */
const inInstance = (offset = 0) => {
  /** @type {string | undefined} */
  let since;
  /** @type {string | undefined} */
  let last;
  return {
    /** @param {string} instance @returns {EventLogDSL & Conditions} */
    query: (instance) => ({
      from: { instance },
      where: since === undefined ? [] : [{ field: 'timestamp', operator: 'gte', value: since }],
      orderBy: { field: 'timestamp', direction: 'asc' },
      offset,
    }),
    /** @param {{ timestamp: string }} event */
    pass({ timestamp }) {
      // The number of an instant's events before this one is only known if the instant begins within the pages that were read.
      if (last !== undefined && timestamp !== last) {
        since = timestamp;
        offset = 0;
      }
      last = timestamp;
      offset++;
    },
  };
};

/** Asks for pages: as large as they may be, again where a connection was lost, and of the instance that was read first. */
class Asking {
  #session;
  #operations;
  #options;
  #signal;
  /** The instance's id, once an event or the host has told it. @type {string | undefined} */
  #id;
  /** How many events are asked for. */
  #limit;

  /**
   * @param {Session} session
   * @param {any} operations
   * @param {ReadEventsOptions} options
   * @param {AbortSignal} signal
   */
  constructor(session, operations, options, signal) {
    this.#session = session;
    this.#operations = operations;
    this.#options = options;
    this.#signal = signal;
    this.#limit = options.batchSize ?? 500;
  }

  /** The instance that has the name now. */
  async findInstance() {
    const { instance } = dataOf(await this.#retried(() => this.#operations.getInstance(this.#options.instanceId, { signal: this.#signal })));
    this.#id = instance.id;
    return this.#id;
  }

  /**
   * The next page, and the query for it; no page where the instance is another one by now.
   * @param {(instance: string) => EventLogDSL} ask
   * @returns {Promise<{ query?: any, page?: any }>}
   */
  async page(ask) {
    const { instanceId, batchSize = 500 } = this.#options;
    for (;;) {
      const query = { ...ask(this.#id ?? instanceId), limit: this.#limit };
      try {
        const page = dataOf(await this.#retried(() => this.#operations.queryEvents(query, { signal: this.#signal }))).result;
        this.#limit = Math.min(batchSize, 2 * this.#limit);
        this.#id ??= page.events?.[0]?.instanceId;
        return { query, page };
      } catch (error) {
        // A signal's reason may be anything.
        const { code, hostCode = 'NOT_FOUND', closeCode } = /** @type {any} */ (error ?? {});
        if (this.#limit > 1 && ((code === 'HOST_ERROR' && isTooLarge(error)) || closeCode === 1009)) {
          this.#limit = this.#limit >> 1;
        } else if (code === 'HOST_ERROR' && hostCode === 'NOT_FOUND' && this.#id !== undefined && this.#id !== instanceId) {
          if (await this.#isAnother(error)) return {};
        } else {
          throw error;
        }
      }
    }
  }

  /**
   * Whether the name is another instance's by now. Throws where that ends the reading.
   * @param {unknown} cause
   */
  async #isAnother(cause) {
    const { instanceId, ifRecreated, live } = this.#options;
    const before = this.#id;
    const now = await this.findInstance().catch((error) => {
      if (error?.code === 'HOST_ERROR') return undefined;
      throw error;
    });
    if (now === undefined && ifRecreated === 'restart' && live) {
      // It may come again.
      this.#id = before;
      await this.pause();
      return false;
    }
    if (now === undefined || now === before) throw cause;
    if (ifRecreated === 'restart') return true;
    throw new CodeboltError(
      'HOST_ERROR',
      `eventLog.readEvents: the instance ${JSON.stringify(instanceId)} was deleted while it was read, and another made of this name. ` +
        "Start over with a new readEvents, or let it by ifRecreated: 'restart'",
      { type: 'eventLog.queryEvents', sent: true, cause },
    );
  }

  /**
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async #retried(ask) {
    const { live, onRetry } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const { state } = this.#session;
        const isLost = /** @type {any} */ (error)?.code === 'CONNECTION_CLOSED' && state === 'reconnecting';
        const goesOn = live ? isLost || (LATE.has(/** @type {any} */ (error)?.code) && ALIVE.has(state)) : isLost && attempt < ATTEMPTS;
        if (!goesOn || /** @type {any} */ (error).closeCode === 1009) throw error;
        if (onRetry) run(() => onRetry({ error: /** @type {CodeboltError} */ (error), attempt }), report(this.#session));
        if (live) await this.pause(RETRY_PAUSE);
      }
    }
  }

  /**
   * Waits, but no longer than the connection or the caller's time limit allow.
   * @param {number} [milliseconds] no more than a timer takes
   * @returns {Promise<void>}
   */
  pause(milliseconds = this.#options.pollInterval ?? 1000) {
    const signal = this.#signal;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        off();
        noAbort();
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      const off = this.#session.on('close', end);
      const noAbort = onAbort(signal, end);
      if (signal.aborted) end();
    });
  }
}

/** Whether a host says that a reply would be too large: by its code, or by the text of one that has no codes. @param {any} error */
const isTooLarge = ({ hostCode, message }) =>
  hostCode ? hostCode === 'LIMIT_EXCEEDED' : /larger than|too (large|big|long|many)|exceed|fewer/i.test(message);

/** The errors after which a live reader tries again while its session lives. */
const LATE = new Set(['CONNECTION_CLOSED', 'REQUEST_TIMEOUT', 'QUEUE_FULL']);
const ALIVE = new Set(['open', 'connecting', 'reconnecting']);

/** @param {any} session */
const report = (session) => (/** @type {unknown} */ error) => session.report(error);
