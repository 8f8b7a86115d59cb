/** The frames of messages that a host sends of itself. */
import { TestHostError, shown } from './error.js';
import { listeners } from './tables/listeners.js';

/**
 * A user's message.
 * @param {string | object} message the text, or members of the message
 * @param {number} number
 */
export const userMessage = (message, number) => {
  const members = typeof message === 'string' ? { userMessage: message } : message;
  return {
    type: 'messageResponse',
    message: {
      userMessage: '',
      currentFile: '',
      mentionedFiles: [],
      mentionedFullPaths: [],
      mentionedFolders: [],
      uploadedImages: [],
      mentionedMCPs: [],
      selectedAgent: { id: '', name: '' },
      messageId: `message-${number}`,
      threadId: 'thread-1',
      mentionedAgents: [],
      openedFiles: [],
      ...members,
    },
  };
};

/** @param {string | object} message */
export const steeringMessage = (message) => ({ type: 'steeringMessage', ...(typeof message === 'string' ? { message } : message) });

/** @param {object} event @param {number} number */
export const agentEvent = (event, number) => ({ type: 'agentEvent', event: { eventId: `event-${number}`, ...event } });

/** @param {string} threadId @param {object} [members] */
export const threadCompleted = (threadId, members) => ({ type: 'ThreadCompleted', threadId, success: true, ...members });

/** The row of a listener of the class. @param {string} name */
export const listenerNamed = (name) => {
  const row = listeners.find((one) => one.name === name);
  if (row) return row;
  throw new TestHostError('INVALID_ARGUMENT', `ask: there is no handler ${shown(name)}; there are ${listeners.map((one) => one.name).join(', ')}.`);
};

/**
 * The frames of a command's stream.
 * @param {import('./index.d.ts').CommandOutcome} outcome
 */
export const commandFrames = ({ output = [], error, exitCode }) => [
  ...(typeof output === 'string' ? [output] : output).map((text) => ({ type: 'commandOutput', success: true, output: text })),
  error === undefined ? { type: 'commandFinish', success: (exitCode ?? 0) === 0, exitCode: exitCode ?? 0 } : { type: 'commandError', success: false, error, exitCode: exitCode ?? 1 },
];
