/** What the package prints on standard error: errors of handlers, and why a program ends that never had a connection. */
import { builtin } from './builtin.js';

/** @type {Set<{ text: string }>} */
const messages = new Set();

/** So many are kept of instances that fail one after another. */
const KEPT = 16;

let isListening = false;

const end = () => {
  if (messages.size === 0) return;
  for (const { text } of messages) {
    if (text) console.error(`codebolt: ${text}`);
  }
  messages.clear();
  globalThis.process.exitCode ??= 1;
};

/**
 * Has the program, if it ends by itself, end with this message and a code that is not 0. Without a text only the latter.
 * Returns a function that takes it back.
 * @param {string} text
 */
export const exitMessage = (text) => {
  if (!isListening) globalThis.process.on('beforeExit', end);
  isListening = true;
  const message = { text };
  if (messages.size < KEPT) messages.add(message);
  return () => {
    messages.delete(message);
  };
};

/** @param {unknown} error */
export const report = (error) => {
  // Node shows an error that is a warning without its stack and its cause.
  const { inspect } = builtin('util');
  const [text, ...detail] = (error instanceof Error ? inspect(error) : String(error)).split('\n');
  globalThis.process.emitWarning(text, { type: 'CodeboltListenerWarning', detail: detail.join('\n') });
};
