/** What an agent owes: the answer to a user's message, or to a message for one of its handlers. */
import { TestHostError } from './error.js';
import { ObservedPromise } from './observed-promise.js';

/**
 * @typedef {import('./connection.js').Connection} Connection
 * @typedef {{ label: string, fits: (frame: any) => boolean, connection: Connection | undefined, answer: ObservedPromise, resolve: (frame: any) => void, reject: (error: unknown) => void }} Expectation
 */

export class Expectations {
  /** In the order in which they were asked. @type {Expectation[]} */
  #open = [];

  /**
   * @param {string} label
   * @param {(frame: any) => boolean} fits
   */
  add(label, fits) {
    /** @type {Pick<Expectation, 'resolve' | 'reject'>} */
    let settle = { resolve: () => {}, reject: () => {} };
    const answer = new ObservedPromise((resolve, reject) => (settle = { resolve, reject }));
    /** @type {Expectation} */
    const expectation = { label, fits, connection: undefined, answer, ...settle };
    this.#open.push(expectation);
    return expectation;
  }

  /** @param {Connection} connection @param {any} frame */
  received(connection, frame) {
    const found = this.#open.find((one) => (one.connection === connection || one.connection?.comesBack) && one.fits(frame));
    if (found) this.#take(found).resolve(frame);
  }

  /** @param {Connection} connection @param {number} code @param {string} reason */
  closed(connection, code, reason) {
    // An agent that connects again may still answer.
    if (connection.comesBack) return;
    for (const owed of this.#open.filter((one) => one.connection === connection)) {
      this.#take(owed).reject(new TestHostError('CONNECTION_ENDED', `${owed.label}: the agent's connection ended (code ${code}${reason && `, ${reason}`}) before it answered.`, { closeCode: code }));
    }
  }

  /** Rejects all; gives the promises that were. @param {unknown} error */
  fail(error) {
    const failed = this.#open;
    this.#open = [];
    for (const { reject } of failed) reject(error);
    return failed.map(({ answer }) => answer);
  }

  /** @param {Expectation} expectation */
  #take(expectation) {
    this.#open = this.#open.filter((other) => other !== expectation);
    return expectation;
  }
}
