/** The custom methods of `codebolt.actionPlan`. */
import { tell } from '../../define.js';

/** @typedef {import('../../define.d.ts').Session} Session */

/** @param {Session} session */
export const startTaskStepWithListener =
  (session) =>
  (/** @type {string} */ planId, /** @type {string} */ taskId, /** @type {(response: any) => unknown} */ onResponse) => {
    const end = session.messages.receive(
      (message) => message.type === 'startTaskStepResponse' && message.taskId === taskId,
      onResponse,
    );
    tell(session, { type: 'actionPlanEvent', action: 'startTaskStep', message: { planId, taskId } });
    return end;
  };
