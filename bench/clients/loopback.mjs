/**
 * A socket that ends in the same thread: what is sent is answered as soon as the sender has done, as the responder would. With
 * it a client's own work is measured without that of a network and its processes, which is the same for all clients.
 */
import { reply } from '../replies.mjs';

const ID = '"requestId":"';
const TYPE = '{"type":"eventLog.';

export class Loopback {
  readyState = 0;
  bufferedAmount = 0;
  /** @type {string[]} */
  #waiting = [];
  /** @type {(() => void) | undefined} */
  onopen;
  /** @type {((event: { data: string }) => void) | undefined} */
  onmessage;
  /** @type {((event: { code: number, reason: string }) => void) | undefined} */
  onclose;

  constructor() {
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }

  /** @param {string} text */
  send(text) {
    if (this.#waiting.push(text) === 1) queueMicrotask(() => this.#answer());
  }

  close() {
    this.readyState = 3;
    this.onclose?.({ code: 1000, reason: '' });
  }

  #answer() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const text of waiting) {
      const type = text.slice(TYPE.length, text.indexOf('"', TYPE.length));
      const id = text.indexOf(ID) + ID.length;
      this.onmessage?.({ data: reply(type, text.slice(id, id + 36)) });
    }
  }
}
