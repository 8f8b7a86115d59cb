/** Agents that run in threads of their own, and their outcomes. */
import { Inbox, taken } from './inbox.js';
import { stateOf } from './state.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {{ type: 'agentQueueEvent' | 'backgroundAgentCompletion' | 'backgroundGroupedAgentCompletion', data: any }} ExternalEvent */

/** The messages that tell that a single thread is done. */
const COMPLETIONS = ['startThreadResponse', 'ThreadCompleted'];

/** How many events are kept for an event queue that may never be asked, and completions of threads that may never be registered. */
const KEPT = 256;

class BackgroundThreads {
  /** @type {Map<string, any>} */
  #running = new Map();
  /** The running threads of a group, and the outcomes of the others. @type {Map<string, { running: Set<string>, completions: any[] }>} */
  #groups = new Map();
  /** Completions of threads that nobody has registered: the host may be faster than the reply that tells of the thread. */
  #unregistered = new Map();
  /** @type {Inbox<any>} */
  completions = new Inbox();
  /** @type {Inbox<any>} */
  groupCompletions = new Inbox();
  /** Everything that comes from outside, in its order, for `agentEventQueue`. @type {Inbox<ExternalEvent>} */
  external = new Inbox(KEPT);

  /** @param {Session} session */
  constructor(session) {
    const arrived = (/** @type {any} */ message) => this.#arrived(message);
    const isCompletion = (/** @type {any} */ message) => COMPLETIONS.includes(message.type);
    session.messages.receive(isCompletion, arrived, { atOnce: true });
    // A completion may carry the id of the request that started the thread, which has been answered by then.
    session.on('dropped', (message) => isCompletion(message) && arrived(message));
    session.messages.receive(
      (message) => message.type === 'backgroundGroupedAgentCompletion',
      (message) => this.#groupCompleted(message),
      { atOnce: true },
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
    if (groupId) {
      const group = this.#groups.get(groupId) ?? { running: new Set(), completions: [] };
      group.running.add(threadId);
      this.#groups.set(groupId, group);
    }
    const early = this.#unregistered.get(threadId);
    if (early === undefined) return;
    this.#unregistered.delete(threadId);
    this.#completed(early);
  }

  /** @param {any} message */
  #arrived(message) {
    const { type, threadId } = message;
    if (!threadId) return;
    // Waiters for background agents get their outcomes only. Handlers of all events get those of every thread.
    if (type === 'startThreadResponse' || this.#running.has(threadId)) this.#completed(message);
    else {
      this.#unregistered.set(threadId, message);
      if (this.#unregistered.size > KEPT) this.#unregistered.delete(this.#unregistered.keys().next().value);
    }
    this.external.put({ type: 'backgroundAgentCompletion', data: message });
  }

  /** @param {any} completion */
  #completed(completion) {
    const { threadId } = completion;
    this.#running.delete(threadId);
    this.completions.drop((earlier) => earlier.threadId === threadId);
    this.completions.put(completion);
    for (const [groupId, { running, completions }] of this.#groups) {
      if (!running.delete(threadId)) continue;
      completions.push(completion);
      if (running.size > 0) continue;
      this.#groups.delete(groupId);
      const success = completions.every((each) => each.success !== false);
      this.#groupCompleted({ groupId, threadId, completions, success });
    }
  }

  /** @param {any} completion */
  #groupCompleted(completion) {
    this.groupCompletions.put(completion);
    this.external.put({ type: 'backgroundGroupedAgentCompletion', data: completion });
  }
}

export const background = /* @__PURE__ */ stateOf((session) => new BackgroundThreads(session));

/** All items, if there are any. @param {Inbox<any>} inbox */
const allOf = (inbox) => (inbox.size > 0 ? inbox.takeAll() : undefined);

/** @param {Session} session */
export const addRunningAgent = (session) => {
  const threads = background(session);
  return (/** @type {string} */ threadId, /** @type {any} */ data, /** @type {string | undefined} */ groupId) =>
    threads.add(threadId, data, groupId);
};

/** @param {Session} session */
export const getRunningAgentCount = (session) => () => background(session).count;

/** @param {Session} session */
export const checkForBackgroundAgentCompletion = (session) => () => allOf(background(session).completions) ?? null;

/** @param {Session} session */
export const onBackgroundAgentCompletion = (session) => async () => {
  const { completions } = background(session);
  return taken(session, [completions], () => allOf(completions));
};

/** @param {Session} session */
export const checkForBackgroundGroupedAgentCompletion = (session) => () =>
  background(session).groupCompletions.take() ?? null;

/** @param {Session} session */
export const onBackgroundGroupedAgentCompletion = (session) => async () => {
  const { groupCompletions } = background(session);
  return taken(session, [groupCompletions], () => groupCompletions.take());
};

/** @param {Session} session */
export const waitForAnyExternalEvent = (session) => async () => {
  const { completions, groupCompletions } = background(session);
  return taken(session, [completions, groupCompletions], () => {
    const all = allOf(completions);
    if (all) return { type: 'backgroundAgentCompletion', data: all };
    const group = groupCompletions.take();
    return group && { type: 'backgroundGroupedAgentCompletion', data: group };
  });
};
