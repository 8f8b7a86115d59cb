/** Answers from a recording, and says where an agent does something else than the one that was recorded. */
import { TestHostError, shown } from './error.js';
import { methodsOf } from './method-table.js';
import { Masking } from './secrets.js';
import { comparable, difference } from './stable.js';
import { refused } from './stores/store.js';

/**
 * @typedef {import('./connection.js').Connection} Connection
 * @typedef {{ line: number, from: 'agent' | 'host', frame: any, comparable: any, isDone: boolean, isHeld: boolean }} Step `isHeld`: a handler is about to answer in its place
 * @typedef {{ steps: Step[], next: number, count: number, ids: Map<string, string>, strayed: string | undefined }} Course one connection's
 */

export class Replay {
  /** The connections of the recording that are still to come. @type {Step[][]} */
  #recorded;
  /** @type {Map<Connection, Course>} */
  #courses = new Map();
  #name;
  #masking;
  #send;
  #fail;
  /** @type {() => void} */
  #resolve = () => {};
  /** @type {(error: unknown) => void} */
  #reject = () => {};
  /** @type {Promise<void>} */
  finished = new Promise((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  /**
   * @param {import('./recording.js').Line[]} lines
   * @param {string} name
   * @param {import('./secrets.js').Secrets | undefined} secrets
   * @param {(connection: Connection, frame: any) => void} send
   * @param {(error: unknown) => void} fail
   */
  constructor(lines, name, secrets, send, fail) {
    this.#name = name;
    this.#masking = new Masking(secrets);
    this.#send = send;
    this.#fail = fail;
    this.finished.catch(() => {});
    /** @type {Map<number, Step[]>} */
    const byConnection = new Map();
    lines.forEach(({ connection, from, frame }, index) => {
      const steps = byConnection.get(connection) ?? [];
      byConnection.set(connection, steps);
      // Behind the header, and counted from 1.
      if (from) steps.push({ line: index + 2, from, frame, comparable: from === 'agent' ? comparable(frame) : undefined, isDone: false, isHeld: false });
    });
    this.#recorded = [...byConnection.values()];
  }

  /** @param {Connection} connection */
  opened(connection) {
    const steps = this.#recorded.shift();
    const course = { steps: steps ?? [], next: 0, count: 0, ids: new Map(), strayed: undefined };
    this.#courses.set(connection, course);
    if (steps === undefined) this.#stray(course, `replay of ${this.#name}: the agent connects once more than in the recording.`);
  }

  /** The agent listens now. @param {Connection} connection */
  settled(connection) {
    const course = this.#courses.get(connection);
    if (course?.strayed === undefined && course) this.#goOn(connection, course);
  }

  /** @param {Connection} connection @param {any} frame @param {string} method */
  received(connection, frame, method) {
    const course = /** @type {Course} */ (this.#courses.get(connection));
    course.count += 1;
    const got = comparable(this.#masking.mask(frame));
    const step = course.strayed === undefined ? openOf(course).find((one) => difference(one.comparable, got) === undefined) : undefined;
    if (step === undefined) {
      if (course.strayed === undefined) this.#stray(course, this.#explained(course, got, method));
      // So that the agent can end.
      if (frame.requestId !== undefined) this.#send(connection, { type: frame.type, ...refused(course.strayed ?? ''), requestId: frame.requestId });
      return;
    }
    this.#did(course, step, frame);
    this.#goOn(connection, course);
  }

  /**
   * A handler answers this frame, and nobody the one of the recording that it stands for: the same, else the next of its method. One
   * that the recording has none for strays from nothing.
   * @param {Connection} connection
   * @param {import('./entry.js').Entry} entry
   * @returns {() => void} goes on behind the handler's reply
   */
  handled(connection, { frame, rows, method }) {
    const course = /** @type {Course} */ (this.#courses.get(connection));
    course.count += 1;
    const got = comparable(this.#masking.mask(frame));
    const open = course.strayed === undefined ? openOf(course) : [];
    const step = open.find((one) => difference(one.comparable, got) === undefined) ?? open.find((one) => nameOf(one.frame) === method);
    if (step === undefined) return () => {};
    this.#did(course, step, frame);
    const replies = repliesTo(step, course, rows);
    for (const reply of replies) reply.isHeld = true;
    this.#goOn(connection, course);
    return () => {
      for (const reply of replies) Object.assign(reply, { isDone: true, isHeld: false });
      if (course.strayed === undefined) this.#goOn(connection, course);
    };
  }

  /** @param {Course} course @param {Step} step @param {any} frame what the agent has sent for it */
  #did(course, step, frame) {
    step.isDone = true;
    if (step.frame.requestId !== undefined) course.ids.set(step.frame.requestId, frame.requestId);
  }

  /** Sends what the recording has next, up to what the agent has yet to send. @param {Connection} connection @param {Course} course */
  #goOn(connection, course) {
    for (let step = course.steps[course.next]; step !== undefined && !step.isHeld && (step.from === 'host' || step.isDone); step = course.steps[++course.next]) {
      if (step.isDone) continue;
      const { requestId, ...rest } = step.frame;
      this.#send(connection, requestId === undefined ? rest : { ...rest, requestId: course.ids.get(requestId) ?? requestId });
    }
    const all = [...this.#courses.values()];
    if (this.#recorded.length === 0 && all.every(({ next, steps, strayed }) => strayed === undefined && next >= steps.length)) this.#resolve();
  }

  /** @param {Course} course @param {any} got @param {string} method */
  #explained(course, got, method) {
    const open = openOf(course);
    const where = `replay of ${this.#name}: the agent strays at its frame ${course.count}.`;
    const again = 'If the change is meant, record the run anew.';
    const [next] = open;
    if (next === undefined) return `${where} Expected nothing more, got ${method} ${shown(got)}. ${again}`;
    const same = open.find(({ frame }) => nameOf(frame) === method);
    if (same === undefined) return `${where} Expected ${nameOf(next.frame)} (line ${next.line}), got ${method} ${shown(got)}. ${again}`;
    const { path, expected, got: instead } = /** @type {NonNullable<ReturnType<typeof difference>>} */ (difference(same.comparable, got));
    return `${where} Expected ${method} as in line ${same.line}, got another ${path}: expected ${shown(expected)}, got ${shown(instead)}. ${again}`;
  }

  /** @param {Course} course @param {string} text */
  #stray(course, text) {
    course.strayed = text;
    const error = new TestHostError('STRAYED', text);
    this.#reject(error);
    this.#fail(error);
  }

  /** @param {Connection} connection */
  closed(connection) {
    const course = this.#courses.get(connection);
    const missing = course?.strayed === undefined ? course && openOf(course)[0] : undefined;
    if (course && missing) this.#stray(course, `replay of ${this.#name}: the agent's connection ended after its frame ${course.count}. Expected ${nameOf(missing.frame)} (line ${missing.line}).`);
  }

  /** The host is closed. */
  close() {
    this.#reject(new TestHostError('HOST_CLOSED', `replay of ${this.#name}: the host was closed before the recording's end.`));
  }
}

/** What the agent has yet to send. @param {Course} course */
const openOf = ({ steps }) => steps.filter((step) => step.from === 'agent' && !step.isDone);

/** What the recording answers a request with: what has its id, else the next of the reply's type that has none. @param {Step} request @param {Course} course @param {import('./row.d.ts').Row[]} rows */
const repliesTo = ({ line, frame: { requestId } }, { steps }, rows) => {
  const later = steps.filter((step) => step.from === 'host' && step.line > line && !step.isDone && !step.isHeld);
  const own = requestId === undefined ? [] : later.filter((step) => step.frame.requestId === requestId);
  if (own.length > 0) return own;
  const next = later.find(({ frame }) => frame.requestId === undefined && rows.some(({ replyType }) => replyType === frame.type));
  return next ? [next] : [];
};

/** @param {any} frame */
const nameOf = (frame) => methodsOf(frame)[0]?.name ?? frame.type;
