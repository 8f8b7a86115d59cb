/**
 * Opens the bridge of a session without holding the session: the module holds what it calls for as long as there is a client, and
 * a session that its user dropped has to be collected.
 */
import { Bridge } from './bridge.js';

/**
 * The parts of a session that the bridge needs.
 * @typedef {object} Bridged
 * @property {boolean} isHeard whether somebody listens
 * @property {any} socket the socket that was opened last
 * @property {(name: string, details: any) => void} emit
 * @property {(message: any) => void} deliver
 * @property {(name: string, details: any) => void} tellListeners
 * @property {(type: string, resolve: (value?: any) => void) => ReturnType<import('./call-observer.js').CallObserver['observe']> | undefined} observe
 * @property {(text: string, details: unknown) => void} debug to the logger
 * @property {() => void} end nothing is sent any more
 */

/**
 * How the bridge reaches the session. `pin` holds it, but only while something may come that somebody listens to.
 * @typedef {{ pin: Bridged | undefined, weak: WeakRef<Bridged>, frames: import('../messages/listeners.js').Listeners | undefined, observer: import('./call-observer.js').CallObserver | undefined }} Hold
 */

/** Sessions that nobody has any more: their connections end. */
const dropped =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry((/** @type {Bridge} */ bridge) => bridge.abandon());

/**
 * @param {import('../platform/platform.d.ts').WebAssemblyModule['Client']} Client
 * @param {any} options
 * @param {(url: string) => any} open
 * @param {Hold} hold
 */
export const openBridge = (Client, options, open, hold) => {
  const session = () => hold.pin ?? hold.weak.deref();
  const bridge = new Bridge(Client, options, {
    connect(url) {
      const connecting = hold.weak.deref();
      if (connecting?.isHeard) hold.pin = connecting;
      const socket = open(url);
      if (connecting) connecting.socket = socket;
      return socket;
    },
    emit(name, details) {
      const own = session();
      own?.emit(name, details);
      if (name !== 'close') return;
      const { state } = bridge;
      if (state !== 'idle' && state !== 'closed') return;
      // Nothing more comes before the next use, and the module would hold all this for as long as the client lives.
      hold.pin = undefined;
      if (own) own.socket = undefined;
      if (state === 'idle') return bridge.forgetSocket();
      own?.end();
      bridge.release();
    },
    deliver(message) {
      session()?.deliver(message);
    },
    arriving(data) {
      if (hold.observer) hold.observer.arriving = data;
    },
    observe: (type, resolve) => hold.weak.deref()?.observe(type, resolve),
    frame(data) {
      if (hold.frames !== undefined && hold.frames.size > 0) hold.frames.emit(data);
    },
  });
  dropped?.register(/** @type {Bridged} */ (hold.weak.deref()), bridge);
  return bridge;
};
