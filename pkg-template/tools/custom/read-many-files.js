/** The result of `read_many_files`: each file under its path, those that could not be read as errors. */
import { bytesOf, listOf, size, textOf } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ include_metadata: isDetailed }, reply) => {
  const files = listOf(reply.results).map((file) => ({ ...file, content: textOf(file.content) }));
  const read = files.filter(({ error }) => !error).length;
  const total = files.reduce((sum, { content }) => sum + bytesOf(content), 0);
  const returnDisplay = `Read ${read}/${files.length} file(s), ${size(total)} total`;
  if (files.length === 0) return { llmContent: 'There is no file at the given paths or patterns.', returnDisplay };
  const parts = files.map(({ path, content, error }) => {
    if (error) return `--- FILE: ${path} (ERROR) ---\nError: ${error}\n\n`;
    return `--- FILE: ${path} ---\n${isDetailed ? `Size: ${bytesOf(content)} bytes\n` : ''}${content}${content.endsWith('\n') ? '' : '\n'}\n`;
  });
  return { llmContent: `=== ${read} file(s) could be read (of those found: ${files.length}) ===\n\n${parts.join('')}`, returnDisplay };
};
