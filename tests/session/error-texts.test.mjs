// What a caller is told of a wrong argument: where it was, what was expected, what came. The texts are for people, and whole.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codebolt, unwrap } from 'codebolt-wasm';
import { failure } from './misbehaving-host.mjs';

const TIME = 'milliseconds as a number, 0 or more';
const COUNT = 'a whole number, 0 or more, or Infinity';
const EVENTS = 'open, close, reconnecting, message, protocolError, dropped, messagesLost, listenerError, request, reply, requestFailed';

const made = (options) => () => new Codebolt(options);
const on = (work) => () => work(new Codebolt({ url: 'ws://127.0.0.1:1' }));
const read = (options) => on(({ eventLog }) => eventLog.readEvents(options));
const readWith = (option) => read({ instanceId: 'i', ...option });

/** What is called, and what it says. */
const ROWS = [
  [made(7), "new Codebolt: argument 'options': expected an object, got 7"],
  [made([1]), "new Codebolt: argument 'options': expected an object, got an array of 1"],
  [made({ url: 7 }), "option 'url': expected a WebSocket address as a string, for example 'ws://localhost:12345/codebolt', got 7"],
  [made({ host: null }), "option 'host': expected a host name as a string, for example 'localhost', got null"],
  [made({ port: '80' }), `option 'port': expected a port number from 1 to 65535, got "80"`],
  [made({ secure: 1 }), "option 'secure': expected true or false, got 1"],
  [made({ params: { a: 1 } }), `option 'params': expected an object whose members are strings, for example { tenant: "a" }, got an object`],
  [made({ connectTimeout: -1 }), `option 'connectTimeout': expected ${TIME}, got -1`],
  [made({ requestTimeout: '1' }), `option 'requestTimeout': expected ${TIME}, got "1"`],
  [made({ keepAlive: NaN }), `option 'keepAlive': expected ${TIME}, got NaN`],
  [made({ reconnect: 1n }), "option 'reconnect': expected true, false or an object { initialDelay, maxDelay, maxAttempts, stableAfter }, got 1n"],
  [made({ reconnect: { maxDelay: -1 } }), `reconnect option 'maxDelay': expected ${TIME}, got -1`],
  [made({ reconnect: { maxAttempts: 0.5 } }), `reconnect option 'maxAttempts': expected ${COUNT}, got 0.5`],
  [made({ reconnect: { delay: 1 } }), 'unknown reconnect option "delay"; valid reconnect options: initialDelay, maxDelay, maxAttempts, stableAfter'],
  [made({ maxQueued: -1 }), `option 'maxQueued': expected ${COUNT}, got -1`],
  [made({ maxInFlight: 0 }), "option 'maxInFlight': expected a whole number, 1 or more, or Infinity, got 0"],
  [made({ highWaterMark: 0 }), "option 'highWaterMark': expected bytes as a whole number, 1 or more, got 0"],
  [made({ maxFrameBytes: 0 }), "option 'maxFrameBytes': expected bytes as a whole number, 1 or more, got 0"],
  [made({ throwOnError: 'yes' }), `option 'throwOnError': expected true or false, got "yes"`],
  [made({ unref: 1 }), "option 'unref': expected true or false, got 1"],
  [made({ webSocket: {} }), "option 'webSocket': expected a WebSocket constructor, or a function that makes a socket for an address, got an object"],
  [made({ logger: 'console' }), `option 'logger': expected an object with the methods debug, info, warn and error (such as console), or a function (level, text, details), got "console"`],
  [on((codebolt) => codebolt.on('opened', () => {})), `unknown event "opened"; valid events: ${EVENTS}`],
  [on((codebolt) => codebolt.off('opened', () => {})), `unknown event "opened"; valid events: ${EVENTS}`],
  [on((codebolt) => codebolt.on('open', 'f')), `on: argument 'listener': expected a function, got "f"`],
  [on((codebolt) => codebolt.once('open')), "once: argument 'listener': expected a function, got undefined"],
  [on((codebolt) => codebolt.onReady({})), "onReady: argument 'handler': expected a function, got an object"],
  [on((codebolt) => codebolt.onMessage(Promise.resolve())), "onMessage: argument 'handler': expected a function, got a promise"],
  [on((codebolt) => codebolt.onRawMessage(null)), "onRawMessage: argument 'handler': expected a function, got null"],
  [on((codebolt) => codebolt.onProviderStart(1)), "onProviderStart: argument 'handler': expected a function, got 1"],
  [on((codebolt) => codebolt.request('')), `request: argument 'type': expected a message type as a string, got ""`],
  [on((codebolt) => codebolt.request(() => {})), "request: argument 'type': expected a message type as a string, got a function"],
  [on((codebolt) => codebolt.request('x', 1, { replyTypes: [1] })), "request: option 'replyTypes': expected an array of strings, got an array of 1"],
  [on((codebolt) => codebolt.send({ type: 7 })), "send: argument 'message': expected an object with a string 'type', got an object"],
  [on((codebolt) => codebolt.waitForReady({ timeout: '1' })), `option 'timeout': expected milliseconds as a number, 0 (no limit) or more, got "1"`],
  [on((codebolt) => codebolt.getMessage({ signal: {} })), "option 'signal': expected an AbortSignal, got an object"],
  [() => unwrap('x'.repeat(90)), `unwrap: argument 'response': expected a host's reply, as in unwrap(await …), got "${'x'.repeat(80)}"`],
  [read(null), "eventLog.readEvents: argument 'options': expected an object with an instanceId, got null"],
  [read({}), "eventLog.readEvents: argument 'options.instanceId': expected an instance's id or name as a string, got undefined"],
  [readWith({ stream: 1 }), "eventLog.readEvents: argument 'options.stream': expected a stream's name as a string, got 1"],
  [readWith({ after: -1 }), "eventLog.readEvents: argument 'options.after': expected a whole number, 0 or more, got -1"],
  [readWith({ where: {} }), "eventLog.readEvents: argument 'options.where': expected an array of conditions, got an object"],
  [readWith({ batchSize: 0 }), "eventLog.readEvents: argument 'options.batchSize': expected a whole number, 1 or more, got 0"],
  [readWith({ live: 1 }), "eventLog.readEvents: argument 'options.live': expected true or false, got 1"],
  [readWith({ pollInterval: 2 ** 31 }), "eventLog.readEvents: argument 'options.pollInterval': expected milliseconds as a number from 0 to 2147483647, got 2147483648"],
  [readWith({ onRetry: {} }), "eventLog.readEvents: argument 'options.onRetry': expected a function ({ error, attempt }), got an object"],
  [readWith({ ifRecreated: 'no' }), `eventLog.readEvents: argument 'options.ifRecreated': expected 'fail' or 'restart', got "no"`],
  [readWith({ ifAborted: 'no' }), `eventLog.readEvents: argument 'options.ifAborted': expected 'fail' or 'end', got "no"`],
  [readWith({ signal: {} }), "eventLog.readEvents: argument 'options.signal': expected an AbortSignal, got an object"],
  [readWith({ signal: null }), "eventLog.readEvents: argument 'options.signal': expected an AbortSignal, got null"],
  [
    readWith({ from: 1 }),
    'unknown readEvents option "from"; valid readEvents options: instanceId, stream, after, where, batchSize, live, pollInterval, onRetry, ifRecreated, ifAborted, signal',
  ],
];

describe('a wrong argument is told', () => {
  for (const [call, text] of ROWS) {
    it(text, async () => {
      const error = await failure((async () => call())());
      assert.deepEqual([error.name, error.code, error.message], ['CodeboltError', 'INVALID_ARGUMENT', text]);
    });
  }
});

describe('the last values that are right', () => {
  for (const option of [
    { after: 0 },
    { batchSize: 1 },
    { pollInterval: 0 },
    { pollInterval: 2 ** 31 - 1 },
    { live: true },
    { where: [] },
    { onRetry() {} },
    { ifRecreated: 'fail' },
    { ifRecreated: 'restart' },
    { ifAborted: 'fail' },
    { ifAborted: 'end' },
    { signal: new AbortController().signal },
  ]) {
    it(`readEvents takes ${JSON.stringify(option)}`, () => assert.equal(typeof readWith(option)().next, 'function'));
  }

  for (const options of [
    { port: 1 },
    { port: 65_535 },
    { connectTimeout: 0 },
    { maxQueued: 0 },
    { maxInFlight: 1 },
    { maxInFlight: Infinity },
    { highWaterMark: 1 },
    { maxFrameBytes: 1 },
    { unref: false },
    { reconnect: { initialDelay: 0, maxDelay: 0, maxAttempts: Infinity, stableAfter: 0 } },
  ]) {
    it(`a Codebolt takes ${JSON.stringify(options)}`, () => assert.equal(new Codebolt(options).connectionState, 'idle'));
  }
});
