/** A session as the package's modules use it: loads the WebAssembly module on first use and hands it the calls. */
import { readCallOptions } from './call-options.js';
import { CodeboltError, rejectWith } from './error.js';
import { Listeners, Messages } from './listeners.js';
import { checkOptions, shown } from './options.js';
import { flatten, isUserMessage } from './user-message.js';

/** @typedef {import('./define.d.ts').Method} Method */
/** @typedef {import('./define.d.ts').CallOptions} CallOptions */
/** @typedef {import('./codebolt_wasm.js').Client} Client */
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
  /** @type {Client | undefined} */
  #client;
  /** @type {Promise<Client> | undefined} */
  #loading;
  /** @type {Map<Method, number>} */
  #handles = new Map();
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
    const client = this.#client;
    if (client !== undefined && callOptions === undefined) {
      return new Promise((resolve) => {
        client.request(
          this.#handles.get(method) ?? this.#handle(client, method),
          head,
          tail,
          head.length + tail.length,
          method.timeout ?? NaN,
          resolve,
        );
      });
    }
    return this.#call(method, undefined, callOptions, (id) => head + id + tail);
  }

  /**
   * Sends `text`, which already holds `id`, and settles with the reply to it.
   * @param {Method} method
   * @param {string} id
   * @param {string} text
   * @param {CallOptions} [callOptions]
   * @returns {Promise<any>}
   */
  requestWithId(method, id, text, callOptions) {
    return this.#call(method, id, callOptions, () => text);
  }

  /**
   * @param {Method} method
   * @param {string | undefined} givenId
   * @param {CallOptions | undefined} callOptions
   * @param {(id: string) => string} frame
   * @returns {Promise<any>}
   */
  #call(method, givenId, callOptions, frame) {
    return this.#abortable(callOptions, method.timeout ?? NaN, (client, timeout, settle) => {
      const id = givenId ?? client.newRequestId();
      client.requestWithId(this.#handle(client, method), id, frame(id), timeout, settle);
      return id;
    });
  }

  /** A fresh request id. */
  newRequestId() {
    return this.#client ? this.#client.newRequestId() : randomUuid();
  }

  /**
   * Sends `head`, a fresh request id and `tail` as one frame that no reply answers. Rejects when it can neither be
   * sent nor wait to be sent; a caller that does not look is not punished for it.
   * @param {string} head
   * @param {string} tail
   * @returns {Promise<void>}
   */
  send(head, tail) {
    return this.#send((client) => head + client.newRequestId() + tail);
  }

  /**
   * Sends a whole frame that no reply answers.
   * @param {string} text
   */
  sendText(text) {
    return this.#send(() => text);
  }

  /**
   * @param {(client: Client) => string} frame
   * @returns {Promise<void>}
   */
  #send(frame) {
    const sent = this.#use((client, resolve) => client.send(frame(client), '', resolve));
    sent.catch((error) => this.log('warn', 'a message was not sent', error));
    return sent;
  }

  /**
   * Resolves once the connection is open.
   * @param {CallOptions} [callOptions]
   * @returns {Promise<void>}
   */
  waitForReady(callOptions) {
    return this.#abortable(callOptions, NaN, (client, timeout, settle) => {
      const id = client.newRequestId();
      client.waitForReady(id, timeout, settle);
      return id;
    });
  }

  /** Connects if nothing has yet; how it went is told by events. */
  connect() {
    this.#use((client, resolve) => resolve(client.connect())).catch((error) => {
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
    if (this.#client === undefined) {
      // Nothing was ever connected.
      this.#closed = true;
      if (this.#loading === undefined) return Promise.resolve();
      // What waits for the module goes first; without a module there is nothing to close.
      return this.#loading.then(
        (client) => new Promise((resolve) => client.close(drain, resolve)),
        () => {},
      );
    }
    return this.#use((client, resolve) => client.close(drain, resolve));
  }

  /** @returns {import('./index.d.ts').ConnectionState} */
  get state() {
    if (this.#client) return /** @type {any} */ (this.#client.state);
    if (this.#closed) return 'closed';
    return this.#loading ? 'connecting' : 'idle';
  }

  /** What the session holds. */
  get occupancy() {
    return this.#client?.occupancy();
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
   * @param {Client} client
   * @param {Method} method
   */
  #handle(client, method) {
    let handle = this.#handles.get(method);
    if (handle === undefined) {
      const types = /** @type {string[]} */ (method.replyTypes ?? [method.type]);
      if (method.once) return client.methodOnce(method.type, types);
      handle = client.method(method.type, types);
      this.#handles.set(method, handle);
    }
    return handle;
  }

  /**
   * Makes a call that can be aborted. `start` begins it and gives its id.
   * @param {any} callOptions
   * @param {number} standard
   * @param {(client: Client, timeout: number, settle: (value?: any) => void) => string} start
   * @returns {Promise<any>}
   */
  #abortable(callOptions, standard, start) {
    let signal, timeout;
    try {
      ({ signal, timeout } = readCallOptions(callOptions, standard));
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal === undefined) return this.#use((client, resolve) => start(client, timeout, resolve));
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve) => {
      /** @type {string | undefined} */
      let id;
      const abort = () => {
        // Settled already: its own outcome stands.
        if (id !== undefined && this.#client?.abort(id) === undefined) return;
        resolve(Promise.reject(signal.reason));
      };
      const settle = (/** @type {any} */ value) => {
        signal.removeEventListener('abort', abort);
        resolve(value);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#use((client) => {
        if (!signal.aborted) id = start(client, timeout, settle);
      }).catch((error) => settle(Promise.reject(error)));
    });
  }

  /**
   * Runs `work` with the client: at once where it is there (in Node always), else when the module has loaded, in order.
   * @param {(client: Client, resolve: (value?: any) => void) => unknown} work
   * @returns {Promise<any>}
   */
  #use(work) {
    return new Promise((resolve, reject) => {
      const begin = (/** @type {Client} */ client) => {
        try {
          work(client, resolve);
        } catch (error) {
          reject(error);
        }
      };
      if (this.#client) return begin(this.#client);
      if (this.#closed) {
        return rejectWith(resolve, 'CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, hint: CLOSED });
      }
      const loaded = this.#load();
      if (loaded instanceof Promise) loaded.then(begin, reject);
      else begin(loaded);
    });
  }

  /** @returns {Client | Promise<Client>} */
  #load() {
    if (this.#loading) return this.#loading;
    const loaded = this.#platform.load(this.#connection.connectTimeout ?? 10_000);
    if (!(loaded instanceof Promise)) return this.#makeClient(loaded);
    this.#loading = loaded
      .then((module) => this.#makeClient(module))
      .catch((error) => {
        // The next use tries again.
        this.#loading = undefined;
        throw error;
      });
    return this.#loading;
  }

  /** @param {import('./platform/platform.d.ts').WebAssemblyModule} module */
  #makeClient({ Client }) {
    const hooks = {
      reject: rejectWith,
      notify: (/** @type {string} */ name, /** @type {any} */ details) => {
        this.#notify(name, details);
        // The module holds these for as long as the client lives, which is as long as they hold the session.
        if (name === 'close' && this.#client?.state === 'closed') hooks.notify = hooks.deliver = nothing;
      },
      deliver: (/** @type {any} */ message) => this.#deliver(message),
      connect: this.#webSocket ? ownSocket(this.#webSocket) : this.#platform.connect,
    };
    try {
      this.#client = new Client(this.#connection, hooks);
    } catch (error) {
      // The module throws texts: it does not know our class.
      throw typeof error === 'string' ? new CodeboltError('INVALID_ARGUMENT', error) : error;
    }
    return this.#client;
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

/** Made here, where it holds no session. */
const nothing = () => {};

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

/** A version 4 UUID; `crypto.randomUUID` is missing on pages without TLS. */
const randomUuid = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};
