/** The result of `plan_get_all`: the plans that the filters leave, as JSON. */
import { json } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ status, agentId }, reply) => {
  let plans = reply.plans || reply;
  if (Array.isArray(plans)) {
    plans = plans.filter((plan) => (!status || plan.status === status) && (!agentId || plan.agentId === agentId));
  }
  return { llmContent: json(plans), returnDisplay: `Action plans that were retrieved: ${Array.isArray(plans) ? plans.length : 0}` };
};
