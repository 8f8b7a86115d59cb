/** What `on-demand.js` exports, for bundles: they hold all modules from the start. */
export { modules } from '../index.js';

/**
 * @template {object} Methods
 * @template Session
 * @param {(session: Session) => Methods} methodsFor
 * @param {Session} session
 * @returns {Methods}
 */
export const onDemand = (methodsFor, session) => methodsFor(session);
