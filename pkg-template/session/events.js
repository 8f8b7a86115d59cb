/** A session's events, its log, errors of listeners, and the exit message. */
import { mustBeFunction, unknownName } from '../arguments.js';
import { Listeners, run } from '../messages/listeners.js';
import { setTimeout } from '../platform/clock.js';
import { CALL_EVENTS } from './call-observer.js';

/** The events of {@link import('../index.d.ts').CodeboltEvents}. */
const EVENTS = [
  'open',
  'close',
  'reconnecting',
  'message',
  'protocolError',
  'dropped',
  'messagesLost',
  'listenerError',
  ...CALL_EVENTS,
];

export class Events {
  #platform;
  #logger;
  /** What to log, as the environment says. */
  #environmentLog;
  /** The listeners of each event that has had some. @type {Map<string, Listeners>} */
  #listeners = new Map();
  /** How many messages could not be sent, or may not have been, and nobody has logged yet, and why the last. */
  #unsent = 0;
  /** @type {unknown} */
  #unsentError;
  /** Takes the exit message back. @type {(() => void) | undefined} */
  #takeBack;

  /** Whether somebody's promise says how the connection is, so that nothing else need. */
  isAwaited = false;

  /**
   * @param {import('../platform/platform.d.ts').Platform} platform
   * @param {any} logger
   */
  constructor(platform, logger) {
    this.#platform = platform;
    this.#environmentLog = platform.environmentLog?.();
    this.#logger = logger;
  }

  /**
   * @param {string} name
   * @param {(details: any) => unknown} listener
   * @param {boolean} [once]
   */
  on(name, listener, once) {
    if (!EVENTS.includes(name)) throw unknownName('event', name, EVENTS);
    mustBeFunction(once ? 'once' : 'on', 'listener', listener);
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      // Errors of `listenerError` listeners are not events.
      listeners = new Listeners((error) => (name === 'listenerError' ? this.#platform.report(error) : this.report(error)));
      this.#listeners.set(name, listeners);
    }
    return listeners.add(listener, once);
  }

  /**
   * @param {string} name
   * @param {unknown} listener
   */
  off(name, listener) {
    if (!EVENTS.includes(name)) throw unknownName('event', name, EVENTS);
    this.#listeners.get(name)?.remove(listener);
  }

  /** Whether somebody listens to calls. */
  get hearsCalls() {
    return CALL_EVENTS.some((name) => this.isHeard(name));
  }

  /** Whether frames are logged. A logger that is a function gets none: it may send what it logs, which would never end. */
  get logsFrames() {
    return typeof this.#logger?.debug === 'function' || this.#environmentLog?.level === 'debug';
  }

  /** Whether somebody listens to an event. @param {string} name */
  isHeard(name) {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  /**
   * @param {string} name
   * @param {any} details
   */
  emit(name, details) {
    this.#listeners.get(name)?.emit(details);
  }

  /**
   * @param {string} level
   * @param {string} text
   * @param {unknown} details
   */
  log(level, text, details) {
    const logger = this.#logger;
    this.#environmentLog?.write(level, text, details);
    // There is nobody to report a logger's error to.
    run(() => (typeof logger === 'function' ? logger(level, text, details) : logger?.[level]?.(`codebolt: ${text}`, details)), () => {});
  }

  /**
   * Logs a message that could not be sent, or may not have been. Once a turn, for a logger may send what it logs.
   * @param {unknown} error
   */
  logUnsent(error) {
    this.#unsentError = error;
    if (this.#unsent++ > 0) return;
    setTimeout(() => {
      const count = this.#unsent;
      this.#unsent = 0;
      this.log('warn', count === 1 ? 'sending a message failed' : `sending ${count} messages failed`, this.#unsentError);
    }, 0);
  }

  /** Reports an error of a user's listener. @param {unknown} error */
  report(error) {
    this.log('error', 'a listener threw', error);
    if (this.isHeard('listenerError')) this.emit('listenerError', error);
    else if (!this.#logger) this.#platform.report(error);
  }

  /**
   * What the program says when it ends by itself, unless a promise or a logger says it. The connection may have been all that it
   * lived for, and then it ended as if all was well.
   * @param {string} text
   */
  setExitMessage(text) {
    if (this.isAwaited || this.#logger) return;
    this.#takeBack ??= this.#platform.exitMessage?.(text);
  }

  takeExitMessageBack() {
    this.#takeBack?.();
    this.#takeBack = undefined;
  }
}
