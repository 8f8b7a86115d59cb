/** A host on a port, and programs that are started with its address. */
import { limited } from './clock.js';
import { TestHostError, shown } from './error.js';
import { start } from './program.js';
import { loadWs } from './web-socket.js';

/**
 * @typedef {import('./connection.js').Connection} Connection
 * @typedef {(url: string, transport: import('./connection.js').Transport) => Connection | undefined} Accept
 */

/** How long the answer to a ping is waited for, in ms. */
const PONG_WITHIN = 10_000;
/** How long connections may take to answer the close frame, in ms. */
const END_WITHIN = 2_000;

export class Server {
  #accept;
  /** @type {Promise<import('./index.d.ts').Listening> | undefined} */
  #listening;
  /** @type {any} */
  #server;
  /** What ends those that run. @type {Set<() => Promise<void>>} */
  #programs = new Set();
  #failed;

  /** @param {Accept} accept @param {(error: unknown, ended: import('./observed-promise.js').ObservedPromise) => void} failed called for a program that could not be started, or did not end */
  constructor(accept, failed) {
    this.#accept = accept;
    this.#failed = failed;
  }

  /** @param {{ port?: number, host?: string }} [options] */
  listen(options) {
    return (this.#listening ??= this.#listen(options));
  }

  /** @param {{ port?: number, host?: string }} [options] @returns {Promise<import('./index.d.ts').Listening>} */
  async #listen({ port = 0, host = '127.0.0.1' } = {}) {
    const { WebSocketServer } = await loadWs();
    const connections = new WeakMap();
    // Refused before the handshake ends, as a host that is not there for it.
    const verifyClient = (/** @type {{ req: any }} */ { req }, /** @type {any} */ done) => {
      /** @type {any} */
      let socket;
      const connection = this.#accept(req.url, {
        send: (text) => socket?.send(text),
        close: (code, reason) => socket?.close(code, reason),
        terminate: () => socket?.terminate(),
        // Other SDKs lose what comes with the handshake. Whoever answers a ping has read that.
        whenHeard: (heard) => {
          socket.once('pong', heard);
          socket.ping();
          limited(PONG_WITHIN, heard);
        },
      });
      if (connection === undefined) return done(false, 503, 'the test host refuses the handshake');
      connections.set(req, { connection, set: (/** @type {any} */ given) => (socket = given) });
      done(true);
    };
    const server = (this.#server = new WebSocketServer({ port, host, verifyClient }));
    server.on('connection', (/** @type {any} */ socket, /** @type {any} */ request) => {
      const { connection, set } = connections.get(request);
      set(socket);
      socket.on('message', (/** @type {any} */ data) => connection.receive(String(data)));
      socket.on('error', () => {});
      socket.on('close', (/** @type {number} */ code, /** @type {any} */ reason) => connection.closed(code, String(reason)));
      connection.opened();
    });
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
    const given = server.address().port;
    return {
      port: given,
      url: `ws://${host}:${given}/codebolt`,
      env: { CODEBOLT_SERVER_URL: host, SOCKET_PORT: String(given) },
    };
  }

  /**
   * @param {string[]} command
   * @param {import('./index.d.ts').RunOptions | undefined} options
   * @param {() => void} disconnect
   * @returns {import('./index.d.ts').RunningProgram}
   */
  run(command, options = {}, disconnect) {
    if (!Array.isArray(command) || command.length === 0) throw new TestHostError('INVALID_ARGUMENT', `run: the command is ${shown(command)}; expected an array, such as ['node', 'agent.js'].`);
    const { ended, end } = start(command, options, () => this.listen(), disconnect);
    this.#programs.add(end);
    void ended.whenSettled(
      () => this.#programs.delete(end),
      (error) => {
        this.#programs.delete(end);
        this.#failed(error, ended);
      },
    );
    /** @type {any} */
    const running = Object.assign(ended, {
      stop: async () => {
        await end();
        return ended;
      },
    });
    return running;
  }

  async close() {
    await Promise.all([...this.#programs].map((end) => end()));
    await this.#listening?.catch(() => {});
    const server = this.#server;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      // Connections that do not answer the close frame.
      const end = limited(END_WITHIN, () => server.clients.forEach((/** @type {any} */ socket) => socket.terminate()));
      server.once('close', end);
    });
  }
}
