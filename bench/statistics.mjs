/** @param {number[]} values */
export const median = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * The median with the smallest and the largest value.
 * @param {number[]} values
 */
export const spread = (values) => ({ median: median(values), smallest: Math.min(...values), largest: Math.max(...values) });
