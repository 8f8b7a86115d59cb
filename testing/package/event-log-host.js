/**
 * `eventLog`, by codebolt-host's own code: `event-log.js` is its WebAssembly module, which is loaded when an agent first uses the
 * event log.
 */
import { TestHostError } from './error.js';

/** @typedef {{ handle(frame: string): Promise<string>, snapshot(): Uint8Array, free(): void }} MemoryHost */

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

  /** A request's frame as text; gives its reply's. @param {string} text */
  async handle(text) {
    return (await this.#made()).handle(text);
  }

  async snapshot() {
    return (await this.#made()).snapshot();
  }

  async free() {
    const host = await this.#host?.catch(() => undefined);
    host?.free();
    this.#host = undefined;
  }
}
