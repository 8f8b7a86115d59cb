// A clock that can be set, for the package to find when it is imported.

const read = performance.now.bind(performance);
let ahead = 0;

export const clock = {
  /** Sets it, forwards or back. @param {number} milliseconds */
  set(milliseconds) {
    ahead = milliseconds - read();
  },
};

Object.defineProperty(globalThis, 'performance', { configurable: true, value: { now: () => read() + ahead }, writable: true });
