/**
 * Hands frames on one after another, each in a microtask of its own: no timer that a test may have faked is asked. Now and
 * then it leaves the event loop a turn, for an agent that asks for ever would never let anything else run.
 */

/** How many frames go in one turn of the event loop. */
const IN_A_TURN = 256;

const turn = Promise.resolve();

export class Turns {
  /** @type {(() => void)[]} */
  #waiting = [];
  #isRunning = false;
  #count = 0;

  /** @param {() => void} work */
  add(work) {
    this.#waiting.push(work);
    if (this.#isRunning) return;
    this.#isRunning = true;
    void turn.then(this.#next);
  }

  #next = () => {
    const work = this.#waiting.shift();
    if (work === undefined) {
      this.#isRunning = false;
      return;
    }
    try {
      work();
    } finally {
      this.#count += 1;
      if (this.#count % IN_A_TURN === 0) nextTurn(this.#next);
      else void turn.then(this.#next);
    }
  };
}

/** @type {(() => void)[]} */
const calls = [];
/** @type {any} */
let channel;

/** By a channel, which nobody fakes. @param {() => void} call */
const nextTurn = (call) => {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port2.onmessage = () => {
      if (calls.length === 1) channel.port2.unref?.();
      calls.shift()?.();
    };
  }
  calls.push(call);
  // Kept alive only while something waits.
  channel.port2.ref?.();
  channel.port1.postMessage(0);
};
