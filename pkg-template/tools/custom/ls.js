/** The result of `ls`: directories, then files, with sizes when asked for. */
import { shortened } from '../paths.js';
import { listOf, size } from '../words.js';

/** @param {any} entry */
const nameOf = (entry) => entry.name || entry.path || entry;

/** @param {any} params @param {any} reply */
export const shape = ({ path, detailed }, reply) => {
  const entries = listOf(reply.entries);
  const returnDisplay = `Listed ${entries.length} entries in ${shortened(path)}`;
  const heading = `Directory: ${path}\nTotal entries: ${entries.length}\n\n`;
  if (entries.length === 0) return { llmContent: `${heading}(empty directory)`, returnDisplay };
  const folders = entries.filter(({ type, isDirectory }) => type === 'directory' || isDirectory);
  const files = entries.filter((entry) => !folders.includes(entry));
  let llmContent = heading;
  if (folders.length > 0) {
    llmContent += `Directories (${folders.length}):\n${folders.map((entry) => `  [DIR]  ${nameOf(entry)}\n`).join('')}\n`;
  }
  if (files.length > 0) {
    const sizeOf = (/** @type {any} */ entry) => (detailed && entry.size !== undefined ? ` (${size(entry.size)})` : '');
    llmContent += `Files (${files.length}):\n${files.map((entry) => `  [FILE] ${nameOf(entry)}${sizeOf(entry)}\n`).join('')}`;
  }
  return { llmContent, returnDisplay };
};
