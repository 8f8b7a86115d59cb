/**
 * The requests of a session on their way through the WebAssembly module: who waits for which reply, and the short way there
 * and back for what nothing stands in the way of. The module keeps the books in numbers; promises, texts and payloads stay here.
 *
 * What the module throws where it should throw nothing is a trap: the stack or the memory was used up within it, and what it
 * knows of this session may be half written. It is then entered no more for this session, whose callers all are told.
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
 * @property {(handler: (event?: any) => void) => (event?: any) => void} [guard]
 * @property {typeof rejectWith} [reject]
 * @property {(Resolve | undefined)[]} [callers]
 * @property {string} [ids]
 * @property {string} [messageIds]
 */

/** The length of a request id. */
const ID_LENGTH = 36;

/** What the module gives for a place holds the index of its id in these lowest bits. */
const INDEX_BITS = 7;
const INDEX = (1 << INDEX_BITS) - 1;

const HANDLERS = ['onopen', 'onmessage', 'onclose', 'onping'];

const turn = Promise.resolve();

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
  #address = '';
  /** The trap that the module fell into, in a list; nobody may enter it since. @type {unknown[] | undefined} */
  #trap;
  #isBuried = false;
  /** How the module's own listeners reach this, until it is released. @type {{ requests: Requests | undefined }} */
  #held = { requests: this };

  /**
   * Functions that call the module's, from where nothing else holds this.
   * @param {{ requests: Requests | undefined }} held
   * @returns {Bridge['guard']}
   */
  static #guard = (held) => (handler) => (event) => {
    const { requests } = held;
    if (requests === undefined) return;
    if (requests.#trap !== undefined) return requests.#bury();
    try {
      handler(event);
    } catch (error) {
      // A socket that was let go may call what is no more, which throws another error.
      if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError || isTooDeep(error)) requests.#trapped(error);
    }
  };

  /**
   * @param {{ new (options: any, platform: any): Client, createInstanceFrame(): [string, string, string] }} clientClass the module's
   * @param {any} options
   * @param {Bridge} bridge
   */
  constructor(clientClass, options, bridge) {
    const { connect } = bridge;
    bridge.reject = rejectWith;
    bridge.callers = this.#callers;
    bridge.connect = (url) => {
      [this.#address] = url.split('?', 1);
      return (this.#socket = connect(url));
    };
    bridge.receive = ({ data }) => this.#receive(data);
    bridge.guard = Requests.#guard(this.#held);
    this.#bridge = bridge;
    this.#throwsOnError = Boolean(options.throwOnError);
    this.#client = new clientClass(options, bridge);
    this.#frame = clientClass.createInstanceFrame();
  }

  /** Lets go of whom the module would otherwise hold for as long as there is a client. */
  release() {
    const bridge = this.#bridge;
    bridge.notify = bridge.deliver = bridge.connect = bridge.receive = nothing;
    bridge.guard = undefined;
    this.#held.requests = undefined;
    this.#socket = undefined;
  }

  /** There is no socket any more. */
  forgetSocket() {
    this.#socket = undefined;
  }

  /** Nobody can call any more: closes once those who wait have settled. */
  abandon() {
    if (this.#trap !== undefined) return;
    const drain = this.occupancy.waiting > 0 ? Infinity : ABANDONED_DRAIN;
    this.close(drain, nothing);
  }

  /**
   * Sends a request whose frame is `head`, a fresh id and `tail`, and settles with the reply.
   * @param {Method} method
   * @param {string} head
   * @param {string} tail
   * @returns {Promise<any>}
   */
  request(method, head, tail) {
    /** @type {any} */
    let own;
    const promise = new Promise((resolve) => {
      own = resolve;
      if (this.#trap !== undefined) return this.#refuse(resolve);
      const timeout = method.timeout ?? NaN;
      const socket = this.#socket;
      let handle, begun;
      try {
        const client = this.#client;
        handle = this.#handle(method);
        begun = socket === undefined || isEnding(socket) ? NOWHERE : client.begin(handle, head.length + tail.length, timeout);
        if (begun !== NOWHERE) {
          this.#callers[begun >>> INDEX_BITS] = resolve;
          try {
            socket.send(head + this.#id(begun) + tail);
          } catch (error) {
            return client.sendFailed(error);
          }
          return client.sent();
        }
      } catch (error) {
        throw this.#trapped(error);
      }
      this.#call(handle, (id) => head + id + tail, timeout, resolve);
    });
    return (own.promise = promise);
  }

  /**
   * The same for a call with options of its own. Returns the request's id.
   * @param {Method} method
   * @param {(id: string) => string} frame
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  call(method, frame, timeout, resolve) {
    return this.#call(
      this.#enter(() => this.#handle(method)),
      frame,
      timeout,
      resolve,
    );
  }

  /**
   * @param {number} handle
   * @param {(id: string) => string} frame
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  #call(handle, frame, timeout, resolve) {
    const drawn = this.#draw(resolve);
    const id = this.#id(drawn);
    const text = frame(id);
    this.#enter((client) => client.call(drawn >>> INDEX_BITS, handle, text, timeout));
    return id;
  }

  /**
   * `eventLog.createInstance`, by the module's function of that name.
   * @param {string} params as JSON
   * @returns {Promise<any>}
   */
  createInstance(params) {
    /** @type {any} */
    let own;
    const promise = new Promise((resolve) => {
      own = resolve;
      if (this.#trap !== undefined) return this.#refuse(resolve);
      const socket = this.#socket;
      try {
        const client = this.#client;
        const begun = socket === undefined || isEnding(socket) ? NOWHERE : client.createInstance(params.length, NaN);
        if (begun !== NOWHERE) {
          this.#callers[begun >>> INDEX_BITS] = resolve;
          const frame = this.#frame;
          try {
            socket.send(frame[0] + this.#id(begun) + frame[1] + params + frame[2]);
          } catch (error) {
            return client.sendFailed(error);
          }
          return client.sent();
        }
      } catch (error) {
        throw this.#trapped(error);
      }
      this.createInstanceLater(params, NaN, resolve);
    });
    return (own.promise = promise);
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
    const text = frame[0] + id + frame[1] + params + frame[2];
    this.#enter((client) => client.createInstanceLater(drawn >>> INDEX_BITS, text, timeout));
    return id;
  }

  /**
   * Sends a message that gets no reply; settles when it is sent.
   * @param {(id: string) => string} frame
   * @param {Resolve} resolve
   */
  send(frame, resolve) {
    const drawn = this.#draw(resolve, true);
    const start = (drawn & INDEX) * ID_LENGTH;
    const text = frame(/** @type {string} */ (this.#bridge.messageIds).substring(start, start + ID_LENGTH));
    this.#enter((client) => client.send(drawn >>> INDEX_BITS, text));
  }

  /**
   * Settles once the connection is open. Returns the id under which the wait can be given up.
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  waitForReady(timeout, resolve) {
    const drawn = this.#draw(resolve);
    const id = this.#id(drawn);
    this.#enter((client) => client.waitForReady(drawn >>> INDEX_BITS, timeout));
    return id;
  }

  /**
   * @param {number} drain
   * @param {Resolve} resolve
   */
  close(drain, resolve) {
    if (this.#trap !== undefined) return resolve();
    const drawn = this.#draw(resolve);
    this.#enter((client) => client.close(drawn >>> INDEX_BITS, drain));
  }

  connect() {
    this.#enter((client) => client.connect());
  }

  /** Gives a wait up: `undefined` when it has settled already. @param {string} id */
  abort(id) {
    try {
      return this.#trap === undefined ? this.#enter((client) => client.abort(id)) : undefined;
    } catch {
      // Who waits is told by the trap.
      return undefined;
    }
  }

  /** @returns {import('./index.d.ts').ConnectionState} */
  get state() {
    return this.#trap === undefined ? /** @type {any} */ (this.#enter((client) => client.state)) : 'closed';
  }

  get occupancy() {
    return this.#trap === undefined ? this.#enter((client) => client.occupancy()) : { ...NOTHING };
  }

  /** @param {unknown} data */
  #receive(data) {
    if (this.#trap !== undefined) return this.#bury();
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
        try {
          const reply = this.#client.reply(id);
          if (reply >= 0) {
            const place = reply >> 1;
            const resolve = /** @type {Resolve} */ (this.#callers[place]);
            this.#callers[place] = undefined;
            resolve(message);
            if (reply & 1) this.#client.run();
            return;
          }
        } catch (error) {
          return void this.#trapped(error);
        }
      }
    }
    try {
      this.#client.receive(data, message);
    } catch (error) {
      this.#trapped(error);
    }
  }

  /**
   * A place for a caller, and its id.
   * @param {Resolve} resolve
   */
  #draw(resolve, forMessage = false) {
    let drawn;
    try {
      drawn = this.#client.draw(forMessage);
    } catch (cause) {
      if (typeof cause === 'string') throw new CodeboltError('QUEUE_FULL', cause);
      if (this.#trap !== undefined || cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError) throw this.#trapped(cause);
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
    const handle = this.#client.method(method.type, types, Boolean(method.once));
    if (!method.once) this.#handles.set(method, handle);
    return handle;
  }

  /**
   * @template T
   * @param {(client: Client) => T} work
   */
  #enter(work) {
    if (this.#trap !== undefined) throw this.#trapped(undefined);
    try {
      return work(this.#client);
    } catch (error) {
      throw this.#trapped(error);
    }
  }

  /** The module fell into a trap, or has: gives what its caller gets. @param {unknown} cause */
  #trapped(cause) {
    // First of all, and without a call: there may be no stack left for one.
    const isLater = this.#trap !== undefined;
    this.#trap ??= [cause];
    if (!this.#isBuried) void turn.then(() => this.#bury());
    return this.#loss(!isLater);
  }

  /** @param {Resolve} resolve */
  #refuse(resolve) {
    resolve(Promise.reject(this.#trapped(undefined)));
  }

  /** @param {boolean} sent */
  #loss(sent) {
    const [cause] = this.#trap ?? [];
    return new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', {
      sent,
      address: this.#address,
      closeCode: 1006,
      closeReason: LOST,
      hint: `${LOST} (${cause instanceof Error ? cause.message : String(cause)}). ${
        sent ? 'Whether the host carried the request out is unknown. ' : ''
      }Other instances of Codebolt are not affected; make a new one to connect again.`,
      cause,
    });
  }

  /** Ends a session that is lost, without the module. */
  #bury() {
    if (this.#isBuried) return;
    const callers = this.#callers;
    while (callers.length > 0) {
      // Only then taken out: this may have to be done again.
      const resolve = callers.at(-1);
      if (resolve) resolve(Promise.reject(this.#loss(true)));
      callers.pop();
    }
    this.#isBuried = true;
    const socket = this.#socket;
    const { notify } = this.#bridge;
    this.release();
    letGo(socket);
    notify('close', { closeCode: 1006, closeReason: LOST, requested: false, address: this.#address });
  }
}

const LOST = 'the session was lost when the stack or the memory was used up within the WebAssembly module';

/** What `begin` gives where the request has to go the whole way. */
const NOWHERE = -1;

/** How many milliseconds the socket of a client that was dropped has to send what it holds. */
const ABANDONED_DRAIN = 10_000;

const NOTHING = { waiting: 0, inFlight: 0, queued: 0, givenUp: 0, waitingForConnection: 0, dropped: 0 };

/** Made here, where it holds no session. */
const nothing = () => {};

/** As Firefox says that the stack is used up. @param {any} error */
const isTooDeep = (error) => error?.name === 'InternalError';

/** Whether a socket takes no frame any more. Ours in Node knows it earlier than it shows. @param {any} socket */
const isEnding = (socket) => {
  try {
    return socket.isEnding ?? socket.readyState > 1;
  } catch {
    return false;
  }
};

/** Takes the module's listeners off a socket, and ends it. @param {any} socket */
const letGo = (socket) => {
  if (socket === undefined) return;
  try {
    for (const name of HANDLERS) socket[name] = null;
    // `ws` throws an error that nobody listens to.
    socket.onerror = nothing;
    if (typeof socket.terminate === 'function') socket.terminate();
    else socket.close();
  } catch {
    // One of the caller's own that does not want it.
  }
};
