/** The socket in Node: `ws`, with what one tick sends going out in one write. */
import net from 'node:net';
import tls from 'node:tls';
import WebSocket from 'ws';

class NodeSocket extends WebSocket {
  /** @type {net.Socket | undefined} */
  #stream;
  #corked = false;
  #uncork = () => {
    this.#corked = false;
    this.#stream?.uncork();
  };
  /** @type {((data: any, isBinary: boolean) => void) | undefined} */
  #onData;
  /** @type {(() => void) | undefined} */
  onping;

  /** @param {string} url */
  constructor(url) {
    /** @type {net.Socket | undefined} */
    let stream;
    super(url, {
      createConnection: (/** @type {any} */ options) => (stream = open(options)),
    });
    this.#stream = stream;
    this.on('ping', () => this.onping?.());
  }

  /** @param {string} data */
  send(data) {
    const stream = this.#stream;
    if (stream !== undefined && !this.#corked) {
      // Held back until the end of this tick: many frames then need one system call.
      this.#corked = true;
      stream.cork();
      process.nextTick(this.#uncork);
    }
    super.send(data);
  }

  // `ws` makes an event object for every message of `onmessage`; its own event is cheaper.
  /** @param {any} handler */
  // @ts-expect-error a setter in place of the accessor that `ws` defines on its prototype
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
