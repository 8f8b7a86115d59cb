/** The result of `grep` and of `search_files`: the matching lines, by file. */
import { listOf } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ pattern, regex }, reply) => {
  const files = listOf(reply.results);
  const sought = regex === undefined ? `for the pattern: "${pattern}"` : `for the expression: "${regex}"`;
  if (files.length === 0) return { llmContent: `No line matches, ${sought}`, returnDisplay: 'No matches found' };
  let count = 0;
  const parts = files.map(({ path, matches }) => {
    const lines = listOf(matches).map(({ line, lineNumber, content }) => `${line || lineNumber || '?'}: ${content}\n`);
    count += lines.length;
    return `--- ${path} ---\n${lines.join('')}\n`;
  });
  const found = `Found ${count} match(es), in ${files.length} file(s)`;
  return { llmContent: `${found}, ${sought}\n\n${parts.join('')}`, returnDisplay: found };
};
