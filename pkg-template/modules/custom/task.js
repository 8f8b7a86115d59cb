/** The custom methods of `codebolt.task`. */
import { askWith } from '../../define.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */

const UPDATE = { type: 'taskEvent', replyTypes: ['updateTaskResponse'] };
const START = { type: 'taskEvent', replyTypes: ['startTaskWithAgentResponse'], timeout: 0 };
const DETAIL = { type: 'taskEvent', replyTypes: ['getTaskResponse'] };

/**
 * @param {Session} session
 * @param {import('../../define.d.ts').Method} method
 * @param {string} action
 * @param {object} message
 * @param {CallOptions} [callOptions]
 */
const request = (session, method, action, message, callOptions) =>
  askWith(session, method, `{"type":"taskEvent","action":"${action}","requestId":"`, 'message', message, callOptions);

/** @param {Session} session */
export const executeTaskWithAgent =
  (session) =>
  async (/** @type {string} */ taskId, /** @type {string} */ agentId, /** @type {CallOptions | undefined} */ callOptions) => {
    await request(session, UPDATE, 'updateTask', { taskId, assignedTo: agentId }, callOptions);
    return request(session, START, 'startTask', { taskId }, callOptions);
  };

/** @param {string} member */
const detail =
  (member) =>
  (/** @type {Session} */ session) =>
  async (/** @type {string} */ taskId, /** @type {CallOptions | undefined} */ callOptions) => {
    const reply = await request(session, DETAIL, 'getTaskDetail', { taskId }, callOptions);
    return reply?.task?.[member];
  };

export const getTaskStatus = /* @__PURE__ */ detail('status');
export const getTaskSummary = /* @__PURE__ */ detail('description');
