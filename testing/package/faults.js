/** Faults on purpose: what becomes of a frame on its way from the host to the agent. */
import { later } from './clock.js';
import { TestHostError, shown } from './error.js';

/**
 * @typedef {import('./connection.js').Connection} Connection
 * @typedef {import('./index.d.ts').Fault} Fault
 * @typedef {{ connection: Connection, frame: any, text: string, is: (name: string) => boolean }} Outgoing
 * @typedef {{ name: string, fault: Fault, times: number, choose?: (outgoing: Outgoing) => Fault | undefined }} Rule
 * @typedef {{ send: (connection: Connection, text: string, frame: any) => void, restart: (downFor: number) => void, noted: (what: string) => void }} Ways
 */

const KINDS = ['delay', 'drop', 'duplicate', 'reorder', 'foreignId', 'noId', 'close', 'break', 'halfOpen', 'restart'];

/** How long a frame that is held back waits at most for others, in ms: the last of all would wait for ever. */
const HELD_WITHIN = 25;

/** An id that no request has. */
const FOREIGN = '00000000-0000-4000-8000-000000000000';

export class Faults {
  /** @type {Rule[]} */
  #rules = [];
  /** Frames held back, and how many others have to go before. @type {Set<{ after: number, go: () => void }>} */
  #held = new Set();
  #ways;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
  }

  /**
   * @param {string} name
   * @param {Fault} fault
   */
  add(name, fault) {
    const given = Object.keys(fault ?? {}).filter((kind) => KINDS.includes(kind));
    if (given.length !== 1) throw new TestHostError('INVALID_ARGUMENT', `fault('${name}', …): the fault is ${shown(fault)}; expected exactly one of ${KINDS.join(', ')}, and besides it times.`);
    return this.rule({ name, fault, times: fault.times ?? Infinity });
  }

  /** @param {Rule} rule */
  rule(rule) {
    // What a test asks for by name comes before what chance gives.
    const chance = rule.choose ? -1 : this.#rules.findIndex(({ choose }) => choose);
    this.#rules.splice(chance < 0 ? this.#rules.length : chance, 0, rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /** Whether nothing is done to any frame. */
  get areNone() {
    return this.#rules.length === 0 && this.#held.size === 0;
  }

  /** Sends a frame, or does with it what a fault says. @param {Outgoing} outgoing */
  send(outgoing) {
    for (const rule of this.#rules) {
      if (rule.times <= 0 || (rule.name !== '*' && !outgoing.is(rule.name))) continue;
      const fault = rule.choose ? rule.choose(outgoing) : rule.fault;
      if (fault === undefined) continue;
      rule.times -= 1;
      this.#ways.noted(`${Object.keys(fault).find((kind) => KINDS.includes(kind))} of ${outgoing.frame.type}`);
      return this.#do(fault, outgoing);
    }
    this.#go(outgoing);
  }

  /** @param {Fault} fault @param {Outgoing} outgoing */
  #do(fault, outgoing) {
    const { connection, frame } = outgoing;
    const { requestId: _, ...withoutId } = frame;
    if (fault.delay !== undefined) later(fault.delay, () => this.#go(outgoing));
    else if (fault.duplicate !== undefined) for (let count = fault.duplicate === true ? 2 : fault.duplicate + 1; count > 0; count--) this.#go(outgoing);
    else if (fault.reorder !== undefined) this.#hold(outgoing, fault.reorder === true ? 1 : fault.reorder);
    else if (fault.foreignId) this.#go(changed(outgoing, { ...frame, requestId: FOREIGN }));
    else if (fault.noId) this.#go(changed(outgoing, withoutId));
    else if (fault.close !== undefined) connection.close(fault.close === true ? 1011 : fault.close, fault.reason ?? 'closed by a fault of the test');
    else if (fault.break) connection.break();
    else if (fault.halfOpen !== undefined) connection.stall(fault.halfOpen === true ? undefined : fault.halfOpen);
    else if (fault.restart !== undefined) this.#ways.restart(fault.restart === true ? 0 : fault.restart);
    // A dropped frame is not sent.
  }

  /** @param {Outgoing} outgoing */
  #go({ connection, text, frame }) {
    this.#ways.send(connection, text, frame);
    for (const held of [...this.#held]) {
      held.after -= 1;
      if (held.after <= 0 && this.#held.delete(held)) held.go();
    }
  }

  /** @param {Outgoing} outgoing @param {number} after */
  #hold(outgoing, after) {
    const held = { after, go: () => this.#ways.send(outgoing.connection, outgoing.text, outgoing.frame) };
    this.#held.add(held);
    later(HELD_WITHIN, () => this.#held.delete(held) && held.go());
  }
}

/** @param {Outgoing} outgoing @param {any} frame @returns {Outgoing} */
const changed = (outgoing, frame) => ({ ...outgoing, frame, text: JSON.stringify(frame) });
