/** The custom methods of `codebolt.dynamicPanel`, and the handlers that it keeps. */
import { ask, attempt } from '../../define.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */

const OPEN = { type: 'dynamicPanel.open', replyTypes: ['dynamicPanelOpenResponse'], timeout: 0 };
const CLOSE = { type: 'dynamicPanel.close', replyTypes: ['dynamicPanelCloseResponse'] };

/** How long the user may take to answer a panel that waits for it, in ms. */
const ANSWER_WITHIN = 300_000;

const MESSAGE = 'dynamicPanel.message';

/** The handlers, by the panel's id. */
const panels = /* @__PURE__ */ stateOf(() => new Map());

/** Takes the panels' messages from the first handler on. */
const listening = /* @__PURE__ */ stateOf((session) => {
  session.messages.routed.add(MESSAGE);
  const isOurs = (/** @type {any} */ message) => message.type === MESSAGE;
  return session.messages.receive(isOurs, (message) => panels(session).get(message.panelId)?.(message.data));
});

/** @param {Session} session */
export const open =
  (session) =>
  (
    /** @type {string} */ panelId,
    /** @type {string} */ title,
    /** @type {string} */ html,
    /** @type {any} */ opts,
    /** @type {CallOptions | undefined} */ callOptions,
  ) =>
    attempt(() => {
      const limited = opts?.waitForResponse ? { timeout: opts.timeout || ANSWER_WITHIN, ...callOptions } : callOptions;
      return ask(session, OPEN, { type: 'dynamicPanel.open', params: { panelId, title, html, ...opts } }, limited);
    });

/** @param {Session} session */
export const close = (session) => (/** @type {string} */ panelId, /** @type {CallOptions | undefined} */ callOptions) => {
  panels(session).delete(panelId);
  return ask(session, CLOSE, { type: 'dynamicPanel.close', params: { panelId } }, callOptions);
};

/** @param {Session} session */
export const onMessage = (session) => (/** @type {string} */ panelId, /** @type {(data: any) => unknown} */ handler) => {
  panels(session).set(panelId, handler);
  listening(session);
  session.connect();
};

/** @param {Session} session */
export const offMessage = (session) => (/** @type {string} */ panelId) => void panels(session).delete(panelId);
