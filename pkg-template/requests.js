/**
 * The requests of a session on their way through the WebAssembly module: who waits for which reply, and the short way there
 * and back for what nothing stands in the way of. The module keeps the books in numbers; promises, texts and payloads stay here.
 */
import { CodeboltError, rejectWith } from './error.js';

/** @typedef {import('./define.d.ts').Method} Method */
/** @typedef {import('./codebolt_wasm.js').Client} Client */
/** @typedef {(value?: any) => void} Resolve */

/**
 * What the module calls, and what both sides share; see its `Platform`.
 * @typedef {object} Bridge
 * @property {(name: string, details: any) => void} notify
 * @property {(message: any) => void} deliver
 * @property {(url: string) => any} connect
 * @property {(event: { data: unknown }) => void} [receive]
 * @property {typeof rejectWith} [reject]
 * @property {(Resolve | undefined)[]} [callers]
 * @property {string} [ids]
 */

/** The length of a request id. */
const ID_LENGTH = 36;

/** What the module gives for a place holds the index of its id in these lowest bits. */
const INDEX_BITS = 7;
const INDEX = (1 << INDEX_BITS) - 1;

export class Requests {
  #client;
  #bridge;
  #throwsOnError;
  /** The `resolve` of everybody who waits, by place. @type {(Resolve | undefined)[]} */
  #callers = [];
  /** @type {Map<Method, number>} */
  #handles = new Map();
  /** What stands around the id and the parameters of `createInstance`. @type {[string, string, string]} */
  #frame;
  /** The socket that was opened last. @type {any} */
  #socket;

  /**
   * @param {{ new (options: any, platform: any): Client, createInstanceFrame(): [string, string, string] }} clientClass the module's
   * @param {any} options
   * @param {Bridge} bridge
   */
  constructor(clientClass, options, bridge) {
    const { connect } = bridge;
    bridge.reject = rejectWith;
    bridge.callers = this.#callers;
    bridge.connect = (url) => (this.#socket = connect(url));
    bridge.receive = ({ data }) => this.#receive(data);
    this.#bridge = bridge;
    this.#throwsOnError = Boolean(options.throwOnError);
    this.#client = new clientClass(options, bridge);
    this.#frame = clientClass.createInstanceFrame();
  }

  /** Lets go of whom the module would otherwise hold for as long as there is a client. */
  release() {
    const bridge = this.#bridge;
    bridge.notify = bridge.deliver = bridge.connect = bridge.receive = nothing;
    this.#socket = undefined;
  }

  /**
   * Sends a request whose frame is `head`, a fresh id and `tail`, and settles with the reply.
   * @param {Method} method
   * @param {string} head
   * @param {string} tail
   * @returns {Promise<any>}
   */
  request(method, head, tail) {
    return new Promise((resolve) => {
      const client = this.#client;
      const timeout = method.timeout ?? NaN;
      const handle = this.#handle(method);
      const begun = client.begin(handle, head.length + tail.length, timeout);
      if (begun < 0) {
        const drawn = this.#draw(resolve);
        return client.call(drawn >>> INDEX_BITS, handle, head + this.#id(drawn) + tail, timeout);
      }
      this.#callers[begun >>> INDEX_BITS] = resolve;
      try {
        this.#socket.send(head + this.#id(begun) + tail);
      } catch (error) {
        return client.sendFailed(error);
      }
      client.sent();
    });
  }

  /**
   * The same for a call with options of its own. Returns the request's id.
   * @param {Method} method
   * @param {(id: string) => string} frame
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  call(method, frame, timeout, resolve) {
    const handle = this.#handle(method);
    const drawn = this.#draw(resolve);
    const id = this.#id(drawn);
    this.#client.call(drawn >>> INDEX_BITS, handle, frame(id), timeout);
    return id;
  }

  /**
   * `eventLog.createInstance`, by the module's function of that name.
   * @param {string} params as JSON
   * @returns {Promise<any>}
   */
  createInstance(params) {
    return new Promise((resolve) => {
      const client = this.#client;
      const begun = client.createInstance(params.length, NaN);
      if (begun < 0) return void this.createInstanceLater(params, NaN, resolve);
      this.#callers[begun >>> INDEX_BITS] = resolve;
      const frame = this.#frame;
      try {
        this.#socket.send(frame[0] + this.#id(begun) + frame[1] + params + frame[2]);
      } catch (error) {
        return client.sendFailed(error);
      }
      client.sent();
    });
  }

  /**
   * The same for what may have to wait, or has options of its own. Returns the request's id.
   * @param {string} params
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  createInstanceLater(params, timeout, resolve) {
    const drawn = this.#draw(resolve);
    const id = this.#id(drawn);
    const frame = this.#frame;
    this.#client.createInstanceLater(drawn >>> INDEX_BITS, frame[0] + id + frame[1] + params + frame[2], timeout);
    return id;
  }

  /**
   * Sends a message that gets no reply; settles when it is sent or waits to be sent.
   * @param {(id: string) => string} frame
   * @param {Resolve} resolve
   */
  send(frame, resolve) {
    const drawn = this.#draw(resolve);
    this.#client.send(drawn >>> INDEX_BITS, frame(this.#id(drawn)));
  }

  /**
   * Settles once the connection is open. Returns the id under which the wait can be given up.
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  waitForReady(timeout, resolve) {
    const drawn = this.#draw(resolve);
    const id = this.#id(drawn);
    this.#client.waitForReady(drawn >>> INDEX_BITS, timeout);
    return id;
  }

  /**
   * @param {number} drain
   * @param {Resolve} resolve
   */
  close(drain, resolve) {
    this.#client.close(this.#draw(resolve) >>> INDEX_BITS, drain);
  }

  connect() {
    this.#client.connect();
  }

  /** Gives a wait up: `undefined` when it has settled already. @param {string} id */
  abort(id) {
    return this.#client.abort(id);
  }

  /** @returns {import('./index.d.ts').ConnectionState} */
  get state() {
    return /** @type {any} */ (this.#client.state);
  }

  get occupancy() {
    return this.#client.occupancy();
  }

  /** @param {unknown} data */
  #receive(data) {
    /** @type {any} */
    let message;
    if (typeof data === 'string') {
      try {
        message = JSON.parse(data);
      } catch {
        // The module asks again, and reports it.
      }
      const id = message?.requestId;
      if (typeof id === 'string' && id.length === ID_LENGTH && !(this.#throwsOnError && message.success === false)) {
        const reply = this.#client.reply(id);
        if (reply >= 0) {
          const place = reply >> 1;
          const resolve = /** @type {Resolve} */ (this.#callers[place]);
          this.#callers[place] = undefined;
          resolve(message);
          if (reply & 1) this.#client.run();
          return;
        }
      }
    }
    this.#client.receive(data, message);
  }

  /** A place for a caller, and its id. @param {Resolve} resolve */
  #draw(resolve) {
    let drawn;
    try {
      drawn = this.#client.draw();
    } catch (cause) {
      if (typeof cause === 'string') throw new CodeboltError('QUEUE_FULL', cause);
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new CodeboltError(
        'NOT_SUPPORTED',
        `this runtime has no secure random source (crypto.getRandomValues): ${text}`,
        { cause },
      );
    }
    this.#callers[drawn >>> INDEX_BITS] = resolve;
    return drawn;
  }

  /** @param {number} drawn */
  #id(drawn) {
    const start = (drawn & INDEX) * ID_LENGTH;
    return /** @type {string} */ (this.#bridge.ids).substring(start, start + ID_LENGTH);
  }

  /** @param {Method} method */
  #handle(method) {
    const known = this.#handles.get(method);
    if (known !== undefined) return known;
    const types = /** @type {string[]} */ (method.replyTypes ?? [method.type]);
    if (method.once) return this.#client.methodOnce(method.type, types);
    const handle = this.#client.method(method.type, types);
    this.#handles.set(method, handle);
    return handle;
  }
}

/** Made here, where it holds no session. */
const nothing = () => {};
