/** The host's answers: from a test's handler, from a store in memory, or by default. */
import { defaultReply, timestampFor } from './default-reply.js';
import { TestHostError, shown } from './error.js';
import { isClassType, methodNamed, paramsOf } from './method-table.js';
import { kvStore } from './stores/kv-store.js';
import { memory } from './stores/memory.js';
import { refused } from './stores/store.js';
import { todo } from './stores/todo.js';

/**
 * @typedef {import('./row.d.ts').Row} Row
 * @typedef {import('./entry.js').Entry} Entry
 * @typedef {import('./index.d.ts').Unhandled} Unhandled
 */

const POLICIES = ['default', 'refuse', 'error'];

export class Answering {
  /** @type {import('./stores/store.js').Operations | undefined} */
  #stores;
  #handlers;
  #eventLog;
  #unhandled;
  #fail;

  /**
   * @param {import('./handlers.js').Handlers} handlers
   * @param {import('./event-log-host.js').EventLogHost} eventLog
   * @param {Unhandled} unhandled
   * @param {(error: unknown) => void} fail
   */
  constructor(handlers, eventLog, unhandled, fail) {
    if (!POLICIES.includes(unhandled)) throw new TestHostError('INVALID_ARGUMENT', `option 'unhandled' is ${shown(unhandled)}; expected one of ${POLICIES.join(', ')}.`);
    this.#handlers = handlers;
    this.#eventLog = eventLog;
    this.#unhandled = unhandled;
    this.#fail = fail;
  }

  /** The test's own handler of a frame, with what it is called with. @param {Entry} entry */
  handlerOf({ rows, type, frame }) {
    const found = this.#handlers.take([...rows.map(({ name }) => name), type]);
    if (found === undefined) return undefined;
    const row = methodNamed(found.name) ?? rows[0];
    return { ...found, row, params: paramsOf(row, frame) };
  }

  /** The event log's reply, as text. @param {Entry} entry @param {string} text @returns {string | Promise<string>} */
  ofEventLog(entry, text) {
    /** @param {unknown} error */
    const failed = (error) => {
      this.#fail(error);
      return JSON.stringify({ type: entry.type, ...refusedBy(error), requestId: entry.frame.requestId, timestamp: timestampFor(undefined) });
    };
    try {
      const reply = this.#eventLog.answer(text);
      return typeof reply === 'string' ? reply : reply.catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Gives the reply to a frame to `send`, unless nobody waits for one: at once where it is there, so that a fault's delay begins
   * with the request.
   * @param {Entry} entry
   * @param {ReturnType<Answering['handlerOf']>} own
   * @param {() => any} request what a handler gets besides
   * @param {string} text the frame's
   * @param {(reply: any, text?: string) => void} send
   */
  answer(entry, own, request, text, send) {
    const row = [own?.row, ...entry.rows].find((one) => one?.replyType !== undefined);
    const isAwaited = row !== undefined || isAsked(entry);
    /** @param {unknown} error */
    const failed = (error) => {
      // The test hears of it too.
      this.#fail(error);
      finish(refusedBy(error));
    };
    /** @param {any} reply */
    const finish = (reply) => {
      if (!isAwaited) return;
      if (typeof reply !== 'object') return failed(new TestHostError('INVALID_REPLY', `the handler of '${own?.name}' gave ${shown(reply)}; expected a reply such as { success: true }, or nothing for the default reply.`));
      send({ type: row?.replyType ?? entry.type, success: true, ...reply, timestamp: reply.timestamp ?? timestampFor(row), requestId: entry.frame.requestId });
    };
    const byItself = () => {
      if (row?.name.startsWith('eventLog.')) settle(() => this.ofEventLog(entry, text), (reply) => send(JSON.parse(reply), reply), failed);
      else if (isAwaited) finish(this.#byItself(entry, row));
    };
    if (own) settle(() => own.handler(own.params, request()), (reply) => (reply == null ? byItself() : finish(reply)), failed);
    else byItself();
  }

  /** @param {Entry} entry @param {Row | undefined} row @returns {any} */
  #byItself(entry, row) {
    this.#stores ??= { ...kvStore(), ...memory(), ...todo() };
    const operation = row && this.#stores[row.name];
    const params = paramsOf(row, entry.frame);
    if (operation) return operation(params);
    if (row && this.#unhandled === 'default') return defaultReply(row, params);
    const error = new TestHostError('UNHANDLED', unhandledText(entry, row), { method: entry.method });
    if (this.#unhandled === 'error') this.#fail(error);
    return refused(error.message);
  }
}

/** The reply of a host that fails. @param {unknown} error */
const refusedBy = (error) => refused(error instanceof Error ? error.message : String(error));

/**
 * Hands on what work gives, at once or when it comes.
 * @param {() => any} work
 * @param {(value: any) => void} then
 * @param {(error: unknown) => void} failed
 */
const settle = (work, then, failed) => {
  let value;
  try {
    value = work();
  } catch (error) {
    return failed(error);
  }
  if (typeof value?.then === 'function') value.then(then, failed);
  else then(value);
};

/**
 * Whether somebody waits for an answer to a frame that no method of the SDK sends: it has the form of `codebolt.request`.
 * @param {Entry} entry
 */
const isAsked = ({ type, frame, rows }) => rows.length === 0 && frame.requestId !== undefined && !isClassType(type) && ('params' in frame || type.includes('.'));

/** @param {Entry} entry @param {Row | undefined} row */
const unhandledText = ({ sent }, row) => {
  const names = Object.keys(sent.params).filter((name) => /^[\w$]+$/.test(name));
  const given = names.length > 0 ? `{ ${names.join(', ')} }` : '';
  const reply = row ? JSON.stringify(defaultReply(row, {})) : '{"success":true}';
  const line = `host.on('${row?.name ?? sent.type}', (${given}) => (${reply.length > 160 ? '{ success: true }' : reply}));`;
  return row
    ? `the agent called ${sent.method}, and nothing in the test answers it; expected a handler. Add: ${line}`
    : `the agent sent a request of type '${sent.type}', which no method of codebolt-wasm sends; no default reply is known. Add: ${line}`;
};
