/** The facade: the class that users see. It checks arguments and hands everything on to the session. */
import { mustBeFunction, unexpected } from '../arguments.js';
import { frameOf } from '../define.js';
import { CodeboltError } from '../error.js';
import { isRouted } from '../messages/routed.js';
import { failureText, flatten, isUserMessage } from '../messages/user-message.js';
import { listeners } from '../modules/listeners.js';
import { readCallOptions } from '../session/call-options.js';
import { checkOptions } from '../session/options.js';
import { Session } from '../session/session.js';
import { hostSocket } from './host-socket.js';
import { nextUserMessage } from './next-user-message.js';
import { ownLazily, ownMethods, ownValue } from './own-members.js';

/** @typedef {import('../define.d.ts').CallOptions} CallOptions */

/** Types whose messages do not go to raw handlers, besides those that modules take, as in the reference. */
const NOT_RAW = new Set(['messageResponse', 'providerStart', 'providerAgentStart']);

const CLOSE_DRAIN = 10_000;

/** @type {WeakMap<object, Session>} */
const sessions = /* @__PURE__ */ new WeakMap();

/** The session of an instance, for state that is kept by session. @param {object} codebolt */
export const sessionOf = (codebolt) => sessions.get(codebolt);

/**
 * The class for a runtime.
 * @param {import('../platform/platform.d.ts').Platform} platform
 * @param {typeof import('../modules/index.js').modules} modules every module's methods for a session
 */
export const codeboltFor = (platform, modules) => {
  class Codebolt {
    /** @type {Session} */
    #session;
    /** @param {unknown} [options] */
    constructor(options) {
      const isDefault = options instanceof Session;
      const session = isDefault ? options : new Session(platform, checkOptions(options));
      this.#session = session;
      sessions.set(this, session);
      /** @type {ReturnType<typeof hostSocket> | undefined} */
      let socket;
      ownValue(this, 'websocket', () => (socket ??= session.wasOpen ? hostSocket(session) : undefined) ?? null);
      for (const [name, methodsFor] of Object.entries(modules)) ownLazily(this, name, methodsFor, session);
      // The names by which CommonJS code for the reference finds the instance and the class.
      if (isDefault) {
        ownValue(this, 'default', () => this);
        ownValue(this, 'Codebolt', () => Codebolt);
        ownValue(this, 'CodeboltError', () => CodeboltError);
      }
      ownMethods(this);
    }

    /** @param {CallOptions} [options] */
    waitForReady(options) {
      return this.#session.waitForReady(options);
    }

    get ready() {
      return this.#session.state === 'open';
    }

    get connectionState() {
      return this.#session.state;
    }

    get occupancy() {
      return this.#session.occupancy;
    }

    /** The requests that wait, oldest first. */
    pending() {
      return this.#session.pending;
    }

    stats() {
      return this.#session.stats;
    }

    /** @param {() => unknown} handler */
    onReady(handler) {
      mustBeFunction('onReady', 'handler', handler);
      const run = () => this.#session.run(handler);
      if (this.ready) {
        run();
        return () => {};
      }
      const off = this.#session.on('open', () => {
        off();
        run();
      });
      this.#session.connect();
      return off;
    }

    /** @param {(message: any, environment: any) => unknown} handler */
    onMessage(handler) {
      mustBeFunction('onMessage', 'handler', handler);
      const off = this.#session.messages.receive(isUserMessage, (frame) => this.#answer(frame, handler));
      this.#session.connect();
      return off;
    }

    /**
     * Answers each message of a kind with what the handler makes of it.
     * @param {string} name
     * @param {import('../modules/listeners.d.ts').ListenerRow} row
     * @param {(...values: unknown[]) => unknown} handler
     */
    #answerMessages(name, row, handler) {
      mustBeFunction(name, 'handler', handler);
      const off = this.#session.messages.receive(
        (message) => message.type === row.type,
        async (message) => {
          let answer;
          try {
            const result = await handler(...row.gives(message));
            answer = row.answer?.(result, message);
            // Within, for JSON may refuse it.
            answer &&= frameOf(answer);
          } catch (error) {
            this.#session.report(error);
            answer = row.failure?.(failureText(error, row.unknown), message);
            answer &&= frameOf(answer);
          }
          if (answer) await this.#session.tell(answer);
        },
      );
      this.#session.connect();
      return off;
    }

    /** @param {any} data */
    sendProviderHeartbeat(data) {
      const { providerId, status, connectedEnvironments, uptime, metadata } = data;
      const timestamp = new Date().toISOString();
      this.#session.tell(
        frameOf({ type: 'providerHeartbeat', providerId, timestamp, status, connectedEnvironments, uptime, metadata }),
      );
    }

    /** @param {any} data */
    sendEnvironmentHeartbeat({ environmentId, providerId }) {
      const timestamp = new Date().toISOString();
      this.#session.tell(frameOf({ type: 'environmentHeartbeat', environmentId, providerId, timestamp }));
    }

    /**
     * @param {any} frame
     * @param {(message: any, environment: any) => unknown} handler
     */
    async #answer(frame, handler) {
      const message = flatten(frame);
      let answer;
      try {
        const result = await handler(message, globalThis.process?.env ?? {});
        // Within, for JSON may refuse it.
        answer = frameOf({ type: 'processStoped', message: result ?? undefined });
      } catch (error) {
        this.#session.report(error);
        answer = frameOf({ type: 'processStoped', error: failureText(error) });
      }
      await this.#session.tell(answer);
    }

    /** @param {CallOptions} [options] */
    getMessage(options) {
      const early = this.#session.messages.takeOldest(isUserMessage);
      const message = early ? flatten(early) : this.#session.lastUserMessage;
      if (message) return Promise.resolve(message);
      return nextUserMessage(this.#session, options);
    }

    /** @param {(message: any) => unknown} handler */
    onRawMessage(handler) {
      mustBeFunction('onRawMessage', 'handler', handler);
      const session = this.#session;
      const off = session.messages.receive((message) => !(NOT_RAW.has(message.type) || isRouted(session, message)), handler);
      this.#session.connect();
      return off;
    }

    /**
     * @param {string} type
     * @param {unknown} [params]
     * @param {CallOptions & { replyTypes?: string[] }} [options]
     */
    request(type, params, options) {
      const replyTypes = options?.replyTypes ?? [type];
      if (typeof type !== 'string' || type === '') {
        return Promise.reject(unexpected("request: argument 'type'", 'a message type as a string', type));
      }
      if (!Array.isArray(replyTypes) || !replyTypes.every((name) => typeof name === 'string')) {
        return Promise.reject(unexpected("request: option 'replyTypes'", 'an array of strings', replyTypes));
      }
      let head, tail;
      try {
        const body = JSON.stringify({ params });
        head = `{"type":${JSON.stringify(type)},"requestId":"`;
        tail = body === '{}' ? '"}' : `",${body.slice(1)}`;
      } catch (error) {
        return Promise.reject(error);
      }
      return this.#session.ask({ type, replyTypes: [...replyTypes], once: true }, [head, tail], options);
    }

    /** @param {object} message */
    send(message) {
      if (typeof message !== 'object' || message === null || typeof (/** @type {any} */ (message).type) !== 'string') {
        return Promise.reject(unexpected("send: argument 'message'", "an object with a string 'type'", message));
      }
      try {
        // A message with an id of its own keeps it.
        return 'requestId' in message
          ? this.#session.tell([JSON.stringify(message)])
          : this.#session.tell(frameOf(/** @type {any} */ (message)));
      } catch (error) {
        return Promise.reject(error);
      }
    }

    /**
     * @param {any} name
     * @param {(details: any) => unknown} listener
     */
    on(name, listener) {
      return this.#listen(name, listener);
    }

    /**
     * @param {any} name
     * @param {(details: any) => unknown} listener
     */
    once(name, listener) {
      return this.#listen(name, listener, true);
    }

    /**
     * @param {any} name
     * @param {unknown} listener
     */
    off(name, listener) {
      this.#session.off(name, listener);
    }

    /**
     * @param {string} name
     * @param {(details: any) => unknown} listener
     * @param {boolean} [once]
     */
    #listen(name, listener, once) {
      const off = this.#session.on(name, listener, once);
      if (name === 'message') this.#session.connect();
      return off;
    }

    /** @param {{ drain?: boolean, timeout?: number }} [options] */
    async close(options) {
      const { timeout } = readCallOptions(options, CLOSE_DRAIN);
      // No limit, as everywhere.
      const drain = timeout === 0 ? Infinity : timeout;
      return this.#session.close(options?.drain ? drain : NaN);
    }

    get [Symbol.toStringTag]() {
      return 'Codebolt';
    }

    static {
      for (const [name, row] of Object.entries(listeners)) {
        Object.defineProperty(this.prototype, name, {
          configurable: true,
          writable: true,
          /** @this {Codebolt} @param {(...values: unknown[]) => unknown} handler */
          value(handler) {
            return this.#answerMessages(name, row, handler);
          },
        });
      }
    }
  }

  if (Symbol.asyncDispose) {
    /** @type {any} */ (Codebolt.prototype)[Symbol.asyncDispose] = function () {
      return this.close({ drain: true });
    };
  }
  return Codebolt;
};
