/** What `on-demand.js` exports, for bundlers: they have to see what there is, and leave out what is not used. */
export { modules } from './modules/index.js';
export { default as WebSocket } from 'ws';

/**
 * @template {object} Methods
 * @template Session
 * @param {(session: Session) => Methods} methodsFor
 * @param {Session} session
 * @returns {Methods}
 */
export const onDemand = (methodsFor, session) => methodsFor(session);
