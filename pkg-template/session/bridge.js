/**
 * JavaScript's half of the bridge to the WebAssembly module. The module keeps the books in numbers; promises, frames and payloads
 * stay here. It has the fast path: a request that can go at once, and a reply whose id says whose it is.
 *
 * Rust's half is `Client` in src/javascript/client.rs. What the module throws where it should throw nothing is a trap.
 */
import { CodeboltError, rejectWith, rejected } from '../error.js';
import { noRandomSource } from './errors.js';
import { ID_LENGTH, NO_SLOT, idOf, slotOf, textOf } from './layout.js';
import { MethodHandles } from './method-handles.js';
import { dropSocket, isEnding } from './sockets.js';
import { Trap, guardWith, isTrap } from './trap.js';

/** @typedef {import('../define.d.ts').Frame} Frame */
/** @typedef {import('../define.d.ts').Method} Method */
/** @typedef {import('../codebolt_wasm.js').Client} Client */
/** @typedef {(value?: any) => void} Resolve */

/**
 * What the session gives: how to open a socket, and who gets events, messages and the data of every frame.
 * @typedef {object} Ends
 * @property {(url: string) => any} connect
 * @property {(name: string, details: any) => void} emit
 * @property {(message: any) => void} deliver
 * @property {(data?: unknown) => void} arriving called with a frame's data before it is handled, and without data after that
 * @property {(data: unknown) => void} frame
 * @property {import('./open-bridge.js').Bridged['observe']} observe
 */

/** How many milliseconds the socket of a dropped client has to send its buffer. */
const ABANDONED_DRAIN = 10_000;

const NOTHING = { waiting: 0, inFlight: 0, queued: 0, cancelled: 0, waitingForConnection: 0, dropped: 0 };

/** The statistics of a session that has done nothing. */
export const NO_STATS = { ...NOTHING, sent: 0, received: 0, bytes: 0 };

/** The length of a frame: characters of a text, bytes of a binary one. @param {any} data */
const lengthOf = (data) => data?.length ?? data?.byteLength ?? 0;

/** Made here, where it holds no session. */
const nothing = () => {};

export class Bridge {
  #client;
  /** The functions that the module calls, and what both halves share; `Bridge` in src/javascript/bridge.rs. @type {any} */
  #imports;
  #throwsOnError;
  /** The `resolve` of every waiter, by slot. @type {(Resolve | undefined)[]} */
  #waiters = [];
  #handles;
  #createInstanceFrame;
  #observe;
  #received = 0;
  #receivedBytes = 0;
  /** The socket that was opened last. @type {any} */
  #socket;
  #trap = new Trap(
    () => this.#rejectAll(),
    () => this.#endWithoutModule(),
  );
  /** How the module's own listeners reach this, until it is released. @type {{ trap: Trap | undefined }} */
  #held = { trap: this.#trap };

  /**
   * @param {{ new (options: any, bridge: any): Client, createInstanceFrame(): [string, string, string] }} clientClass the module's
   * @param {any} options
   * @param {Ends} ends
   */
  constructor(clientClass, options, ends) {
    const { connect, emit, deliver, arriving, frame, observe } = ends;
    this.#observe = observe;
    this.#imports = {
      reject: rejectWith,
      emit,
      deliver,
      waiters: this.#waiters,
      connect: (/** @type {string} */ url) => {
        [this.#trap.address] = url.split('?', 1);
        return (this.#socket = connect(url));
      },
      receive: (/** @type {{ data: unknown }} */ { data }) => {
        this.#received++;
        this.#receivedBytes += lengthOf(data);
        arriving(data);
        this.#receive(data);
        arriving();
        frame(data);
      },
      guard: guardWith(this.#held),
    };
    this.#throwsOnError = Boolean(options.throwOnError);
    this.#client = new clientClass(options, this.#imports);
    this.#handles = new MethodHandles(this.#client);
    this.#createInstanceFrame = clientClass.createInstanceFrame();
  }

  /** Lets go of what the module would otherwise hold for as long as there is a client. */
  release() {
    const imports = this.#imports;
    imports.emit = imports.deliver = imports.connect = imports.receive = nothing;
    imports.guard = undefined;
    this.#held.trap = undefined;
    this.#socket = undefined;
  }

  /** The socket is gone. */
  forgetSocket() {
    this.#socket = undefined;
  }

  /** The client was dropped: closes once all waiters have settled. */
  abandon() {
    try {
      const drain = this.occupancy.waiting > 0 ? Infinity : ABANDONED_DRAIN;
      this.close(drain, nothing);
    } catch {
      // The trap has closed it.
    }
  }

  /** The frame of a `createInstance`. @param {string} params as JSON @returns {Frame} */
  createInstanceFrame(params) {
    const frame = this.#createInstanceFrame;
    return [frame[0], frame[1] + params + frame[2]];
  }

  /**
   * Sends a request and settles with the reply: at once where nothing stands in the way.
   * @param {Method} method
   * @param {Frame} frame
   * @returns {Promise<any>}
   */
  ask(method, frame) {
    /** @type {any} */
    let own;
    const promise = new Promise((resolve) => {
      own = resolve;
      if (this.#trap.isSprung) return resolve(Promise.reject(this.#trap.spring()));
      const timeout = method.timeout ?? NaN;
      // Not taken apart as an array: that takes time.
      const head = frame[0];
      const tail = frame[1];
      const socket = this.#socket;
      try {
        if (socket !== undefined && tail !== undefined && !isEnding(socket)) {
          const client = this.#client;
          const packed = client.beginRequest(this.#handles.of(method), head.length + tail.length, timeout);
          if (packed !== NO_SLOT) {
            this.#waiters[slotOf(packed)] = resolve;
            try {
              socket.send(head + idOf(this.#imports.ids, packed) + tail);
            } catch (error) {
              return client.sendFailed(error);
            }
            return client.commit();
          }
        }
      } catch (error) {
        throw this.#trap.spring(error);
      }
      this.call(method, frame, timeout, resolve);
    });
    return (own.promise = promise);
  }

  /**
   * Sends a request that may have to wait, or has options of its own. Returns its id.
   * @param {Method} method
   * @param {Frame} frame
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  call(method, frame, timeout, resolve) {
    const observed = this.#observe(method.type, resolve);
    const { slot, id } = this.#reserve(observed?.resolve ?? resolve);
    const text = textOf(frame, id);
    observed?.begin(id, text);
    // Not before: who observes may call in between, which can take the number of a type that nobody uses.
    this.#enter((client) => client.call(slot, this.#handles.of(method), text, timeout));
    return id;
  }

  /**
   * Sends a message that gets no reply; settles when it is sent.
   * @param {Frame} frame
   * @param {Resolve} resolve
   */
  send(frame, resolve) {
    const { slot, id } = this.#reserve(resolve, true);
    this.#enter((client) => client.send(slot, textOf(frame, id)));
  }

  /**
   * Settles once the connection is open. Returns the id under which the wait can be cancelled.
   * @param {number} timeout
   * @param {Resolve} resolve
   */
  waitForReady(timeout, resolve) {
    const { slot, id } = this.#reserve(resolve);
    this.#enter((client) => client.waitForReady(slot, timeout));
    return id;
  }

  /**
   * Throws if there is no module any more: nothing is left to close then.
   * @param {number} drain for how many milliseconds requests may still settle; NaN: for none
   * @param {Resolve} resolve
   */
  close(drain, resolve) {
    const { slot } = this.#reserve(resolve);
    this.#enter((client) => client.close(slot, drain));
  }

  connect() {
    this.#enter((client) => client.connect());
  }

  /** Cancels a wait. Returns `undefined` when it has settled already. @param {string} id */
  abort(id) {
    try {
      return this.#trap.isSprung ? undefined : this.#enter((client) => client.abort(id));
    } catch {
      // The trap rejects all waiters.
    }
  }

  /** @returns {import('../index.d.ts').ConnectionState} */
  get state() {
    return this.#trap.isSprung ? 'closed' : /** @type {any} */ (this.#enter((client) => client.state));
  }

  get occupancy() {
    const { sent, sentBytes, ...occupancy } = this.#counted;
    return occupancy;
  }

  get stats() {
    const { sentBytes, ...stats } = this.#counted;
    return { ...stats, received: this.#received, bytes: sentBytes + this.#receivedBytes };
  }

  get #counted() {
    return this.#trap.isSprung ? { ...NOTHING, sent: 0, sentBytes: 0 } : this.#enter((client) => client.occupancy());
  }

  /** The requests that wait, oldest first. @returns {import('../index.d.ts').PendingCall[]} */
  get pending() {
    if (this.#trap.isSprung) return [];
    return this.#enter((client) => client.pending());
  }

  /** @param {unknown} data */
  #receive(data) {
    if (this.#trap.isSprung) return this.#trap.finish();
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
          if (reply !== NO_SLOT) {
            const slot = reply >> 1;
            const resolve = /** @type {Resolve} */ (this.#waiters[slot]);
            this.#waiters[slot] = undefined;
            resolve(message);
            if (reply & 1) this.#client.run();
            return;
          }
        } catch (error) {
          return void this.#trap.spring(error);
        }
      }
    }
    try {
      this.#client.receive(data, message);
    } catch (error) {
      this.#trap.spring(error);
    }
  }

  /**
   * A slot for a waiter, and its id.
   * @param {Resolve} resolve
   */
  #reserve(resolve, forMessage = false) {
    if (this.#trap.isSprung) throw this.#trap.spring();
    let reserved;
    try {
      reserved = this.#client.reserve(forMessage);
    } catch (cause) {
      if (typeof cause === 'string') throw new CodeboltError('QUEUE_FULL', cause);
      if (isTrap(cause)) throw this.#trap.spring(cause);
      throw noRandomSource(cause);
    }
    const slot = slotOf(reserved);
    this.#waiters[slot] = resolve;
    return { slot, id: idOf(forMessage ? this.#imports.messageIds : this.#imports.ids, reserved) };
  }

  /**
   * @template T
   * @param {(client: Client) => T} work
   */
  #enter(work) {
    if (this.#trap.isSprung) throw this.#trap.spring();
    try {
      return work(this.#client);
    } catch (error) {
      throw this.#trap.spring(error);
    }
  }

  #rejectAll() {
    const waiters = this.#waiters;
    while (waiters.length > 0) {
      // Only then taken out: this may have to be done again.
      const resolve = waiters.at(-1);
      if (resolve) resolve(rejected(this.#trap.loss(true)));
      waiters.pop();
    }
  }

  #endWithoutModule() {
    const socket = this.#socket;
    const { emit } = this.#imports;
    this.release();
    dropSocket(socket);
    emit('close', this.#trap.details);
  }
}
