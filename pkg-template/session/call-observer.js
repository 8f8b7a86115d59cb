/** Observes calls for listeners of the session's events, and for subscribers of Node's diagnostics channels. */
import { performance } from '../platform/clock.js';
import { textEncoder } from '../platform/late-globals.js';

/** The size of a frame in bytes. @param {any} data */
const sizeOf = (data) => (typeof data === 'string' ? textEncoder().encode(data).length : (data?.byteLength ?? 0));

/** The events of calls. */
export const CALL_EVENTS = ['request', 'reply', 'requestFailed'];

/** @typedef {import('../platform/platform.d.ts').CallChannels} CallChannels */

export class CallObserver {
  #emit;
  /** The functions that end the observation of calls, by id. @type {Map<string, (error: unknown) => void>} */
  #calls = new Map();

  /** The frame that is being handled: a call that settles with a reply settles with this one. @type {unknown} */
  arriving;

  /** @param {(name: string, details: any) => void} emit */
  constructor(emit) {
    this.#emit = emit;
  }

  /**
   * Observes a call: gives the `resolve` to use instead of its own, and what says that the call begins.
   * @param {string} type
   * @param {import('../error.js').Resolve} resolve
   * @param {CallChannels | undefined} channels
   */
  observe(type, resolve, channels) {
    /** The object that subscribers get, the same each time. @type {any} */
    const call = { type, requestId: undefined, bytes: undefined };
    let since = 0;
    const end = (/** @type {string} */ name, /** @type {object} */ details) => {
      const { requestId } = call;
      if (!this.#calls.delete(requestId)) return;
      this.#emit(name, { type, requestId, ms: performance.now() - since, ...details });
      if (name !== 'reply') channels?.error.publish(call);
      channels?.asyncStart.publish(call);
      channels?.asyncEnd.publish(call);
    };
    const replied = (/** @type {any} */ reply, /** @type {number} */ bytes) => {
      call.result = reply;
      end('reply', { bytes, success: reply.success !== false });
    };
    const failed = (/** @type {unknown} */ error) => {
      call.error = error;
      end('requestFailed', { error });
    };
    /** @type {import('../error.js').Resolve} */
    const own = (value) => {
      const bytes = sizeOf(this.arriving);
      if (typeof value.then !== 'function') replied(value, bytes);
      else {
        value.then(undefined, (/** @type {any} */ error) => (error.code === 'HOST_ERROR' ? replied(error.reply, bytes) : failed(error)));
      }
      resolve(value);
    };
    // The code that rejects it asks for the promise then.
    Object.defineProperty(own, 'promise', { get: () => resolve.promise });
    return {
      resolve: own,
      begin: (/** @type {string} */ requestId, /** @type {string} */ text) => {
        const bytes = sizeOf(text);
        Object.assign(call, { requestId, bytes });
        since = performance.now();
        this.#calls.set(requestId, failed);
        this.#emit('request', { type, requestId, bytes });
        channels?.start.publish(call);
        channels?.end.publish(call);
      },
    };
  }

  /**
   * A signal took the call out, whose `resolve` is never called.
   * @param {string} id
   * @param {unknown} reason
   */
  aborted(id, reason) {
    this.#calls.get(id)?.(reason);
  }
}
