/**
 * A session as the facade and the modules use it: loads the WebAssembly module on first use, hands it the calls in order, and has
 * the listeners to what comes.
 */
import { CodeboltError, rejected } from '../error.js';
import { Inbox } from '../messages/inbox.js';
import { Listeners, run } from '../messages/listeners.js';
import { flatten, isUserMessage } from '../messages/user-message.js';
import { abortable, readCallOptions } from './call-options.js';
import { neverConnected, rejectClosed } from './errors.js';
import { CALL_EVENTS, CallObserver } from './call-observer.js';
import { Events } from './events.js';
import { LateBridge } from './late-bridge.js';
import { NO_STATS } from './bridge.js';
import { CREATE_INSTANCE } from './method-handles.js';
import { openBridge } from './open-bridge.js';
import { RefusalThrottle } from './refusal-throttle.js';
import { socketOpener } from './sockets.js';

/** @typedef {import('../define.d.ts').Frame} Frame */
/** @typedef {import('../define.d.ts').Method} Method */
/** @typedef {import('../define.d.ts').CallOptions} CallOptions */
/** @typedef {import('../platform/platform.d.ts').Platform} Platform */
/** @typedef {import('./bridge.js').Bridge} Bridge */

export class Session {
  #platform;
  #connection;
  #ownSocket;
  #events;
  #late = new LateBridge(() => this.#open());
  /** @type {import('./open-bridge.js').Hold} */
  #hold = { pin: undefined, weak: new WeakRef(this), frames: undefined, observer: undefined };
  #isClosed = false;
  /** Once nothing is sent any more. @type {RefusalThrottle | undefined} */
  #refusals;
  #inbox = new Inbox((error) => this.report(error));
  /** Whether calls may take the fast path: nothing has ended, and nobody listens to calls. */
  #isPlain = true;
  #reconnects = 0;

  /** Whether somebody listens, or is about to. */
  isHeard = false;
  /** The last user message, flat. @type {any} */
  lastUserMessage;
  /** The socket that was opened last. @type {any} */
  socket;
  /** Whether there has been a connection. */
  wasOpen = false;

  /**
   * @param {Platform} platform
   * @param {Partial<ReturnType<typeof import('./options.js').checkOptions>>} [options] the default instance has none
   */
  constructor(platform, { connection = {}, ownSocket, logger } = {}) {
    this.#platform = platform;
    this.#connection = connection;
    this.#ownSocket = ownSocket;
    this.#events = new Events(platform, logger);
  }

  /**
   * Sends a request, a fresh id between the halves of its frame, and settles with the reply.
   * @param {Method} method
   * @param {Frame} frame
   * @param {CallOptions} [callOptions]
   * @returns {Promise<any>}
   */
  ask(method, frame, callOptions) {
    this.#events.isAwaited = true;
    const { bridge } = this.#late;
    if (bridge !== undefined && callOptions === undefined && this.#isPlain && this.#platform.channels?.() === undefined) {
      return bridge.ask(method, frame);
    }
    return this.#startAbortable(
      callOptions,
      method.timeout ?? NaN,
      (bridge, timeout, resolve) => bridge.call(method, frame, timeout, resolve),
      method.type,
    );
  }

  /**
   * `eventLog.createInstance`, whose frame the module has.
   * @param {string} name
   * @param {string} [description]
   * @param {CallOptions} [callOptions]
   * @returns {Promise<any>}
   */
  createInstance(name, description, callOptions) {
    let params;
    try {
      params = JSON.stringify({ name, description });
    } catch (error) {
      return Promise.reject(error);
    }
    const { bridge } = this.#late;
    if (bridge !== undefined) return this.ask(CREATE_INSTANCE, bridge.createInstanceFrame(params), callOptions);
    return this.#startAbortable(
      callOptions,
      NaN,
      (bridge, timeout, resolve) => bridge.call(CREATE_INSTANCE, bridge.createInstanceFrame(params), timeout, resolve),
      CREATE_INSTANCE.type,
    );
  }

  /**
   * Sends a message that no reply answers. Rejects when it can neither be sent nor wait to be sent; a caller that does not look is
   * not punished for it.
   * @param {Frame} frame
   * @returns {Promise<void>}
   */
  tell(frame) {
    const sent = this.#start((bridge, resolve) => bridge.send(frame, resolve));
    sent.catch((error) => {
      this.#events.logUnsent(error);
      if (error.code === 'LOAD_FAILED') this.#events.setExitMessage(error.message);
    });
    return sent;
  }

  /** The host's messages. */
  get messages() {
    this.#pin();
    return this.#inbox;
  }

  /** Listeners to every frame that comes, replies included. */
  get frames() {
    this.#pin();
    return (this.#hold.frames ??= new Listeners((error) => this.report(error)));
  }

  /** Somebody listens, or is about to: the session lives for as long as something may come. */
  #pin() {
    if (this.isHeard) return;
    this.isHeard = true;
    const state = this.#late.bridge?.state ?? 'idle';
    if (state !== 'idle' && state !== 'closed') this.#hold.pin = this;
  }

  /**
   * Resolves once the connection is open.
   * @param {CallOptions} [callOptions]
   * @returns {Promise<void>}
   */
  waitForReady(callOptions) {
    return this.#startAbortable(callOptions, NaN, (bridge, timeout, resolve) => {
      // The bridge holds what it resolves. A session whose user has kept only this promise is not to end before it settles.
      /** @type {any} */ (resolve).session = this;
      return bridge.waitForReady(timeout, resolve);
    });
  }

  /** Connects if nothing has yet; events say how it went. */
  connect() {
    this.#start((bridge, resolve) => resolve(bridge.connect())).catch((error) => {
      this.#events.log('error', 'the connection could not be made', error);
      // Only an address that cannot be used and a module that cannot be loaded come here, and nobody awaits this.
      if (error.code === 'CONNECTION_CLOSED') return;
      this.report(error);
      if (!this.#events.isHeard('listenerError')) this.#events.setExitMessage('');
    });
  }

  /**
   * @param {number} drain for how many milliseconds requests may still settle; NaN: for none
   * @returns {Promise<void>}
   */
  close(drain) {
    this.#events.takeExitMessageBack();
    this.end();
    this.#isClosed = true;
    // Nothing was ever connected.
    if (!this.#late.isOpening) return Promise.resolve();
    // Calls that wait for the module go first. Without a module there is nothing to close.
    return new Promise((resolve) => this.#late.run((bridge) => bridge.close(drain, resolve), () => resolve()));
  }

  /** @returns {import('../index.d.ts').ConnectionState} */
  get state() {
    const { bridge, isOpening } = this.#late;
    if (bridge) return bridge.state;
    if (this.#isClosed) return 'closed';
    return isOpening ? 'connecting' : 'idle';
  }

  /** How much the session holds. */
  get occupancy() {
    return this.#late.bridge?.occupancy;
  }

  /** The requests that wait, oldest first. */
  get pending() {
    return [...(this.#late.bridge?.pending ?? []), ...this.#late.pending];
  }

  /** How much the session holds, and its counters. */
  get stats() {
    return { ...(this.#late.bridge?.stats ?? NO_STATS), reconnects: this.#reconnects };
  }

  /**
   * @param {string} name
   * @param {(details: any) => unknown} listener
   * @param {boolean} [once]
   */
  on(name, listener, once) {
    const off = this.#events.on(name, listener, once);
    if (CALL_EVENTS.includes(name)) this.#isPlain = false;
    this.#pin();
    return off;
  }

  /**
   * @param {string} name
   * @param {unknown} listener
   */
  off(name, listener) {
    this.#events.off(name, listener);
  }

  /** @param {string} text @param {unknown} details */
  debug(text, details) {
    this.#events.log('debug', text, details);
  }

  /**
   * Observes a call, if somebody looks.
   * @param {string} type
   * @param {(value?: any) => void} resolve
   */
  observe(type, resolve) {
    const channels = this.#platform.channels?.();
    if (channels === undefined && !this.#events.hearsCalls) {
      this.#isPlain = this.#refusals === undefined;
      return undefined;
    }
    const { weak } = this.#hold;
    this.#hold.observer ??= new CallObserver((name, details) => weak.deref()?.tellListeners(name, details));
    return this.#hold.observer.observe(type, resolve, channels);
  }

  /** @param {string} name @param {any} details */
  tellListeners(name, details) {
    this.#events.emit(name, details);
  }

  /**
   * Runs a user's function, and reports its errors and rejections.
   * @param {() => unknown} work
   */
  run(work) {
    run(work, (error) => this.report(error));
  }

  /** Reports an error of a user's listener. @param {unknown} error */
  report(error) {
    this.#events.report(error);
  }

  /**
   * Starts a call that can be aborted. `start` gives its id.
   * @param {any} callOptions
   * @param {number} standard the time limit when the call says nothing
   * @param {(bridge: Bridge, timeout: number, resolve: (value?: any) => void) => string} start
   * @param {string} [type] of a request
   * @returns {Promise<any>}
   */
  #startAbortable(callOptions, standard, start, type) {
    this.#events.isAwaited = true;
    let options;
    try {
      options = readCallOptions(callOptions, standard);
    } catch (error) {
      return Promise.reject(error);
    }
    const { signal, timeout } = options;
    if (signal === undefined) return this.#start((bridge, resolve) => start(bridge, timeout, resolve), type);
    return abortable(signal, (settle) => {
      /** @type {string | undefined} */
      let id;
      /** @type {Bridge | undefined} */
      let through;
      this.#start((bridge) => {
        if (signal.aborted) return;
        through = bridge;
        id = start(bridge, timeout, settle);
        // It was aborted from within, by a socket factory or a getter of the options, before there was an id.
        if (signal.aborted) bridge.abort(id);
      }, type).catch((error) => settle(rejected(error)));
      return () => {
        if (id === undefined) return true;
        if (/** @type {Bridge} */ (through).abort(id) === undefined) return false;
        this.#hold.observer?.aborted(id, signal.reason);
        return true;
      };
    });
  }

  /**
   * Starts a call. After the end it is refused.
   * @param {(bridge: Bridge, resolve: (value?: any) => void) => unknown} start
   * @param {string} [type] of a request
   * @returns {Promise<any>}
   */
  #start(start, type) {
    /** @type {any} */
    let own;
    const promise = new Promise((resolve, reject) => {
      own = resolve;
      const begin = (/** @type {Bridge} */ bridge) => start(bridge, resolve);
      if (this.#refusals === undefined) return this.#late.run(begin, reject, type);
      const isOpen = this.#late.bridge !== undefined;
      // Where there is a bridge, the module says how the connection ended.
      this.#refusals.run(() => (isOpen ? this.#late.run(begin, reject) : rejectClosed(resolve)));
    });
    return (own.promise = promise);
  }

  /** Loads the module and opens the bridge. */
  #open() {
    const loaded = this.#platform.load(this.#connection.connectTimeout ?? 10_000);
    return 'then' in loaded ? loaded.then((module) => this.#openWith(module)) : this.#openWith(loaded);
  }

  /** @param {import('../platform/platform.d.ts').WebAssemblyModule} module */
  #openWith({ Client }) {
    const options = { ...this.#connection, ownSocket: this.#ownSocket !== undefined };
    const { connect, logSocket } = this.#platform;
    const { weak } = this.#hold;
    const log = (/** @type {string} */ text, /** @type {unknown} */ details) => weak.deref()?.debug(text, details);
    const isUnref = Boolean(options.unref);
    const open = socketOpener(this.#ownSocket, connect && ((url) => connect(url, isUnref)));
    try {
      return openBridge(Client, options, logSocket && this.#events.logsFrames ? (url) => logSocket(open(url), url, log) : open, this.#hold);
    } catch (error) {
      // The module throws texts: it does not know our class.
      throw typeof error === 'string' ? new CodeboltError('INVALID_ARGUMENT', error) : error;
    }
  }

  /**
   * An event of the connection.
   * @param {string} name
   * @param {any} details
   */
  emit(name, details) {
    if (name === 'open') {
      this.wasOpen = true;
      if (details.again) this.#reconnects++;
      this.#events.takeExitMessageBack();
    } else if (name === 'close' && !this.wasOpen && !details.requested && !this.#events.isHeard('close')) {
      this.#events.setExitMessage(neverConnected(details));
    }
    this.#events.log(name === 'open' || details.requested ? 'info' : 'warn', name, details);
    this.#events.emit(name, details);
  }

  /** A message that is not a reply. @param {any} message */
  deliver(message) {
    if (isUserMessage(message)) this.lastUserMessage = flatten(message);
    this.#events.emit('message', message);
    const lost = this.#inbox.deliver(message);
    if (lost > 0) this.emit('messagesLost', { count: lost });
  }

  /** Nothing is sent any more. */
  end() {
    this.#refusals ??= new RefusalThrottle();
    this.#isPlain = false;
  }
}
