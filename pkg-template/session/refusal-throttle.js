/**
 * Throttles the refusals of a session that has ended. A program that calls again and again, whatever the outcome, must neither take
 * all of the processor nor keep its process alive with it. So rounds of calls, each started when the one before was refused, are
 * refused at once a thousand times. After that each is refused a growing moment later, by a timer that keeps no process alive.
 */
import { performance, setTimeout } from '../platform/clock.js';

const turn = Promise.resolve();

/** So many rounds are refused at once: enough for a program that handles each refused message one after the other. */
const AT_ONCE = 1000;

/** The longest moment, in ms. */
const LONGEST = 1000;

/** A pause of so many milliseconds between calls means that the program does not call in a loop. */
const QUIET = 10_000;

export class RefusalThrottle {
  #rounds = 0;
  #last = 0;
  /** The calls of the round that waits. @type {(() => void)[] | undefined} */
  #waiting;
  #isCounted = false;

  /**
   * Runs `refuse`, now or later.
   * @param {() => void} refuse
   */
  run(refuse) {
    if (this.#waiting) return void this.#waiting.push(refuse);
    const now = performance.now();
    if (now - this.#last > QUIET) this.#rounds = 0;
    this.#last = now;
    // Those of the last such round, too, of which the first is counted.
    if (this.#isCounted || this.#rounds < AT_ONCE) {
      this.#count();
      return refuse();
    }
    this.#rounds++;
    const waiting = (this.#waiting = [refuse]);
    const timer = setTimeout(
      () => {
        this.#waiting = undefined;
        this.#last = performance.now();
        for (const refuse of waiting) refuse();
      },
      Math.min(2 ** (this.#rounds - AT_ONCE - 1), LONGEST),
    );
    /** @type {any} */ (timer).unref?.();
  }

  /** Calls made before the first of them is refused are one round. */
  #count() {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#rounds++;
    // A refusal takes a few microtasks more.
    void turn.then(() => (this.#isCounted = false));
  }
}
