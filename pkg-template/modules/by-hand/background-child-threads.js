/** Agents that run in threads of their own, and what came of them. */
import { Inbox, whenever } from './inbox.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */

/** The messages that tell that a single thread is done. */
const COMPLETIONS = ['startThreadResponse', 'ThreadCompleted'];

class BackgroundThreads {
  /** @type {Map<string, any>} */
  #running = new Map();
  /** @type {Map<string, Set<string>>} */
  #groups = new Map();
  /** @type {Inbox<any>} */
  completions;
  /** @type {Inbox<any>} */
  groupCompletions;

  /** @param {Session} session */
  constructor(session) {
    this.completions = new Inbox(session);
    this.groupCompletions = new Inbox(session);
    const completed = (/** @type {any} */ message) => {
      this.#running.delete(message.threadId);
      this.completions.put(message);
    };
    const isCompletion = (/** @type {any} */ message) => COMPLETIONS.includes(message.type);
    session.messages.receive(isCompletion, completed);
    // A completion may carry the id of the request that started the thread, which has been answered by then.
    session.on('dropped', (message) => isCompletion(message) && completed(message));
    session.messages.receive(
      (message) => message.type === 'backgroundGroupedAgentCompletion',
      (message) => this.groupCompletions.put(message),
    );
  }

  get count() {
    return this.#running.size;
  }

  /**
   * @param {string} threadId
   * @param {any} data
   * @param {string} [groupId]
   */
  add(threadId, data, groupId) {
    this.#running.set(threadId, data);
    if (!groupId) return;
    const group = this.#groups.get(groupId) ?? new Set();
    this.#groups.set(groupId, group.add(threadId));
  }
}

export const background = /* @__PURE__ */ stateOf((session) => new BackgroundThreads(session));

/** @param {Session} session */
export const addRunningAgent = (session) => {
  const threads = background(session);
  return (/** @type {string} */ threadId, /** @type {any} */ data, /** @type {string | undefined} */ groupId) =>
    threads.add(threadId, data, groupId);
};

/** @param {Session} session */
export const getRunningAgentCount = (session) => () => background(session).count;

/** @param {Session} session */
export const checkForBackgroundAgentCompletion = (session) => () => {
  const all = background(session).completions.takeAll();
  return all.length > 0 ? all : null;
};

/** @param {Session} session */
export const onBackgroundAgentCompletion = (session) => async () => {
  const { completions } = background(session);
  await whenever(session, [completions]);
  return completions.takeAll();
};

/** @param {Session} session */
export const checkForBackgroundGroupedAgentCompletion = (session) => () =>
  background(session).groupCompletions.take() ?? null;

/** @param {Session} session */
export const onBackgroundGroupedAgentCompletion = (session) => async () => {
  const { groupCompletions } = background(session);
  await whenever(session, [groupCompletions]);
  return groupCompletions.take();
};

/**
 * @param {Session} session
 * @returns {() => Promise<import('../background-child-threads.js').BackgroundExternalEvent>}
 */
export const waitForAnyExternalEvent = (session) => async () => {
  const { completions, groupCompletions } = background(session);
  await whenever(session, [completions, groupCompletions]);
  return completions.size > 0
    ? { type: 'backgroundAgentCompletion', data: completions.takeAll() }
    : { type: 'backgroundGroupedAgentCompletion', data: groupCompletions.take() };
};
