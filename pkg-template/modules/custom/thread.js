/** The custom methods of `codebolt.thread`: threads that it starts count as running background agents. */
import { askWith } from '../../define.js';
import { background } from './background-child-threads.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */

/**
 * @param {string} replyType
 * @param {0} [timeout]
 */
const starts = (replyType, timeout) => {
  const method = { type: 'threadEvent', replyTypes: [replyType], timeout };
  const head = '{"type":"threadEvent","action":"createAndStartThread","requestId":"';
  return (/** @type {Session} */ session) =>
    async (/** @type {any} */ options, /** @type {CallOptions | undefined} */ callOptions) => {
      const threads = background(session);
      const reply = await askWith(session, method, head, 'message', options, callOptions);
      if (reply.threadId) threads.add(reply.threadId, reply, options?.groupId);
      return reply;
    };
};

export const createAndStartThread = /* @__PURE__ */ starts('startThreadResponse', 0);
export const createThreadInBackground = /* @__PURE__ */ starts('ThreadAgentStarted');
