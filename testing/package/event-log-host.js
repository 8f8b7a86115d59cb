/**
 * `eventLog`, by codebolt-host's own code: `event-log.js` is its WebAssembly module, which is loaded when an agent first uses the
 * event log.
 */
import { TestHostError } from './error.js';

/** @typedef {{ answer(frame: string): string | Promise<string>, snapshot(): Uint8Array, free(): void }} MemoryHost */

/** @type {Promise<{ new (): MemoryHost, restore(bytes: Uint8Array): MemoryHost }> | undefined} */
let loading;

const load = async () => {
  try {
    const { loadEventLog } = await import('./event-log-module.js');
    return await loadEventLog();
  } catch (cause) {
    // The next use tries again.
    loading = undefined;
    throw new TestHostError('LOAD_FAILED', `the event log in memory could not be loaded (${cause instanceof Error ? cause.message : String(cause)}); answer eventLog yourself: host.on('eventLog.createInstance', …)`, { cause });
  }
};

export class EventLogHost {
  /** @type {Promise<MemoryHost> | undefined} */
  #host;
  #bytes;
  /** @type {MemoryHost | undefined} */
  #ready;
  /** How many requests wait for the module. */
  #waiting = 0;

  /** @param {Uint8Array} [bytes] what an earlier one's `snapshot` gave */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  #made() {
    const bytes = this.#bytes;
    return (this.#host ??= (loading ??= load()).then(
      (MemoryHost) => (bytes ? MemoryHost.restore(bytes) : new MemoryHost()),
      (error) => {
        this.#host = undefined;
        throw error;
      },
    ));
  }

  /** Whether requests are answered at once: the module is there, and none waits for it that came before. */
  get isReady() {
    return this.#ready !== undefined && this.#waiting === 0;
  }

  /** Answers a request's frame, text, with its reply's. @param {string} text @returns {string | Promise<string>} */
  answer(text) {
    return this.#ready !== undefined && this.#waiting === 0 ? this.#ready.answer(text) : this.#answerLater(text);
  }

  /** @param {string} text */
  async #answerLater(text) {
    this.#waiting += 1;
    let host;
    try {
      host = await this.#made();
    } finally {
      this.#waiting -= 1;
    }
    // Unless it was freed by now.
    if (this.#host !== undefined) this.#ready = host;
    return host.answer(text);
  }

  async snapshot() {
    return (await this.#made()).snapshot();
  }

  async free() {
    const host = await this.#host?.catch(() => undefined);
    this.#host = undefined;
    this.#ready = undefined;
    host?.free();
  }
}
