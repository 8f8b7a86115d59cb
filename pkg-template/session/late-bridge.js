/** The bridge of a session, opened on first use. Calls that need it earlier wait, and start in order. */

import { performance } from '../platform/clock.js';

/** @typedef {import('./bridge.js').Bridge} Bridge */

export class LateBridge {
  #open;
  /** @type {{ start: (bridge: Bridge) => void, reject: (error: unknown) => void, type: string | undefined, since: number }[]} */
  #waiting = [];

  /** Once it is open. @type {Bridge | undefined} */
  bridge;
  /** Whether it is being opened, or has been. */
  isOpening = false;

  /** @param {() => Bridge | Promise<Bridge>} open loads the module and opens the bridge: at once where it can be */
  constructor(open) {
    this.#open = open;
  }

  /**
   * Runs `start` with the bridge: at once where the module is loaded (in Node always), else when it has been.
   * @param {(bridge: Bridge) => unknown} start
   * @param {(error: any) => void} reject gets what `start` throws, or why there is no bridge
   * @param {string} [type] of what waits, if it is a request
   */
  run(start, reject, type) {
    const { bridge } = this;
    if (bridge) return startNow(bridge, start, reject);
    this.#waiting.push({ start: (bridge) => startNow(bridge, start, reject), reject, type, since: performance.now() });
    if (!this.isOpening) void this.#load();
  }

  /** The requests that wait for the module. They have no id yet. */
  get pending() {
    return this.#waiting
      .filter(({ type }) => type !== undefined)
      .map(({ type, since }) => ({ type, requestId: undefined, age: Math.floor(performance.now() - since), sent: false }));
  }

  /** New calls wait while waiting ones are being started, so that all keep their order. */
  async #load() {
    this.isOpening = true;
    try {
      const opened = this.#open();
      // Not by its class: a page may have replaced the engine's.
      const bridge = 'then' in opened ? await opened : opened;
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) next.start(bridge);
      this.bridge = bridge;
    } catch (error) {
      // The next use tries again.
      this.isOpening = false;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }
}

/**
 * @param {Bridge} bridge
 * @param {(bridge: Bridge) => unknown} start
 * @param {(error: unknown) => void} reject
 */
const startNow = (bridge, start, reject) => {
  try {
    start(bridge);
  } catch (error) {
    reject(error);
  }
};
