/** `codebolt.userMessage`: the user message that is being worked on, and data kept beside it. */
import { flatten, isUserMessage } from '../../messages/user-message.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */

/** The message, the switches that it sets, what was kept beside it, and when it came. */
const store = /* @__PURE__ */ stateOf((session) => {
  const kept = {
    /** @type {any} */ message: undefined,
    /** @type {Record<string, any>} */ config: {},
    /** @type {Map<string, unknown>} */ data: new Map(),
    /** @type {string | undefined} */ since: undefined,
  };
  const take = (/** @type {any} */ message) => {
    kept.message = message;
    kept.since = new Date().toISOString();
    Object.assign(kept.config, {
      processMentionedMCPs: message.mentionedMCPs.length > 0,
      processRemixPrompt: !!message.remixPrompt,
      processMentionedFiles: message.mentionedFiles.length > 0 || message.mentionedFullPaths.length > 0,
      processMentionedAgents: message.mentionedAgents.length > 0,
    });
  };
  if (session.lastUserMessage) take(session.lastUserMessage);
  session.on('message', (frame) => isUserMessage(frame) && take(flatten(frame)));
  return kept;
});

/**
 * A method that reads the message.
 * @template T
 * @param {(message: any) => T} read gets `undefined` when there is no message
 */
const reads = (read) => (/** @type {Session} */ session) => {
  const kept = store(session);
  return () => read(kept.message);
};

export const getCurrent = /* @__PURE__ */ reads((message) => message);
export const getText = /* @__PURE__ */ reads((message) => message?.userMessage || '');
export const getMentionedMCPs = /* @__PURE__ */ reads((message) => message?.mentionedMCPs || []);
export const getMentionedFiles = /* @__PURE__ */ reads((message) => [
  ...(message?.mentionedFiles || []),
  ...(message?.mentionedFullPaths || []),
]);
export const getMentionedFolders = /* @__PURE__ */ reads((message) => message?.mentionedFolders || []);
export const getMentionedAgents = /* @__PURE__ */ reads((message) => message?.mentionedAgents || []);
export const getRemixPrompt = /* @__PURE__ */ reads((message) => message?.remixPrompt);
export const getUploadedImages = /* @__PURE__ */ reads((message) => message?.uploadedImages || []);
export const getCurrentFile = /* @__PURE__ */ reads((message) => message?.currentFile);
export const getSelection = /* @__PURE__ */ reads((message) => message?.selection);
export const getMessageId = /* @__PURE__ */ reads((message) => message?.messageId);
export const getThreadId = /* @__PURE__ */ reads((message) => message?.threadId);
export const hasMessage = /* @__PURE__ */ reads((message) => message !== undefined);

/** @param {Session} session */
export const getTimestamp = (session) => () => store(session).since;

/** @param {Session} session */
export const getProcessingConfig = (session) => () => store(session).config;

/** @param {Session} session */
export const isProcessingEnabled = (session) => (/** @type {string} */ type) => !!store(session).config[type];

/** @param {Session} session */
export const updateProcessingConfig = (session) => (/** @type {unknown} */ config) =>
  void Object.assign(store(session).config, config);

/** @param {Session} session */
export const setSessionData = (session) => (/** @type {string} */ key, /** @type {unknown} */ value) =>
  void store(session).data.set(key, value);

/** @param {Session} session */
export const getSessionData = (session) => (/** @type {string} */ key) => store(session).data.get(key);

/** @param {Session} session */
export const clear = (session) => () => {
  const kept = store(session);
  kept.message = kept.since = undefined;
  kept.config = {};
  kept.data.clear();
};
