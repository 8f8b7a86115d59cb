/** The result of `job_list`: the jobs of this page, and how many there are when there are more. */
import { count, json } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = (params, { jobs, totalCount }) => {
  const found = count(jobs);
  const hasMore = totalCount > found;
  return {
    llmContent: `Found ${found} jobs${hasMore ? ` (${totalCount} total)` : ''}:\n\n${json(jobs)}`,
    returnDisplay: `Found ${found} jobs${hasMore ? ` of ${totalCount} total` : ''}`,
  };
};
