/**
 * What becomes of a session when the WebAssembly module falls into a trap: the stack or the memory was used up within it, and what
 * it knows of this session may be half written. The module is then entered no more for this session, and every waiter is rejected.
 */
import { CodeboltError } from '../error.js';

const turn = Promise.resolve();

export class Trap {
  /** @type {unknown} */
  #cause;
  #reject;
  #end;

  /** Whether the module may not be entered any more. */
  isSprung = false;
  /** The address, for texts. */
  address = '';

  /**
   * @param {() => void} reject rejects every waiter. It may be called again when it threw
   * @param {() => void} end ends the session without the module. It is called again and does nothing then
   */
  constructor(reject, end) {
    this.#reject = reject;
    this.#end = end;
  }

  /** The module has thrown, now or before: returns the error for the caller. @param {unknown} [cause] */
  spring(cause) {
    // First of all, and without a call: there may be no stack left for one.
    const isLater = this.isSprung;
    this.isSprung = true;
    if (!isLater) this.#cause = cause;
    void turn.then(() => this.finish());
    return this.loss(!isLater);
  }

  /** Rejects all that wait, and ends the session. Once that is done it does nothing more. */
  finish() {
    this.#reject();
    this.#end();
  }

  /** @param {boolean} sent */
  loss(sent) {
    const cause = this.#cause;
    return new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', {
      sent,
      address: this.address,
      closeCode: 1006,
      closeReason: LOST,
      hint: `${LOST} (${cause instanceof Error ? cause.message : String(cause)}). ${
        sent ? 'Whether the host carried the request out is unknown. ' : ''
      }Other instances of Codebolt are not affected; make a new one to connect again.`,
      cause,
    });
  }

  /** The details of the session's end. */
  get details() {
    return { closeCode: 1006, closeReason: LOST, requested: false, address: this.address };
  }
}

const LOST = 'the session was lost when the stack or the memory was used up within the WebAssembly module';

/** Whether what was thrown is a trap. A socket that was let go may call what is no more, which throws another error. @param {any} error */
export const isTrap = (error) =>
  error instanceof RangeError ||
  error instanceof WebAssembly.RuntimeError ||
  // As Firefox says that the stack is used up.
  error?.name === 'InternalError';

/**
 * Functions that call the module's listeners and keep to themselves what they throw. The module holds them, and they nothing once
 * `held` is empty.
 * @param {{ trap: Trap | undefined }} held
 * @returns {(handler: (event?: any) => void) => (event?: any) => void}
 */
export const guardWith = (held) => (handler) => (event) => {
  const { trap } = held;
  if (trap === undefined) return;
  if (trap.isSprung) return trap.finish();
  try {
    handler(event);
  } catch (error) {
    if (isTrap(error)) trap.spring(error);
  }
};
