/** The socket in Node: `ws`, with what one tick sends framed here and going out in one write. */
import { WebSocket } from 'ws';
import { builtin } from './builtin.js';
import { TextFrames, canMask } from './text-frames.js';

const net = builtin('net');
const tls = builtin('tls');

class NodeSocket extends WebSocket {
  /** @type {import('node:net').Socket | undefined} */
  #stream;
  #frames = new TextFrames();
  /** What `ws` compresses it sends later, so that all has to go its way then. */
  #isFramedHere = false;
  #isScheduled = false;
  /** @type {((data: any, isBinary: boolean) => void) | undefined} */
  #onData;
  /** @type {(() => void) | undefined} */
  onping;

  /** @param {string} url */
  constructor(url) {
    /** @type {import('node:net').Socket | undefined} */
    let stream;
    super(url, {
      createConnection: (/** @type {any} */ options) => (stream = open(options)),
    });
    this.#stream = stream;
    this.on('open', () => {
      this.#isFramedHere = canMask && this.extensions === '';
    });
    this.on('ping', () => this.onping?.());
  }

  /** @param {string} text */
  send(text) {
    // `ws` says what is wrong with a socket that is not open.
    if (!this.#isFramedHere || this.readyState !== WebSocket.OPEN) return super.send(text);
    if (!this.#frames.add(text)) {
      this.#write();
      this.#frames.add(text);
    }
    if (this.#isScheduled) return;
    // The first of a tick goes out at once, so that the host begins while this side goes on; the others together at the
    // tick's end: many frames then need one system call.
    this.#write();
    this.#isScheduled = true;
    process.nextTick(this.#flush);
  }

  #flush = () => {
    this.#isScheduled = false;
    this.#write();
  };

  #write() {
    const stream = this.#stream;
    if (stream === undefined || this.#frames.length === 0) return;
    const frames = this.#frames.take();
    // One that is broken says so by itself.
    if (stream.writable) stream.write(frames);
    this.#frames.taken(stream.writableLength === 0);
  }

  // @ts-expect-error the types have a property where `ws` has an accessor
  get bufferedAmount() {
    // @ts-expect-error likewise
    return super.bufferedAmount + this.#frames.length;
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    // Its frame ends what goes out.
    this.#write();
    super.close(code, reason);
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

/** @param {any} options those of `ws`, which opens its connections the same way */
const open = (options) => {
  if (options.protocol !== 'wss:' && !options.secureEndpoint && options.defaultPort !== 443) {
    return net.connect({ ...options, path: options.socketPath });
  }
  const servername = options.servername ?? (net.isIP(options.host) ? '' : options.host);
  return tls.connect({ ...options, path: undefined, servername });
};

/** @param {string} url */
export const connect = (url) => new NodeSocket(url);
