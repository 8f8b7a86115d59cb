// Random JSON values, the same for the same seed, with a liking for what goes wrong.

const NAMES = ['a', 'type', 'requestId', 'action', 'message', 'params', 'id', 'threadId', 'toolUseId', '1', '10', '__proto__', 'é"\\'];
const TEXTS = ['', 'text', '0', 'line\nbreak', '\u2028', '\ud800', '"quoted"', 'https://example.org/x', 'tool_x'];
const NUMBERS = [0, 1, -1.5, 1e21, NaN, Infinity, -0];

export const randomValues = (seed) => {
  let state = seed >>> 0;
  const below = (limit) => {
    // A linear congruential generator is enough to choose with.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const of = (list) => list[below(list.length)];
  const value = (depth = 2) => {
    switch (below(depth > 0 ? 9 : 6)) {
      case 0:
        return undefined;
      case 1:
        return null;
      case 2:
        return below(2) === 0;
      case 3:
        return of(NUMBERS);
      case 4:
      case 5:
        return of(TEXTS);
      case 6:
        return Array.from({ length: below(4) }, () => value(depth - 1));
      default:
        return Object.fromEntries(Array.from({ length: below(5) }, () => [of(NAMES), value(depth - 1)]));
    }
  };
  return { below, value };
};
