/** Refusals, ids and times, for all stores in memory. */

/** @typedef {(params: any) => Record<string, any>} Operation */
/** @typedef {Record<string, Operation>} Operations by the method's name */

/** A host's refusal. @param {string} error */
export const refused = (error) => ({ success: false, error, message: error });

/** Ids of one kind, numbered, so that a run can be repeated. @param {string} kind */
export const numbered = (kind) => {
  let last = 0;
  return () => `${kind}-${++last}`;
};

export const now = () => new Date().toISOString();

/** A value that nobody else changes. @template T @param {T} value @returns {T} */
export const copied = (value) => structuredClone(value);
