/** How long the timers were to take that were started since this was imported: before the package, which keeps the timers that it finds. */
export const delays = [];

const { setTimeout } = globalThis;
globalThis.setTimeout = (work, delay, ...rest) => {
  delays.push(delay);
  return setTimeout(work, delay, ...rest);
};
