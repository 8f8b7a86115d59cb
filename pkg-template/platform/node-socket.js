/** The socket in Node: `ws`, with what one tick sends framed here and going out in one write. */
import { WebSocket } from 'ws';
import { builtin } from './builtin.js';
import { TextFrames, canMask } from './text-frames.js';

const net = builtin('net');
const tls = builtin('tls');

/**
 * How many microtasks may pass without a further frame before those that wait go out: as many as lie between two calls of a
 * loop that awaits each. Microtasks of the engine's own, for `process.nextTick` and `queueMicrotask` are what fake timers fake.
 */
const IDLE_MICROTASKS = 2;
const turn = Promise.resolve();

/** The functions that write the frames of sockets that hold some back. @type {Set<() => void>} */
const holding = new Set();
let isExiting = false;

// A process that ends by `process.exit`, or by an error, ends in the middle of a tick. This file is loaded for the first socket.
process.on('exit', () => {
  isExiting = true;
  for (const write of holding) write();
});

/**
 * The stream below a `ws` that is open, if it is one that frames may be written to: Node's own, unchanged. Whoever stands in
 * between (what intercepts requests in tests, a proxy's agent) may have put another there, which gets what `ws` writes.
 * @param {any} socket
 * @returns {import('node:net').Socket | undefined}
 */
const streamOf = (socket) => {
  const stream = socket._socket;
  if (!canMask || socket.extensions !== '' || socket._sender?._socket !== stream || typeof stream !== 'object') return undefined;
  const kind = Object.getPrototypeOf(stream);
  const isOwn = (kind === net.Socket.prototype || kind === tls.TLSSocket.prototype) && !Object.hasOwn(stream, 'write');
  return isOwn ? stream : undefined;
};

class NodeSocket extends WebSocket {
  /** Where frames are written to; `undefined` where `ws` does all. @type {import('node:net').Socket | undefined} */
  #stream;
  #frames = new TextFrames();
  #isScheduled = false;
  /** How many microtasks have passed, and how much waited before the last. */
  #passed = 0;
  #waited = 0;
  /** Whether the host has sent its close frame. */
  #hostCloses = false;
  /** @type {((data: any, isBinary: boolean) => void) | undefined} */
  #onData;
  /** @type {(() => void) | undefined} */
  onping;

  /** @param {string} url @param {boolean} unref whether the process may end while it is open */
  constructor(url, unref) {
    super(url);
    this.on('open', () => {
      this.#stream = streamOf(this);
      if (unref) /** @type {any} */ (this)._socket?.unref?.();
    });
    this.on('ping', () => this.onping?.());
  }

  /** Whether it takes no frame any more. */
  get isEnding() {
    return this.readyState > WebSocket.OPEN || this.#stream?.writable === false;
  }

  /** @param {string} text */
  send(text) {
    // `ws` would swallow it. Who sends has asked `isEnding` before, which knows more.
    if (this.readyState > WebSocket.OPEN) throw new Error('the connection is closing');
    if (this.#stream === undefined) return super.send(text);
    if (!this.#frames.add(text)) {
      this.#write();
      this.#frames.add(text);
    }
    if (this.#isScheduled && !isExiting) return;
    // The first of a tick goes out at once, so that the host begins while this side goes on; the others together soon after:
    // many frames then need one system call.
    this.#write();
    this.#isScheduled = true;
    this.#passed = 0;
    this.#waited = 0;
    holding.add(this.#write);
    void turn.then(this.#pass);
  }

  /** A microtask has passed. */
  #pass = () => {
    if (this.#frames.length === this.#waited) this.#passed += 1;
    else this.#passed = 0;
    this.#waited = this.#frames.length;
    if (this.#passed < IDLE_MICROTASKS) return void turn.then(this.#pass);
    this.#isScheduled = false;
    holding.delete(this.#write);
    this.#write();
  };

  #write = () => {
    if (this.#frames.length === 0) return;
    const stream = /** @type {import('node:net').Socket} */ (this.#stream);
    const keeps = stream.writableLength > 0 || 'encrypted' in stream;
    const frames = this.#frames.take(keeps);
    // One that is broken says so by itself.
    if (stream.writable) stream.write(frames);
    this.#frames.taken(keeps || stream.writableLength === 0);
  };

  // @ts-expect-error the types have a property where `ws` has an accessor
  get bufferedAmount() {
    // @ts-expect-error likewise
    return super.bufferedAmount + this.#frames.length;
  }

  /**
   * Called by `ws` too, when the host's close frame has come.
   * @param {number} [code]
   * @param {string | Buffer} [reason]
   */
  close(code, reason) {
    // The close frame is the last one.
    this.#write();
    super.close(code, reason);
    if (/** @type {any} */ (this)._closeFrameReceived !== true || this.#hostCloses) return;
    // `ws` waits for the end of TCP, half a minute if need be; nothing that is sent from here on would be read. What was given to
    // it before may still have to be compressed: it ends the stream after that and its answer.
    this.#hostCloses = true;
    /** @type {any} */ (this)._socket.once('finish', () => super.terminate());
    const { onclose } = this;
    if (onclose) onclose(/** @type {any} */ ({ code: code ?? 1005, reason: String(reason ?? '') }));
  }

  terminate() {
    if (!this.#hostCloses) super.terminate();
  }

  // `ws` makes an event object for every message of `onmessage`; its own event is cheaper.
  /** @param {any} handler */
  // @ts-expect-error likewise
  set onmessage(handler) {
    if (this.#onData) this.off('message', this.#onData);
    this.#onData = handler ? (data, isBinary) => handler({ data: isBinary ? data : data.toString() }) : undefined;
    if (this.#onData) this.on('message', this.#onData);
  }
}

/** @param {string} url @param {boolean} unref */
export const connect = (url, unref) => new NodeSocket(url, unref);
