/** The result of `read_file`: all lines, or those asked for and where the next ones begin. */
import { failure } from '../framework.js';
import { ToolErrorType } from '../kinds.js';
import { shortened } from '../paths.js';
import { textOf } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ absolute_path: path, offset, limit }, reply) => {
  const returnDisplay = `Successfully read ${shortened(path)}`;
  const lines = textOf(reply.content).split('\n');
  const start = Number(offset || 0);
  const end = limit ? Math.min(start + Number(limit), lines.length) : lines.length;
  if (start >= lines.length) {
    return failure(
      `Error: offset ${start} is past the end: the file has ${lines.length} lines, the first is 0`,
      'Error: offset past the end of the file',
      `offset ${start} is past the file's ${lines.length} lines`,
      ToolErrorType.INVALID_TOOL_PARAMS,
    );
  }
  const part = lines.slice(start, end).join('\n');
  if (end >= lines.length) return { llmContent: part, returnDisplay };
  const heading =
    `\nIMPORTANT: Only a part of the file is shown.\nStatus: lines ${start + 1}-${end} of ${lines.length}.\n` +
    `Action: call 'read_file' again with other values of 'offset' and 'limit' for more. The next lines begin at offset: ${end}.\n\n`;
  return { llmContent: `${heading}--- FILE CONTENT (truncated) ---\n${part}`, returnDisplay };
};
