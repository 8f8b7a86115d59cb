/**
 * The runtime's clock and timers as they were when the package was imported. What takes their place later, as test frameworks
 * and pages do, holds up neither calls nor time limits. `codebolt_wasm.js` has them from here too (xtask/src/build/wasm.rs).
 */
const { setTimeout: set, clearTimeout: clear, Date: calendar, performance: clock } = globalThis;

const read = typeof clock?.now === 'function' ? clock.now.bind(clock) : calendar.now.bind(calendar);
let last = -Infinity;
let behind = 0;

/** Milliseconds that never run backwards, though their clock may. */
const now = () => {
  const time = read();
  if (time < last) behind += last - time;
  last = time;
  return time + behind;
};

/** The longest delay of a timer. A timer takes longer ones for 1 ms. */
export const LONGEST_DELAY = 2 ** 31 - 1;

const performance = { now };
const Date = { now: calendar.now.bind(calendar) };
export { Date, clear as clearTimeout, performance, set as setTimeout };
