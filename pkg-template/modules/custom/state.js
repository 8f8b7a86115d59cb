/** State that a module keeps beside a session, as long as the session lives. */

/** @typedef {import('../../define.d.ts').Session} Session */

/**
 * @template State
 * @param {(session: Session) => State} make runs on first use
 * @returns {(session: Session) => State}
 */
export const stateOf = (make) => {
  /** @type {WeakMap<Session, State>} */
  const known = new WeakMap();
  return (session) => {
    let state = known.get(session);
    if (state === undefined) known.set(session, (state = make(session)));
    return state;
  };
};
