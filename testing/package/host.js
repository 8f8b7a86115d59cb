/** A Codebolt host in this process, for the tests of agents. */
import { Codebolt } from 'codebolt-wasm';
import { chaos } from './chaos.js';
import { Core } from './core.js';
import { TestHostError, shown } from './error.js';
import { Faults } from './faults.js';
import { agentEvent, commandFrames, listenerNamed, steeringMessage, threadCompleted, userMessage } from './messages.js';
import { checkName } from './method-table.js';
import { script } from './model.js';
import { readRecording } from './recording.js';
import { Server } from './server.js';
import { socketClass } from './socket.js';
import { refused } from './stores/store.js';
import { transcriptOf } from './transcript.js';
import { Turns } from './turns.js';

/** @typedef {import('./index.d.ts').TestHostOptions} TestHostOptions */


export class TestHost {
  #core;
  #turns = new Turns();
  #server;
  /** @type {Codebolt[]} */
  #clients = [];
  /** How many frames of each kind this host has made up. */
  #made = 0;

  /** @param {TestHostOptions} options @param {import('./recording.js').Line[]} [replayed] @param {string} [name] */
  constructor(options, replayed, name) {
    const core = (this.#core = new Core(options, replayed, name));
    /** @type {import('./socket.js').Accept} */
    const accept = (url, transport) => core.accept(url, transport);
    this.#server = new Server(accept, (error, ended) => core.failed(error, ended));
    this.WebSocket = socketClass(this.#turns, accept);
    this.script = script;
  }

  /** @param {TestHostOptions} [options] */
  static async start(options = {}) {
    return new TestHost(options);
  }

  /** @param {string} file @param {TestHostOptions} [options] */
  static async record(file, options = {}) {
    return new TestHost({ ...options, record: file });
  }

  /** @param {string | { text: string }} recording @param {TestHostOptions} [options] */
  static async replay(recording, options = {}) {
    return new TestHost(options, readRecording(recording), typeof recording === 'string' ? recording : 'the recording');
  }

  /** What a `Codebolt` of one's own connects by: `new Codebolt(host.options())`. @param {object} [more] */
  options(more) {
    return { url: 'ws://test-host/codebolt', webSocket: this.WebSocket, ...more };
  }

  /** @param {object} [options] */
  connect(options) {
    const codebolt = new Codebolt(this.options(options));
    this.#clients.push(codebolt);
    return codebolt;
  }

  /** @param {string} name @param {unknown} handler @param {{ times?: number }} [options] */
  on(name, handler, options) {
    return this.#core.handlers.add(name, handler, options);
  }

  /** A reply that refuses. @param {string} error @param {object} [more] */
  refuse(error, more) {
    return { ...refused(error), ...more };
  }

  // Messages from the host.

  /** @param {string | object} message */
  sendUserMessage(message) {
    const frame = userMessage(message, ++this.#made);
    return this.#core.ask(`sendUserMessage(${shown(message)})`, frame, (answer) => answer.type === 'processStoped');
  }

  /** @param {string} name @param {object} [members] */
  ask(name, members) {
    const { listens, answers } = listenerNamed(name);
    const frame = { type: listens, ...members };
    if (answers.length === 0) return this.#core.toAgent(frame).then(() => undefined);
    return this.#core.ask(`ask('${name}')`, frame, (answer) => answers.some(({ type, action }) => answer.type === type && answer.action === action));
  }

  /** @param {string | object} message */
  steer(message) {
    return this.#core.toAgent(steeringMessage(message));
  }

  /** @param {object} event */
  sendAgentEvent(event) {
    return this.#core.toAgent(agentEvent(event, ++this.#made));
  }

  /** @param {string} threadId @param {object} [members] */
  completeThread(threadId, members) {
    return this.#core.toAgent(threadCompleted(threadId, members));
  }

  stopProcess() {
    return this.#core.toAgent({ type: 'stopProcessClicked' });
  }

  /** @param {{ every?: number }} [options] */
  heartbeat({ every } = {}) {
    const beat = () => this.#core.connections.forEach((connection) => this.#core.send(connection, { type: '__ping', timestamp: Date.now() }));
    beat();
    if (every === undefined) return () => {};
    const timer = setInterval(beat, every);
    /** @type {any} */ (timer).unref?.();
    return () => clearInterval(timer);
  }

  /** @param {{ type: string, [member: string]: unknown }} frame */
  send(frame) {
    if (typeof frame?.type !== 'string') throw new TestHostError('INVALID_ARGUMENT', `send: the frame is ${shown(frame)}; expected an object with a string 'type'.`);
    return this.#core.toAgent(frame);
  }

  /** @param {{ send: (frame: object) => void }} request @param {import('./index.d.ts').CommandOutcome} outcome */
  stream(request, outcome) {
    for (const frame of commandFrames(outcome)) request.send(frame);
  }

  // What the agent has sent.

  /** @param {string} [name] */
  requests(name) {
    if (name === undefined) return [...this.#core.traffic.sent];
    checkName('requests', name);
    return this.#core.traffic.of(name);
  }

  /** @param {string} name @param {{ where?: (sent: any) => boolean, timeout?: number }} [options] */
  sent(name, options = {}) {
    checkName('sent', name);
    const waiting = this.#core.traffic.next(name, options);
    waiting.catch(() => {});
    return waiting;
  }

  /** @param {import('./index.d.ts').TranscriptOptions} [options] */
  transcript(options) {
    return transcriptOf(this.#core.traffic.entries, options);
  }

  get connections() {
    return [...this.#core.connections];
  }

  /** Resolves once the agent has done all that the recording has; rejects where it strays. */
  finished() {
    if (!this.#core.replay) throw new TestHostError('INVALID_ARGUMENT', 'finished: this host replays nothing; expected one of TestHost.replay(…).');
    return this.#core.replay.finished;
  }

  /** The recording so far, as the text of its file. */
  get recording() {
    return this.#core.recording?.text ?? '';
  }

  /** The event log, for `TestHost.start({ eventLog })`. */
  eventLogSnapshot() {
    return this.#core.eventLog.snapshot();
  }

  // Faults.

  /** @param {string} name @param {import('./index.d.ts').Fault} fault */
  fault(name, fault) {
    if (name !== '*') checkName('fault', name);
    return this.#core.faults.add(name, fault);
  }

  /** @param {import('./index.d.ts').ChaosOptions} [options] */
  chaos(options = {}) {
    const made = (this.#core.chaos = chaos(options));
    for (const connection of this.#core.connections) connection.comesBack = true;
    const off = this.#core.faults.rule({ name: '*', fault: {}, times: Infinity, choose: () => made.choose() });
    const stop = () => {
      off();
      // One that was started later goes on.
      if (this.#core.chaos === made) this.#core.chaos = undefined;
    };
    return { seed: made.seed, stop };
  }

  /** @param {number} [code] @param {string} [reason] */
  disconnect(code, reason) {
    for (const connection of this.#core.connections) connection.close(code, reason);
  }

  /** Ends all connections without a close frame. */
  break() {
    for (const connection of this.#core.connections) connection.break();
  }

  /** @param {number} [milliseconds] */
  stall(milliseconds) {
    for (const connection of this.#core.connections) connection.stall(milliseconds);
  }

  /** @param {{ downFor?: number }} [options] */
  restart({ downFor = 0 } = {}) {
    this.#core.restart(downFor);
  }

  /** @param {number} [count] */
  refuseConnections(count = Infinity) {
    this.#core.refusing = count;
  }

  // Programs of their own.

  /** @param {{ port?: number, host?: string }} [options] */
  listen(options) {
    return this.#server.listen(options);
  }

  /** @param {string[]} command @param {import('./index.d.ts').RunOptions} [options] */
  run(command, options) {
    return this.#server.run(command, options, () => this.disconnect(1001, 'the test host ends the program'));
  }

  close() {
    return this.#core.close(async () => {
      // One that reconnects would go on for ever.
      await Promise.all([...this.#clients.map((codebolt) => codebolt.close()), this.#server.close()]);
    });
  }

  get errors() {
    return this.#core.errors;
  }

  get faultsDone() {
    return this.#core.faultsDone;
  }
}

if (Symbol.asyncDispose) {
  Object.defineProperty(TestHost.prototype, Symbol.asyncDispose, {
    configurable: true,
    value() {
      return this.close();
    },
  });
}
