/** The tool `edit`: replaces a text in a file, everywhere, and only when it is there as often as expected. */
import { failure } from '../framework.js';
import { ToolErrorType } from '../kinds.js';
import { baseName } from '../paths.js';
import { text } from '../verdict.js';
import { textOf } from '../words.js';

/**
 * @param {any} params
 * @param {import('../../tools.d.ts').ToolsSdk} sdk
 * @param {import('../../define.d.ts').CallOptions} options
 */
export const run = async ({ absolute_path: path, old_string: wanted, new_string: put, expected_occurrences: expected }, sdk, options) => {
  const read = await sdk.fs.readFile(path, options).catch(unchanged);
  if (!read.success) {
    const reason = text(read) || 'File not found';
    return failure(`Error: Could not read file: ${reason}`, 'Error reading file', reason, ToolErrorType.FILE_NOT_FOUND);
  }
  const before = textOf(read.content);
  const parts = before.split(wanted);
  const found = parts.length - 1;
  if (found === 0) {
    const excerpt = wanted.length > 100 ? `${wanted.slice(0, 100)}...` : wanted;
    return failure(
      `Error: The file does not hold the text; read it again and give old_string exactly as it stands there.\nNot found: "${excerpt}"`,
      'The text was not found in the file',
      'the file does not hold the text to replace',
      ToolErrorType.EDIT_NO_OCCURRENCE_FOUND,
    );
  }
  if (expected != null && found !== Number(expected)) {
    return failure(
      `Error: Expected ${expected} occurrence(s) of old_string, found ${found}; nothing was changed.\nGive more of the text around it, or the count that is meant.`,
      'Error: Occurrence count mismatch',
      `Expected ${expected} occurrences, found ${found}`,
      ToolErrorType.EDIT_EXPECTED_OCCURRENCE_MISMATCH,
    );
  }
  const after = parts.join(put);
  const name = baseName(path);
  if (options.signal?.aborted) unchanged(options.signal.reason);
  const written = await sdk.fs.updateFile(name, path, after, options);
  if (!written.success) {
    const reason = text(written) || 'Unknown error';
    return failure(`Error writing file: ${reason}`, 'Error writing file', reason, ToolErrorType.FILE_WRITE_FAILURE);
  }
  return {
    llmContent: `Successfully edited ${path}\nReplaced ${found} occurrence(s), all that there were.`,
    returnDisplay: { fileDiff: difference(name, before, after), fileName: name, originalContent: before, newContent: after },
  };
};

/** Throws what says of a call that ended before anything was written no more than why. @param {any} cause @returns {never} */
const unchanged = (cause) => {
  throw cause instanceof Error ? new Error(cause.message, { cause }) : new Error('Unknown error occurred', { cause });
};

/**
 * The lines that differ, by their number. It is for people, no patch.
 * @param {string} name
 * @param {string} before
 * @param {string} after
 */
const difference = (name, before, after) => {
  const old = before.split('\n');
  const now = after.split('\n');
  let shown = `--- a/${name}\n+++ b/${name}\n`;
  let isFirst = true;
  for (let index = 0; index < Math.max(old.length, now.length); index += 1) {
    if (old[index] === now[index]) continue;
    if (isFirst) {
      const start = Math.max(1, index - 2);
      shown += `@@ -${start},${old.length} +${start},${now.length} @@\n`;
      isFirst = false;
    }
    if (index < old.length) shown += `-${old[index]}\n`;
    if (index < now.length) shown += `+${now[index]}\n`;
  }
  return shown;
};
