/** A session as the package's modules use it: loads the WebAssembly module on first use and hands it the calls. */
import { onAbort, readCallOptions } from './call-options.js';
import { setTimeout } from './clock.js';
import { CodeboltError, rejectWith } from './error.js';
import { Listeners, Messages, run } from './listeners.js';
import { checkOptions, shown } from './options.js';
import { Pace } from './pace.js';
import { Requests } from './requests.js';
import { flatten, isUserMessage } from './user-message.js';

/** @typedef {import('./define.d.ts').Method} Method */
/** @typedef {import('./define.d.ts').CallOptions} CallOptions */
/** @typedef {import('./platform/platform.d.ts').Platform} Platform */

/**
 * How the module reaches the session. It holds this for as long as there is a client, and this the session only while something
 * may come that somebody listens to: else a session that its user dropped can be collected.
 * @typedef {{ pin: Session | undefined, weak: WeakRef<Session>, frames: Listeners | undefined }} Hold
 */

/** Sessions that nobody has any more: their connections end. */
const dropped =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry((/** @type {Requests} */ requests) => requests.abandon());

/** @type {(keyof import('./index.d.ts').CodeboltEvents)[]} */
const EVENTS = [
  'open',
  'close',
  'reconnecting',
  'message',
  'protocolError',
  'dropped',
  'messagesLost',
  'listenerError',
];

export class Session {
  #platform;
  #connection;
  #webSocket;
  #logger;
  /** Once the module is loaded. @type {Requests | undefined} */
  #requests;
  /** What waits for the module, in order. @type {{ begin: (requests: Requests) => void, reject: (error: unknown) => void }[]} */
  #waiting = [];
  /** @type {Hold} */
  #hold = { pin: undefined, weak: new WeakRef(this), frames: undefined };
  #isHeard = false;
  /** How many messages could not be sent and nobody has logged yet, and why the last could not. */
  #unsent = 0;
  /** @type {unknown} */
  #unsentError;
  /** Whether the module is being loaded, or has been. */
  #loading = false;
  #closed = false;
  /** Once nothing is sent any more. @type {Pace | undefined} */
  #ended;
  /** Whether somebody's promise tells of the connection, so that nothing else need. */
  #isAwaited = false;
  /** Takes back what the program would say when it ends. @type {(() => void) | undefined} */
  #takeBack;
  #listeners = Object.fromEntries(
    EVENTS.map((name) => [
      name,
      // Those who hear of listeners that throw must not hear of themselves.
      new Listeners((error) => (name === 'listenerError' ? this.#platform.report(error) : this.report(error))),
    ]),
  );
  /** The last user message, flat. @type {any} */
  lastUserMessage;
  #messages = new Messages((error) => this.report(error));
  /** The socket that was opened last. @type {any} */
  socket;
  /** Whether there has been a connection. */
  wasOpen = false;

  /**
   * @param {Platform} platform
   * @param {unknown} [options]
   */
  constructor(platform, options) {
    this.#platform = platform;
    const { connection, webSocket, logger } = checkOptions(options);
    this.#connection = connection;
    this.#webSocket = webSocket;
    this.#logger = logger;
  }

  /**
   * Sends `head`, a fresh request id and `tail` as one frame, and settles with the reply.
   * @param {Method} method
   * @param {string} head
   * @param {string} tail
   * @param {CallOptions} [callOptions]
   * @returns {Promise<any>}
   */
  request(method, head, tail, callOptions) {
    this.#isAwaited = true;
    if (this.#requests !== undefined && callOptions === undefined && this.#ended === undefined) {
      return this.#requests.request(method, head, tail);
    }
    return this.#call(method, callOptions, (id) => head + id + tail);
  }

  /**
   * `eventLog.createInstance`, made in the module.
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
    this.#isAwaited = true;
    if (this.#requests !== undefined && callOptions === undefined && this.#ended === undefined) return this.#requests.createInstance(params);
    return this.#abortable(callOptions, NaN, (requests, timeout, settle) =>
      requests.createInstanceLater(params, timeout, settle),
    );
  }

  /**
   * Sends `text` with a fresh request id where it holds `mark`, if it does, and settles with the reply.
   * @param {Method} method
   * @param {string} mark
   * @param {string} text
   * @param {CallOptions} [callOptions]
   * @returns {Promise<any>}
   */
  requestMarked(method, mark, text, callOptions) {
    return this.#call(method, callOptions, (id) => text.replace(mark, id));
  }

  /**
   * @param {Method} method
   * @param {CallOptions | undefined} callOptions
   * @param {(id: string) => string} frame
   * @returns {Promise<any>}
   */
  #call(method, callOptions, frame) {
    return this.#abortable(callOptions, method.timeout ?? NaN, (requests, timeout, settle) =>
      requests.call(method, frame, timeout, settle),
    );
  }

  /**
   * Sends `head`, a fresh request id and `tail` as one frame that no reply answers. Rejects when it can neither be
   * sent nor wait to be sent; a caller that does not look is not punished for it.
   * @param {string} head
   * @param {string} tail
   * @returns {Promise<void>}
   */
  send(head, tail) {
    return this.#send((id) => head + id + tail);
  }

  /**
   * Sends `text`, which no reply answers, with a fresh request id where it holds `mark`, if it does.
   * @param {string} mark
   * @param {string} text
   */
  sendMarked(mark, text) {
    return this.#send((id) => text.replace(mark, id));
  }

  /**
   * Sends a whole frame that no reply answers.
   * @param {string} text
   */
  sendText(text) {
    return this.#send(() => text);
  }

  /**
   * @param {(id: string) => string} frame
   * @returns {Promise<void>}
   */
  #send(frame) {
    const sent = this.#use((requests, resolve) => requests.send(frame, resolve));
    sent.catch((error) => {
      this.#logUnsent(error);
      if (error.code === 'LOAD_FAILED') this.#lastWord(error.message);
    });
    return sent;
  }

  /**
   * Once a turn, for a logger may send what it logs.
   * @param {unknown} error
   */
  #logUnsent(error) {
    if (this.#logger === undefined) return;
    this.#unsentError = error;
    if (this.#unsent++ > 0) return;
    setTimeout(() => {
      const count = this.#unsent;
      this.#unsent = 0;
      this.log('warn', count === 1 ? 'a message was not sent' : `${count} messages were not sent`, this.#unsentError);
    }, 0);
  }

  /** The host's messages. */
  get messages() {
    this.#pin();
    return this.#messages;
  }

  /** Listeners to every frame that comes, replies included. */
  get frames() {
    this.#pin();
    return (this.#hold.frames ??= new Listeners((error) => this.report(error)));
  }

  /** Somebody listens, or is about to. */
  #pin() {
    if (this.#isHeard) return;
    this.#isHeard = true;
    const state = this.#requests?.state ?? 'idle';
    if (state !== 'idle' && state !== 'closed') this.#hold.pin = this;
  }

  /**
   * Resolves once the connection is open.
   * @param {CallOptions} [callOptions]
   * @returns {Promise<void>}
   */
  waitForReady(callOptions) {
    return this.#abortable(callOptions, NaN, (requests, timeout, settle) => requests.waitForReady(timeout, settle));
  }

  /** Connects if nothing has yet; how it went is told by events. */
  connect() {
    this.#use((requests, resolve) => resolve(requests.connect())).catch((error) => {
      this.log('error', 'the connection could not be made', error);
      // Only an address that cannot be used and a module that cannot be loaded come here, and nobody awaits this.
      if (error.code === 'CONNECTION_CLOSED') return;
      this.report(error);
      if (this.#listeners.listenerError.size === 0) this.#lastWord('');
    });
  }

  /**
   * What the program says when it ends by itself, unless it has been told in another way. The connection may have been all
   * that it lived for, and then it ended as if all was well.
   * @param {string} text
   */
  #lastWord(text) {
    if (this.#isAwaited || this.#logger) return;
    this.#takeBack ??= this.#platform.lastWord?.(text);
  }

  /**
   * @param {number} drain
   * @returns {Promise<void>}
   */
  close(drain) {
    this.#takeBack?.();
    this.#ended ??= new Pace();
    const requests = this.#requests;
    if (requests) return new Promise((resolve) => requests.close(drain, resolve));
    // Nothing was ever connected.
    this.#closed = true;
    if (!this.#loading) return Promise.resolve();
    // What waits for the module goes first; without a module there is nothing to close.
    return this.#whenLoaded((requests, resolve) => requests.close(drain, resolve)).catch(() => {});
  }

  /** @returns {import('./index.d.ts').ConnectionState} */
  get state() {
    if (this.#requests) return this.#requests.state;
    if (this.#closed) return 'closed';
    return this.#loading ? 'connecting' : 'idle';
  }

  /** What the session holds. */
  get occupancy() {
    return this.#requests?.occupancy;
  }

  /**
   * @param {string} name
   * @param {(details: any) => unknown} listener
   */
  on(name, listener) {
    if (!Object.hasOwn(this.#listeners, name)) {
      throw new CodeboltError('INVALID_ARGUMENT', `there is no event ${shown(name)}; there are ${EVENTS.join(', ')}`);
    }
    mustBeFunction('on', 'listener', listener);
    this.#pin();
    return this.#listeners[name].add(listener);
  }

  /**
   * @param {string} level
   * @param {string} text
   * @param {unknown} details
   */
  log(level, text, details) {
    const logger = this.#logger;
    // A logger that throws or rejects has nobody left to tell.
    run(() => (typeof logger === 'function' ? logger(level, text, details) : logger?.[level]?.(`codebolt: ${text}`, details)), () => {});
  }

  /**
   * Runs what a user wrote; what it throws, or rejects with, is reported.
   * @param {() => unknown} work
   */
  run(work) {
    run(work, (error) => this.report(error));
  }

  /**
   * What a listener of the user's threw.
   * @param {unknown} error
   */
  report(error) {
    this.log('error', 'a listener threw', error);
    if (this.#listeners.listenerError.size > 0) this.#listeners.listenerError.tell(error);
    else if (!this.#logger) this.#platform.report(error);
  }

  /**
   * Makes a call that can be aborted. `start` begins it and gives its id.
   * @param {any} callOptions
   * @param {number} standard
   * @param {(requests: Requests, timeout: number, settle: (value?: any) => void) => string} start
   * @returns {Promise<any>}
   */
  #abortable(callOptions, standard, start) {
    this.#isAwaited = true;
    let signal, timeout;
    try {
      ({ signal, timeout } = readCallOptions(callOptions, standard));
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal === undefined) return this.#use((requests, resolve) => start(requests, timeout, resolve));
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve) => {
      /** @type {string | undefined} */
      let id;
      /** @type {Requests | undefined} */
      let through;
      const off = onAbort(signal, () => {
        // Settled already: its own outcome stands.
        if (id !== undefined && through?.abort(id) === undefined) return;
        resolve(Promise.reject(signal.reason));
      });
      const settle = (/** @type {any} */ value) => {
        off();
        resolve(value);
      };
      this.#use((requests) => {
        if (signal.aborted) return;
        through = requests;
        id = start(requests, timeout, settle);
        // Aborted from within, by what makes the socket or reads the options: it was not to be had yet.
        if (signal.aborted) requests.abort(id);
      }).catch((error) => settle(Promise.reject(error)));
    });
  }

  /**
   * Runs `work` with the module's session: at once where it is there (in Node always), else when the module has loaded, in order.
   * @param {(requests: Requests, resolve: (value?: any) => void) => unknown} work
   * @returns {Promise<any>}
   */
  #use(work) {
    const ended = this.#ended;
    if (!ended) return this.#whenLoaded(work);
    const requests = this.#requests;
    return new Promise((resolve, reject) =>
      ended.run(() => {
        if (!requests) return rejectWith(resolve, 'CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, hint: CLOSED });
        begin(requests, work, resolve, reject);
      }),
    );
  }

  /**
   * @param {(requests: Requests, resolve: (value?: any) => void) => unknown} work
   * @returns {Promise<any>}
   */
  #whenLoaded(work) {
    /** @type {any} */
    let own;
    const promise = new Promise((resolve, reject) => {
      own = resolve;
      if (this.#requests) return begin(this.#requests, work, resolve, reject);
      this.#waiting.push({ begin: (requests) => begin(requests, work, resolve, reject), reject });
      if (!this.#loading) this.#load();
    });
    return (own.promise = promise);
  }

  /** Loads the module and lets begin what waits for it. Those that come while it does so wait too, so that all keep their order. */
  async #load() {
    this.#loading = true;
    try {
      const loaded = this.#platform.load(this.#connection.connectTimeout ?? 10_000);
      // At once where it can be. Not by its class: a page may have put another in the place of the engine's.
      const requests = this.#open('then' in loaded ? await loaded : loaded);
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) next.begin(requests);
      this.#requests = requests;
    } catch (error) {
      // The next use tries again.
      this.#loading = false;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }

  /** @param {import('./platform/platform.d.ts').WebAssemblyModule} module */
  #open({ Client }) {
    const connect = this.#webSocket ? ownSocket(this.#webSocket) : (this.#platform.connect ?? standardSocket);
    const options = { ...this.#connection, ownSocket: this.#webSocket !== undefined };
    try {
      return Session.#through(Client, options, settling(connect), this.#hold);
    } catch (error) {
      // The module throws texts: it does not know our class.
      throw typeof error === 'string' ? new CodeboltError('INVALID_ARGUMENT', error) : error;
    }
  }

  /**
   * The requests of the session that is held, from where nothing else holds it.
   * @param {import('./platform/platform.d.ts').WebAssemblyModule['Client']} Client
   * @param {any} options
   * @param {(url: string) => any} connect
   * @param {Hold} hold
   */
  static #through(Client, options, connect, hold) {
    const session = () => hold.pin ?? hold.weak.deref();
    /** @type {import('./requests.js').Bridge} */
    const bridge = {
      connect(url) {
        const connecting = hold.weak.deref();
        if (connecting && connecting.#isHeard) hold.pin = connecting;
        const socket = connect(url);
        if (connecting) connecting.socket = socket;
        return socket;
      },
      notify(name, details) {
        const told = session();
        if (told) told.#notify(name, details);
        if (name !== 'close') return;
        const { state } = requests;
        if (state !== 'idle' && state !== 'closed') return;
        // Nothing more is told before the next use, and the module would hold all this for as long as the client lives.
        hold.pin = undefined;
        if (told) told.socket = undefined;
        if (state === 'idle') return requests.forgetSocket();
        if (told) told.#ended ??= new Pace();
        requests.release();
      },
      deliver(message) {
        const told = session();
        if (told) told.#deliver(message);
      },
    };
    const requests = new Requests(Client, options, bridge);
    const receive = /** @type {NonNullable<typeof bridge.receive>} */ (bridge.receive);
    bridge.receive = (event) => {
      receive(event);
      if (hold.frames !== undefined && hold.frames.size > 0) hold.frames.tell(event.data);
    };
    dropped?.register(/** @type {Session} */ (hold.weak.deref()), requests);
    return requests;
  }

  /**
   * @param {string} name
   * @param {any} details
   */
  #notify(name, details) {
    if (name === 'open') {
      this.wasOpen = true;
      this.#takeBack?.();
      this.#takeBack = undefined;
    } else if (name === 'close' && !this.wasOpen && !details.requested && this.#listeners.close.size === 0) {
      this.#lastWord(neverConnected(details));
    }
    this.log(name === 'open' ? 'info' : 'warn', name, details);
    this.#listeners[name]?.tell(details);
  }

  /** @param {any} message */
  #deliver(message) {
    if (isUserMessage(message)) this.lastUserMessage = flatten(message);
    this.#listeners.message.tell(message);
    const lost = this.#messages.deliver(message);
    if (lost > 0) this.#notify('messagesLost', { count: lost });
  }
}

/** @param {import('./index.d.ts').CloseDetails} details */
const neverConnected = ({ address, closeReason }) =>
  `no connection to ${address} came about${closeReason ? ` (${closeReason})` : ''}, and this program has nothing else to do. ` +
  'Start the host, or say where it is: by the environment variables SOCKET_PORT and CODEBOLT_SERVER_URL, or by new Codebolt({ url }).';

/**
 * @param {Requests} requests
 * @param {(requests: Requests, resolve: (value?: any) => void) => unknown} work
 * @param {(value?: any) => void} resolve
 * @param {(error: unknown) => void} reject
 */
const begin = (requests, work, resolve, reject) => {
  try {
    work(requests, resolve);
  } catch (error) {
    reject(error);
  }
};

const CLOSED = 'close() was called. Make a new Codebolt to connect again.';

/**
 * @param {string} method
 * @param {string} name
 * @param {unknown} value
 */
export const mustBeFunction = (method, name, value) => {
  if (typeof value !== 'function') {
    throw new CodeboltError('INVALID_ARGUMENT', `${method}: argument '${name}' is ${shown(value)}; a function is wanted`);
  }
};

/**
 * What opens a socket, where a failure is told later like any other: whoever answers it by connecting again must leave the others
 * a turn.
 * @param {(url: string) => any} connect
 * @returns {(url: string) => any}
 */
const settling = (connect) => (url) => {
  let reason;
  try {
    const socket = connect(url);
    if (socket.readyState !== 3) return socket;
    reason = 'the socket was closed from the start';
  } catch (error) {
    reason = String(/** @type {any} */ (error)?.message ?? error);
  }
  /** @type {any} */
  const failed = { readyState: 0, send: noSocket, close: noSocket };
  setTimeout(() => failed.onclose?.({ code: 1006, reason }), 0);
  return failed;
};

const noSocket = () => {};

/** The runtime's own socket. @param {string} url */
const standardSocket = (url) => new WebSocket(url);

/**
 * A socket of the caller's making: a constructor's or a plain function's.
 * @param {any} make
 */
const ownSocket = (make) => (/** @type {string} */ url) => {
  const socket = make.prototype === undefined ? make(url) : new make(url);
  if (typeof socket?.send !== 'function' || typeof socket.close !== 'function' || typeof socket.readyState !== 'number') {
    throw new TypeError(`option 'webSocket' gave ${shown(socket)}; a WebSocket is wanted`);
  }
  // What throws here is told as the reason; in the module it could not be caught.
  for (const name of ['onopen', 'onmessage', 'onerror', 'onclose', 'onping', 'binaryType']) socket[name] = socket[name] ?? null;
  return socket;
};
