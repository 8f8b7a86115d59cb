/** A session as the package's modules use it: loads the WebAssembly module on first use and hands it the calls. */
import { readCallOptions } from './call-options.js';
import { CodeboltError, rejectWith } from './error.js';
import { Listeners, Messages } from './listeners.js';
import { checkOptions, shown } from './options.js';
import { Requests } from './requests.js';
import { flatten, isUserMessage } from './user-message.js';

/** @typedef {import('./define.d.ts').Method} Method */
/** @typedef {import('./define.d.ts').CallOptions} CallOptions */
/** @typedef {import('./platform/platform.d.ts').Platform} Platform */

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
  /** @type {Promise<Requests> | undefined} */
  #loading;
  #closed = false;
  #listeners = Object.fromEntries(
    EVENTS.map((name) => [
      name,
      // Those who hear of listeners that throw must not hear of themselves.
      new Listeners((error) => (name === 'listenerError' ? this.#platform.report(error) : this.report(error))),
    ]),
  );
  /** The last user message, flat. @type {any} */
  lastUserMessage;
  messages = new Messages((error) => this.report(error));

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
    if (this.#requests !== undefined && callOptions === undefined) return this.#requests.request(method, head, tail);
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
    if (this.#requests !== undefined && callOptions === undefined) return this.#requests.createInstance(params);
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
    sent.catch((error) => this.log('warn', 'a message was not sent', error));
    return sent;
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
      if (error.code !== 'CONNECTION_CLOSED') this.report(error);
    });
  }

  /**
   * @param {number} drain
   * @returns {Promise<void>}
   */
  close(drain) {
    if (this.#requests === undefined) {
      // Nothing was ever connected.
      this.#closed = true;
      if (this.#loading === undefined) return Promise.resolve();
      // What waits for the module goes first; without a module there is nothing to close.
      return this.#loading.then(
        (requests) => new Promise((resolve) => requests.close(drain, resolve)),
        () => {},
      );
    }
    return this.#use((requests, resolve) => requests.close(drain, resolve));
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
    return this.#listeners[name].add(listener);
  }

  /**
   * @param {string} level
   * @param {string} text
   * @param {unknown} details
   */
  log(level, text, details) {
    const logger = this.#logger;
    try {
      if (typeof logger === 'function') logger(level, text, details);
      else logger?.[level]?.(`codebolt: ${text}`, details);
    } catch {
      // A logger that throws has nobody left to tell.
    }
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
      const abort = () => {
        // Settled already: its own outcome stands.
        if (id !== undefined && this.#requests?.abort(id) === undefined) return;
        resolve(Promise.reject(signal.reason));
      };
      const settle = (/** @type {any} */ value) => {
        signal.removeEventListener('abort', abort);
        resolve(value);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#use((requests) => {
        if (!signal.aborted) id = start(requests, timeout, settle);
      }).catch((error) => settle(Promise.reject(error)));
    });
  }

  /**
   * Runs `work` with the module's session: at once where it is there (in Node always), else when the module has loaded, in order.
   * @param {(requests: Requests, resolve: (value?: any) => void) => unknown} work
   * @returns {Promise<any>}
   */
  #use(work) {
    return new Promise((resolve, reject) => {
      const begin = (/** @type {Requests} */ requests) => {
        try {
          work(requests, resolve);
        } catch (error) {
          reject(error);
        }
      };
      if (this.#requests) return begin(this.#requests);
      if (this.#closed) {
        return rejectWith(resolve, 'CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, hint: CLOSED });
      }
      const loaded = this.#load();
      if (loaded instanceof Promise) loaded.then(begin, reject);
      else begin(loaded);
    });
  }

  /** @returns {Requests | Promise<Requests>} */
  #load() {
    if (this.#loading) return this.#loading;
    const loaded = this.#platform.load(this.#connection.connectTimeout ?? 10_000);
    if (!(loaded instanceof Promise)) return this.#open(loaded);
    this.#loading = loaded
      .then((module) => this.#open(module))
      .catch((error) => {
        // The next use tries again.
        this.#loading = undefined;
        throw error;
      });
    return this.#loading;
  }

  /** @param {import('./platform/platform.d.ts').WebAssemblyModule} module */
  #open({ Client }) {
    const connect = this.#webSocket ? ownSocket(this.#webSocket) : (this.#platform.connect ?? standardSocket);
    try {
      this.#requests = new Requests(Client, this.#connection, {
        connect,
        notify: (name, details) => {
          this.#notify(name, details);
          // Nothing more is told, and the module would hold the session for as long as the client lives.
          if (name === 'close' && this.#requests?.state === 'closed') this.#requests.release();
        },
        deliver: (message) => this.#deliver(message),
      });
    } catch (error) {
      // The module throws texts: it does not know our class.
      throw typeof error === 'string' ? new CodeboltError('INVALID_ARGUMENT', error) : error;
    }
    return this.#requests;
  }

  /**
   * @param {string} name
   * @param {any} details
   */
  #notify(name, details) {
    this.log(name === 'open' ? 'info' : 'warn', name, details);
    this.#listeners[name]?.tell(details);
  }

  /** @param {any} message */
  #deliver(message) {
    if (isUserMessage(message)) this.lastUserMessage = flatten(message);
    this.#listeners.message.tell(message);
    const lost = this.messages.deliver(message);
    if (lost > 0) this.#notify('messagesLost', { count: lost });
  }
}

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
