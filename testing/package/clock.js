/** Time limits follow the clock that there was when the package was imported; what a test delays follows the clock that it fakes. */
const { setTimeout: set, clearTimeout: clear } = globalThis;

/**
 * Calls `late` after so many real milliseconds. Returns what prevents it. It keeps no process alive.
 * @param {number} limit
 * @param {() => void} late
 */
export const limited = (limit, late) => {
  if (!(limit > 0 && limit < 2 ** 31)) return () => {};
  const timer = set(late, limit);
  /** @type {any} */ (timer).unref?.();
  return () => clear(timer);
};

/** After so many milliseconds of the clock that is there now, which may be faked. @param {number} delay @param {() => void} work */
export const later = (delay, work) => globalThis.setTimeout(work, delay);
