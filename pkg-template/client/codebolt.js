/** The class that users see. */
import { onAbort, readCallOptions } from './call-options.js';
import { LONGEST_DELAY, clearTimeout, setTimeout } from './clock.js';
import { cut } from './define.js';
import { CodeboltError } from './error.js';
import { hostSocket } from './host-socket.js';
import { listeners } from './modules/listeners.js';
import { shown } from './options.js';
import { ownLazily, ownMethods, ownValue } from './own-members.js';
import { isRouted } from './routed.js';
import { Session, mustBeFunction } from './session.js';
import { failureText, flatten, isUserMessage } from './user-message.js';

/** @typedef {import('./define.d.ts').CallOptions} CallOptions */

/** Types whose messages are no raw messages, beside those that modules take, as in the reference. */
const NOT_RAW = new Set(['messageResponse', 'providerStart', 'providerAgentStart']);

const CLOSE_DRAIN = 10_000;

/** @type {WeakMap<object, Session>} */
const sessions = /* @__PURE__ */ new WeakMap();

/** The session of an instance, for what is kept by it. @param {object} codebolt */
export const sessionOf = (codebolt) => sessions.get(codebolt);

/**
 * The class for a runtime.
 * @param {import('./platform/platform.d.ts').Platform} platform
 * @param {typeof import('./modules/index.js').modules} modules every module's methods for a session
 */
export const codeboltFor = (platform, modules) => {
  class Codebolt {
    /** @type {Session} */
    #session;
    /** @param {unknown} [options] */
    constructor(options) {
      const isDefault = options instanceof Session;
      const session = isDefault ? options : new Session(platform, options);
      this.#session = session;
      sessions.set(this, session);
      /** @type {ReturnType<typeof hostSocket> | undefined} */
      let socket;
      ownValue(this, 'websocket', () => (socket ??= session.wasOpen ? hostSocket(session) : undefined) ?? null);
      for (const [name, methodsFor] of Object.entries(modules)) ownLazily(this, name, () => methodsFor(session));
      // What CommonJS code for the reference reaches the instance and the class by.
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

    /** @param {() => unknown} handler */
    onReady(handler) {
      mustBeFunction('onReady', 'handler', handler);
      const run = () => {
        try {
          Promise.resolve(handler()).catch((error) => this.#session.report(error));
        } catch (error) {
          this.#session.report(error);
        }
      };
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
     * @param {import('./modules/listeners.d.ts').ListenerRow} row
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
            answer &&= cut(answer);
          } catch (error) {
            this.#session.report(error);
            answer = row.failure?.(failureText(error, row.unknown), message);
            answer &&= cut(answer);
          }
          if (answer) await this.#session.send(.../** @type {[string, string]} */ (answer));
        },
      );
      this.#session.connect();
      return off;
    }

    /** @param {any} data */
    sendProviderHeartbeat(data) {
      const { providerId, status, connectedEnvironments, uptime, metadata } = data;
      const timestamp = new Date().toISOString();
      this.#session.send(
        ...cut({ type: 'providerHeartbeat', providerId, timestamp, status, connectedEnvironments, uptime, metadata }),
      );
    }

    /** @param {any} data */
    sendEnvironmentHeartbeat({ environmentId, providerId }) {
      const timestamp = new Date().toISOString();
      this.#session.send(...cut({ type: 'environmentHeartbeat', environmentId, providerId, timestamp }));
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
        answer = cut({ type: 'processStoped', message: result ?? undefined });
      } catch (error) {
        this.#session.report(error);
        answer = cut({ type: 'processStoped', error: failureText(error) });
      }
      await this.#session.send(...answer);
    }

    /** @param {CallOptions} [options] */
    getMessage(options) {
      const early = this.#session.messages.takeOldest(isUserMessage);
      const message = early ? flatten(early) : this.#session.lastUserMessage;
      if (message) return Promise.resolve(message);
      return this.#nextMessage(options);
    }

    /** @param {CallOptions | undefined} options */
    async #nextMessage(options) {
      const { signal, timeout } = readCallOptions(options, 0);
      signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        /** @type {(() => void)[]} */
        const undo = [];
        let wasOpen = this.ready;
        const settle = (/** @type {(value: any) => void} */ how, /** @type {any} */ value) => {
          for (const step of undo) step();
          how(value);
        };
        undo.push(
          this.#session.messages.receive(isUserMessage, (frame) => settle(resolve, flatten(frame))),
          this.#session.on('open', () => (wasOpen = true)),
          this.#session.on('close', (details) => {
            // Where there was none, waitForReady says why.
            if (wasOpen) settle(reject, new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', { sent: false, ...details }));
          }),
        );
        if (timeout > 0 && Number.isFinite(timeout)) {
          const text = `getMessage: no user message within ${timeout} ms`;
          const timer = setTimeout(() => settle(reject, new CodeboltError('REQUEST_TIMEOUT', text)), Math.min(timeout, LONGEST_DELAY));
          undo.push(() => clearTimeout(timer));
        }
        if (signal) undo.push(onAbort(signal, () => settle(reject, signal.reason)));
        this.#session.waitForReady(options).catch((error) => settle(reject, error));
      });
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
        return refuse(`request: argument 'type' is ${shown(type)}; a message type as a string is wanted`);
      }
      if (!Array.isArray(replyTypes) || !replyTypes.every((name) => typeof name === 'string')) {
        return refuse(`request: option 'replyTypes' is ${shown(replyTypes)}; an array of strings is wanted`);
      }
      let head, tail;
      try {
        const body = JSON.stringify({ params });
        head = `{"type":${JSON.stringify(type)},"requestId":"`;
        tail = body === '{}' ? '"}' : `",${body.slice(1)}`;
      } catch (error) {
        return Promise.reject(error);
      }
      return this.#session.request({ type, replyTypes: [...replyTypes], once: true }, head, tail, options);
    }

    /** @param {object} message */
    send(message) {
      if (typeof message !== 'object' || message === null || typeof (/** @type {any} */ (message).type) !== 'string') {
        return refuse(`send: argument 'message' is ${shown(message)}; an object with a string 'type' is wanted`);
      }
      try {
        // A message with an id of its own keeps it.
        return 'requestId' in message
          ? this.#session.sendText(JSON.stringify(message))
          : this.#session.send(...cut(/** @type {any} */ (message)));
      } catch (error) {
        return Promise.reject(error);
      }
    }

    /**
     * @param {any} name
     * @param {(details: any) => unknown} listener
     */
    on(name, listener) {
      const off = this.#session.on(name, listener);
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
    Object.defineProperty(Codebolt.prototype, Symbol.asyncDispose, {
      configurable: true,
      value() {
        return this.close({ drain: true });
      },
    });
  }
  return Codebolt;
};

/** @param {string} text */
const refuse = (text) => Promise.reject(new CodeboltError('INVALID_ARGUMENT', text));
