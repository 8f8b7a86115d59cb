// A session that keeps what methods hand to it. What travels and how replies find their call are the session's own tests.

import { pathToFileURL } from 'node:url';

export const ID = '00000000-0000-4000-8000-000000000000';

const sources = process.env.CODEBOLT_PACKAGE_SOURCES;
if (!sources) throw new Error('run these tests with `cargo xtask test definitions`');

/** The folder of what the package is bundled from. */
export const SOURCES = pathToFileURL(`${sources}/`);

export const { modules } = await import(new URL('modules/index.js', SOURCES).href);
const { Listeners, run } = await import(new URL('messages/listeners.js', SOURCES).href);
const { Inbox } = await import(new URL('messages/inbox.js', SOURCES).href);

/** @param {[string, string?]} frame */
const textOf = ([head, tail]) => (tail === undefined ? head : head + ID + tail);

/** @param {(frame: any) => any} [answer] the reply to a request */
export const recordingSession = (answer = () => ({})) => {
  const frames = [];
  const failures = [];
  const events = {
    message: new Listeners((error) => failures.push(error)),
    close: new Listeners(() => {}),
    dropped: new Listeners((error) => failures.push(error)),
  };
  const record = (text, detail) => void frames.push({ text, ...detail });
  const request = async (text, detail) => {
    record(text, detail);
    return answer(JSON.parse(text));
  };
  return {
    frames,
    failures,
    ask: (method, frame, options) => request(textOf(frame), { method, options }),
    // Made in the WebAssembly module; the suite `event-log` has what that sends.
    createInstance: async (name, description, options) =>
      request(JSON.stringify({ type: 'eventLog.createInstance', requestId: ID, params: { name, description } }), { options }),
    tell: async (frame) => record(textOf(frame)),
    connect: () => {},
    waitForReady: async () => {},
    on: (name, listener) => events[name].add(listener),
    run: (work) => run(work, (error) => failures.push(error)),
    messages: new Inbox((error) => failures.push(error)),
    /** A message of the host comes in. */
    arrive(message) {
      events.message.emit(message);
      this.messages.deliver(message);
    },
    /** A reply comes in that no call waits for. */
    drop: (message) => events.dropped.emit(message),
    /** How many listen for an event. */
    listening: (name) => events[name].size,
    /** The connection ends. */
    end: (details) => events.close.emit(details),
  };
};
