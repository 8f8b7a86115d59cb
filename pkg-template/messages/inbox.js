/** The inbox of a session: the host's messages, and the receivers that want them. */
import { run } from './listeners.js';

/** How many messages are kept for receivers that come later. */
const KEPT_MESSAGES = 256;

/** @typedef {import('./listeners.js').Report} Report */

const turn = Promise.resolve();

/**
 * A message that receivers hold for a microtask: how many still do, and whether somebody has got it.
 * @typedef {{ message: any, holders: number, isHandled: boolean }} Held
 */

/**
 * `early` are messages that it gets before all others, in a microtask; while it gets them, those that come stay behind.
 * @typedef {{ wants: (message: any) => boolean, handle: (message: any) => unknown, early: Held[], isCatchingUp: boolean }} Receiver
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
    const held = hold(message);
    for (const receiver of [...this.#receivers]) {
      if (this.#receivers.has(receiver) && receiver.wants(message)) {
        wanted = true;
        if (receiver.isCatchingUp) add(receiver, held);
        else hand(receiver, held, this.#report);
      }
    }
    if (wanted) return 0;
    this.#kept.push(message);
    return this.#kept.splice(0, this.#kept.length - KEPT_MESSAGES).length;
  }

  /**
   * Registers a handler; kept messages that it wants reach it in the next microtask, in their order. What only keeps them
   * gets them at once.
   * @param {(message: any) => boolean} wants
   * @param {(message: any) => unknown} handle
   * @param {{ atOnce?: boolean }} [options]
   */
  receive(wants, handle, { atOnce = false } = {}) {
    /** @type {Receiver} */
    const receiver = { wants, handle, early: [], isCatchingUp: false };
    for (const message of this.#take(wants)) add(receiver, hold(message));
    this.#receivers.add(receiver);
    if (atOnce) this.#handEarly(receiver);
    else this.#catchUp(receiver);
    return () => {
      if (this.#receivers.delete(receiver)) this.#giveBack(receiver.early.splice(0));
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
    const { early } = receiver;
    for (let held = early.shift(); held; held = early.shift()) hand(receiver, held, this.#report);
    receiver.isCatchingUp = false;
  }

  /**
   * What somebody held and did not handle: unless another has got it or will, others may want it, before all that came later.
   * @param {Held[]} early
   */
  #giveBack(early) {
    const unwanted = early.filter((held) => {
      held.holders -= 1;
      if (held.isHandled || held.holders > 0) return false;
      const receivers = [...this.#receivers].filter(({ wants }) => wants(held.message));
      for (const receiver of receivers) {
        add(receiver, held);
        this.#catchUp(receiver);
      }
      return receivers.length === 0;
    });
    this.#kept.unshift(...unwanted.map(({ message }) => message));
  }

  /** @param {(message: any) => boolean} wants */
  #take(wants) {
    const taken = this.#kept.filter(wants);
    this.#kept = this.#kept.filter((message) => !taken.includes(message));
    return taken;
  }
}

/** @param {any} message @returns {Held} */
const hold = (message) => ({ message, holders: 0, isHandled: false });

/** @param {Receiver} receiver @param {Held} held */
const add = (receiver, held) => {
  held.holders += 1;
  receiver.early.push(held);
};

/** @param {Receiver} receiver @param {Held} held @param {Report} report */
const hand = (receiver, held, report) => {
  held.isHandled = true;
  run(() => receiver.handle(held.message), report);
};
