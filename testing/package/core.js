/** Connections, and frames on their way between agents and whoever answers them. */
import { Answering } from './answering.js';
import { later } from './clock.js';
import { Connection } from './connection.js';
import { Entry } from './entry.js';
import { TestHostError, shown } from './error.js';
import { EventLogHost } from './event-log-host.js';
import { Expectations } from './expectations.js';
import { Faults } from './faults.js';
import { Handlers } from './handlers.js';
import { eventLogRows } from './method-table.js';
import { Recording } from './recording.js';
import { Replay } from './replay.js';
import { Traffic } from './traffic.js';
import { Upstream } from './upstream.js';

/** @typedef {import('./index.d.ts').TestHostOptions} TestHostOptions */

/** Stands in the event log’s replies behind `type` and `requestId`, in which quotes are escaped; a frame that is not JSON has no id. */
const SUCCESS = '"success":';

/** Whether the event log did not do what a request asked. @param {string} reply */
const isRefusal = (reply) => !reply.startsWith('true', reply.indexOf(SUCCESS) + SUCCESS.length);

/** @param {string} text */
const isJson = (text) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const OPTIONS = ['unhandled', 'eventLog', 'record', 'upstream', 'secrets'];

export class Core {
  traffic = new Traffic();
  handlers = new Handlers();
  #expectations = new Expectations();
  eventLog;
  #answering;
  /** The open connections. @type {Connection[]} */
  connections = [];
  #count = 0;
  /** Messages for an agent that has not connected yet. @type {{ frame: any, sent: (connection: Connection) => void }[]} */
  #early = [];
  /** How many handshakes are still refused. */
  refusing = 0;
  isDown = false;
  #isClosed = false;
  /** What went wrong, and the promises that rejected with it. @type {{ error: unknown, answers: import('./observed-promise.js').ObservedPromise[] }[]} */
  #failures = [];
  /** @type {Replay | undefined} */
  replay;
  /** @type {Recording | undefined} */
  recording;
  /** @type {Upstream | undefined} */
  #upstream;
  /** @type {{ refuses: () => boolean } | undefined} */
  chaos;
  /** What faults have been done, in order. @type {string[]} */
  faultsDone = [];
  /** What handlers threw, and what an agent did that the test does not know. @type {unknown[]} */
  errors = [];
  faults = new Faults({
    send: (connection, text, frame) => this.#sendNow(connection, text, frame),
    restart: (downFor) => this.restart(downFor),
    noted: (what) => this.faultsDone.push(what),
  });

  /** @param {TestHostOptions} options @param {import('./recording.js').Line[]} [replayed] @param {string} [name] */
  constructor(options, replayed, name = '') {
    const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
    if (unknown !== undefined) throw new TestHostError('INVALID_ARGUMENT', `option '${unknown}' does not exist; expected ${OPTIONS.join(', ')}.`);
    const { unhandled = 'default', eventLog, record, upstream, secrets } = options;
    this.eventLog = new EventLogHost(eventLog);
    this.#answering = new Answering(this.handlers, this.eventLog, unhandled, (error) => this.fail(error));
    if (record) this.recording = new Recording(record, secrets);
    if (replayed) this.replay = new Replay(replayed, name, secrets, (connection, frame) => this.send(connection, frame), (error) => this.fail(error));
    if (upstream) this.#upstream = new Upstream(upstream, (connection, frame, text) => this.send(connection, frame, undefined, text));
  }

  /** Ends all connections as a process that dies does; agents are expected to come back. @param {number} downFor */
  restart(downFor) {
    for (const connection of this.connections) {
      connection.comesBack = true;
      connection.break();
    }
    if (downFor <= 0) return;
    this.isDown = true;
    later(downFor, () => (this.isDown = false));
  }

  /** @param {() => Promise<void>} closeServer */
  async close(closeServer) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = new TestHostError('HOST_CLOSED', 'the test host was closed.');
    this.#expectations.fail(closed);
    this.traffic.fail(closed);
    for (const connection of this.connections) connection.close(1001, 'the test host closes');
    await closeServer();
    this.#upstream?.close();
    await this.eventLog.free();
    this.replay?.close();
    const unreported = this.#failures.find(({ answers }) => !answers.some(({ isObserved }) => isObserved));
    if (unreported) throw unreported.error;
  }

  /** @param {string} url @param {import('./connection.js').Transport} transport */
  accept(url, transport) {
    if (this.#isClosed || this.isDown) return undefined;
    if (this.refusing > 0) {
      this.refusing -= 1;
      return undefined;
    }
    if (this.chaos?.refuses()) {
      this.faultsDone.push('refused a handshake');
      return undefined;
    }
    const connection = new Connection(++this.#count, url, transport, {
      opened: () => this.#opened(connection),
      settled: () => this.#settled(connection),
      received: (_, text) => this.#received(connection, text),
      closed: (_, code, reason) => this.#ended(connection, code, reason),
    });
    connection.comesBack = this.chaos !== undefined;
    return connection;
  }

  /** @param {Connection} connection */
  #opened(connection) {
    this.connections.push(connection);
    this.recording?.opened(connection);
    this.#upstream?.opened(connection);
    this.replay?.opened(connection);
  }

  /** @param {Connection} connection */
  #settled(connection) {
    this.replay?.settled(connection);
    for (const { frame, sent } of this.#early.splice(0)) {
      sent(connection);
      this.send(connection, frame);
    }
  }

  /** @param {Connection} connection @param {number} code @param {string} reason */
  #ended(connection, code, reason) {
    this.connections = this.connections.filter((other) => other !== connection);
    this.recording?.closed(connection, code, reason);
    this.#upstream?.closed(connection, code, reason);
    if (!this.#isClosed) this.replay?.closed(connection);
    this.#expectations.closed(connection, code, reason);
  }

  /** @param {Connection} connection @param {string} text */
  #received(connection, text) {
    if (this.#answeredAsText(connection, text)) return;
    let frame;
    try {
      frame = JSON.parse(text);
    } catch (cause) {
      return this.fail(new TestHostError('NOT_JSON', `the agent sent a frame that is not JSON: ${shown(text)}.`, { cause }));
    }
    if (typeof frame?.type !== 'string') return this.fail(new TestHostError('NOT_JSON', `the agent sent a frame without a type: ${shown(frame)}.`));
    this.recording?.frame(connection, 'agent', frame);
    const entry = new Entry('agent', connection, text, frame);
    this.traffic.add(entry);
    this.#expectations.received(connection, frame);
    const own = this.#answering.handlerOf(entry);
    if (!own && this.replay) return this.replay.received(connection, frame, entry.method);
    if (!own && this.#upstream) return this.#upstream.received(connection, text);
    const goOn = own && this.replay?.handled(connection, entry);
    const request = () => ({ ...entry.sent, send: (/** @type {object} */ one) => this.send(connection, { ...one, requestId: frame.requestId }) });
    this.#answering.answer(entry, own, request, text, (reply, replyText) => {
      this.send(connection, reply, entry, replyText);
      goOn?.();
    });
  }

  /**
   * Answers a request for the event log that nothing but its host has to look at, text by text: thousands of appends a test are usual.
   * Returns whether that was one.
   * @param {Connection} connection
   * @param {string} text
   */
  #answeredAsText(connection, text) {
    if (this.recording || this.replay || this.#upstream || !this.eventLog.isReady) return false;
    const rows = eventLogRows(text);
    if (rows === undefined || this.handlers.has(rows[0].name)) return false;
    const entry = new Entry('agent', connection, text, undefined, rows);
    /** @param {string} reply */
    const send = (reply) => (this.faults.areNone ? this.#sendNow(connection, reply) : this.send(connection, JSON.parse(reply), entry, reply));
    const reply = this.#answering.ofEventLog(entry, text);
    // The event log refuses frames that are not JSON; here it is the agent's fault.
    if (typeof reply === 'string' && isRefusal(reply) && !isJson(text)) return false;
    this.traffic.add(entry);
    if (typeof reply === 'string') send(reply);
    else void reply.then(send);
    return true;
  }

  /** @param {Connection} connection @param {any} frame @param {Entry} [entry] what it answers @param {string} [text] */
  send(connection, frame, entry, text = JSON.stringify(frame)) {
    this.faults.send({ connection, frame, text, is: (name) => frame.type === name || !!entry?.is(name) });
  }

  /** @param {Connection} connection @param {string} text @param {any} [frame] */
  #sendNow(connection, text, frame) {
    if (!connection.isOpen) return;
    this.traffic.add(new Entry('host', connection, text, frame));
    this.recording?.frame(connection, 'host', frame);
    connection.send(text);
  }

  /** To the agent that is connected, or to the first that connects. @param {any} frame @returns {Promise<Connection>} */
  toAgent(frame) {
    if (this.#isClosed) return Promise.reject(new TestHostError('HOST_CLOSED', 'the test host was closed.'));
    return new Promise((sent) => {
      const connection = this.connections.find(({ isSettled }) => isSettled);
      if (connection === undefined) return void this.#early.push({ frame, sent });
      sent(connection);
      this.send(connection, frame);
    });
  }

  /** @param {string} label @param {any} frame @param {(answer: any) => boolean} fits */
  ask(label, frame, fits) {
    if (this.#isClosed) return Promise.reject(new TestHostError('HOST_CLOSED', `${label}: the test host was closed.`));
    const expectation = this.#expectations.add(label, fits);
    const connection = this.connections.find(({ isSettled }) => isSettled);
    const sent = (/** @type {Connection} */ to) => void (expectation.connection = to);
    if (connection === undefined) this.#early.push({ frame, sent });
    else {
      sent(connection);
      this.send(connection, frame);
    }
    return expectation.answer;
  }

  /** Rejects those that wait for the agent; where nobody observes one of them, `close` rejects. @param {unknown} error */
  fail(error) {
    this.errors.push(error);
    this.#failures.push({ error, answers: this.#expectations.fail(error) });
  }

  /** A promise has rejected, on which nobody waits for the agent; where nobody observes it, `close` rejects. @param {unknown} error @param {import('./observed-promise.js').ObservedPromise} answer */
  failed(error, answer) {
    this.#failures.push({ error, answers: [answer] });
  }
}
