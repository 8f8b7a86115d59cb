/** Which messages belong to a module. Handlers for all other messages do not get them. */

/** Types that modules take whether they are in use or not, as in the reference. */
const ROUTED = [
  'steeringMessage',
  'agentEvent',
  'startThreadResponse',
  'ThreadCompleted',
  'backgroundGroupedAgentCompletion',
];

/**
 * @param {import('../define.d.ts').Session} session
 * @param {any} message
 */
export const isRouted = ({ messages }, { type }) => ROUTED.includes(type) || messages.routed.has(type);
