/** The inbox of a session: the host's messages, and the receivers that want them. */
import { run } from './listeners.js';

/** How many messages are kept for receivers that come later. */
const KEPT_MESSAGES = 256;

/** @typedef {import('./listeners.js').Report} Report */

const turn = Promise.resolve();

/**
 * `early` are messages that it gets before all others, in a microtask; while it gets them, those that come stay behind.
 * @typedef {{ wants: (message: any) => boolean, handle: (message: any) => unknown, early: any[], isCatchingUp: boolean }} Receiver
 */

/** Messages from the host, and their handlers. Messages without a handler are kept, up to a bound. */
export class Inbox {
  /** Types that belong to a module since it is in use. @type {Set<string>} */
  routed = new Set();
  /** @type {Set<Receiver>} */
  #receivers = new Set();
  /** @type {any[]} */
  #kept = [];
  #report;

  /** @param {Report} report hears what handlers throw */
  constructor(report) {
    this.#report = report;
  }

  /**
   * Hands a message to all its handlers, or keeps it. Returns how many kept messages were dropped for it.
   * @param {any} message
   */
  deliver(message) {
    let wanted = false;
    for (const receiver of [...this.#receivers]) {
      if (this.#receivers.has(receiver) && receiver.wants(message)) {
        wanted = true;
        if (receiver.isCatchingUp) receiver.early.push(message);
        else run(() => receiver.handle(message), this.#report);
      }
    }
    if (wanted) return 0;
    this.#kept.push(message);
    return this.#kept.length > KEPT_MESSAGES ? this.#kept.splice(0, this.#kept.length - KEPT_MESSAGES).length : 0;
  }

  /**
   * Registers a handler; kept messages that it wants reach it in the next microtask, in their order. What only keeps them
   * gets them at once.
   * @param {(message: any) => boolean} wants
   * @param {(message: any) => unknown} handle
   * @param {{ atOnce?: boolean }} [options]
   */
  receive(wants, handle, { atOnce = false } = {}) {
    const early = this.#take(wants);
    const receiver = { wants, handle, early, isCatchingUp: false };
    this.#receivers.add(receiver);
    if (atOnce) this.#handEarly(receiver);
    else this.#catchUp(receiver);
    return () => {
      if (this.#receivers.delete(receiver)) this.#giveBack(early.splice(0));
    };
  }

  /**
   * Takes the oldest kept message that is wanted.
   * @param {(message: any) => boolean} wants
   */
  takeOldest(wants) {
    const index = this.#kept.findIndex(wants);
    return index < 0 ? undefined : this.#kept.splice(index, 1)[0];
  }

  /** @param {Receiver} receiver */
  #catchUp(receiver) {
    if (receiver.early.length === 0 || receiver.isCatchingUp) return;
    receiver.isCatchingUp = true;
    // Not by queueMicrotask, which fake timers fake.
    void turn.then(() => this.#handEarly(receiver));
  }

  /** @param {Receiver} receiver */
  #handEarly(receiver) {
    const { early, handle } = receiver;
    for (let message = early.shift(); message !== undefined; message = early.shift()) run(() => handle(message), this.#report);
    receiver.isCatchingUp = false;
  }

  /**
   * Messages that somebody took and did not handle: others may want them, before all that came later.
   * @param {any[]} messages
   */
  #giveBack(messages) {
    const unwanted = messages.filter((message) => {
      const receivers = [...this.#receivers].filter(({ wants }) => wants(message));
      for (const receiver of receivers) {
        receiver.early.push(message);
        this.#catchUp(receiver);
      }
      return receivers.length === 0;
    });
    this.#kept.unshift(...unwanted);
  }

  /** @param {(message: any) => boolean} wants */
  #take(wants) {
    const taken = this.#kept.filter(wants);
    if (taken.length > 0) this.#kept = this.#kept.filter((message) => !taken.includes(message));
    return taken;
  }
}
