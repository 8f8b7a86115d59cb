/**
 * `codebolt.websocket`: the connection as a WebSocket of `ws` shows one, for code that looks at its state, sends whole frames
 * and listens to it. What it sends goes the session's way, after what was sent before; it outlives a connection that is made anew.
 */
import { emitterClass } from '../platform/emitter.js';
import { CodeboltError } from '../error.js';
import { unexpected } from '../arguments.js';

/** @typedef {import('../session/session.js').Session} Session */
/** @typedef {import('../platform/emitter.js').Listener} Listener */

/** @type {Record<string, number>} */
const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

/** @type {Record<import('../index.d.ts').ConnectionState, number>} */
const STATE_OF = { idle: 3, connecting: 0, open: 1, reconnecting: 0, closing: 2, closed: 3 };

/** The events that listeners added with `addEventListener` may have, and what their event has besides `type` and `target`. @type {Record<string, (...values: any[]) => object>} */
const EVENTS = {
  open: () => ({}),
  message: (data) => ({ data: String(data) }),
  close: (code, reason) => ({ code, reason: String(reason), wasClean: code !== 1006 }),
  error: (error) => ({ error, message: error.message }),
  ping: (data) => ({ data }),
  pong: (data) => ({ data }),
};

/**
 * The socket of a session, which has been open.
 * @param {Session} session
 */
export const hostSocket = (session) => new (socketClass())(session);

/** @type {ReturnType<typeof makeClass> | undefined} */
let made;
/** Made on first use: in some runtimes its base class does not exist before. */
const socketClass = () => (made ??= makeClass(emitterClass()));

/** @param {new () => import('../platform/emitter.js').Emitter} Emitter */
const makeClass = (Emitter) => {
  class HostSocket extends Emitter {
    #session;
    #wasOpen = true;
    /** The emitter's listeners for those that were added with `addEventListener`. @type {Map<unknown, Map<string, Listener>>} */
    #targets = new Map();
    /** What was assigned to `onopen` and its like, and the listener that calls it. @type {Map<string, { handler: any, own: Listener }>} */
    #handlers = new Map();

    /** @param {Session} session */
    constructor(session) {
      super();
      this.#session = session;
      session.on('open', () => {
        this.#wasOpen = true;
        this.#hearPings();
        this.emit('open');
      });
      session.on('reconnecting', (details) => this.#ended(details));
      session.on('close', (details) => this.#ended(details));
      session.frames.add((data) => {
        if (this.listenerCount('message') > 0) this.emit('message', asBytes(data), typeof data !== 'string');
      });
      this.#hearPings();
    }

    /** @param {{ closeCode: number, closeReason: string }} details */
    #ended({ closeCode, closeReason }) {
      if (this.#wasOpen) {
        this.#wasOpen = false;
        this.emit('close', closeCode, asBytes(closeReason));
      } else if (this.listenerCount('error') > 0) {
        this.emit('error', new CodeboltError('CONNECT_FAILED', closeReason));
      }
    }

    #hearPings() {
      const { socket } = this.#session;
      for (const name of ['ping', 'pong']) socket?.on?.(name, (/** @type {any} */ data) => this.emit(name, data));
    }

    get readyState() {
      return STATE_OF[this.#session.state];
    }

    get bufferedAmount() {
      return this.#session.socket?.bufferedAmount ?? 0;
    }

    get url() {
      return this.#session.socket?.url ?? '';
    }

    /**
     * Sends a whole frame as it is, or has it wait. `callback` hears when it is with the socket, or why it never will be.
     * @param {unknown} data
     * @param {unknown} [options]
     * @param {(error?: unknown) => void} [callback]
     */
    send(data, options, callback) {
      const done = typeof options === 'function' ? options : callback;
      const sent = this.#session.tell([textOf(data)]);
      if (done) sent.then(() => this.#session.run(() => done()), (error) => this.#session.run(() => done(error)));
    }

    /** Closes the connection for good, as `codebolt.close()` does. */
    close() {
      this.#session.close(NaN);
    }

    terminate() {
      this.close();
    }

    /** @param {any[]} values */
    ping(...values) {
      this.#session.socket?.ping?.(...values);
    }

    /**
     * @param {string} type
     * @param {any} listener a function, or an object with `handleEvent`
     * @param {any} [options] `{ once }`, or whether it captures, which means nothing here
     */
    addEventListener(type, listener, options) {
      const own = this.#targets.get(listener) ?? new Map();
      if (listener == null || own.has(type) || !Object.hasOwn(EVENTS, type)) return;
      const once = options?.once;
      const heard = (/** @type {any[]} */ ...values) => {
        if (once) this.removeEventListener(type, listener);
        const event = { type, target: this, currentTarget: this, ...EVENTS[type](...values) };
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      };
      this.#targets.set(listener, own.set(type, heard));
      this.on(type, heard);
    }

    /** @param {string} type @param {any} listener */
    removeEventListener(type, listener) {
      const own = this.#targets.get(listener);
      const heard = own?.get(type);
      if (heard === undefined) return;
      /** @type {Map<string, Listener>} */ (own).delete(type);
      this.off(type, heard);
    }

    /** @param {string} type */
    handlerOf(type) {
      return this.#handlers.get(type)?.handler ?? null;
    }

    /** @param {string} type @param {any} handler */
    setHandler(type, handler) {
      this.removeEventListener(type, this.#handlers.get(type)?.own);
      if (typeof handler !== 'function') return void this.#handlers.delete(type);
      // A listener of its own: the same function may have been added besides.
      const own = (/** @type {unknown} */ event) => handler.call(this, event);
      this.#handlers.set(type, { handler, own });
      this.addEventListener(type, own);
    }
  }

  for (const name in STATES) {
    const state = { value: STATES[name], enumerable: true };
    Object.defineProperty(HostSocket, name, state);
    Object.defineProperty(HostSocket.prototype, name, state);
  }
  for (const type of ['open', 'message', 'close', 'error']) {
    Object.defineProperty(HostSocket.prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      /** @this {HostSocket} */
      get() {
        return this.handlerOf(type);
      },
      /** @this {HostSocket} @param {unknown} handler */
      set(handler) {
        this.setHandler(type, handler);
      },
    });
  }
  return HostSocket;
};

/**
 * Bytes where the runtime has `Buffer`, as `ws` gives them; else the text.
 * @param {any} data
 */
const asBytes = (data) => {
  const { Buffer } = /** @type {any} */ (globalThis);
  return Buffer && typeof data === 'string' ? Buffer.from(data) : data;
};

/**
 * A frame's text.
 * @param {unknown} data
 */
const textOf = (data) => {
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return String(data);
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return new TextDecoder().decode(/** @type {any} */ (data));
  throw unexpected("websocket.send: argument 'data'", 'a frame as a string, such as JSON.stringify(message)', data);
};
