/** The custom methods of `codebolt.notify`. */

/**
 * The result of a diff in one form, whatever form it has.
 * @param {any} content
 * @param {unknown} isError
 */
export const diffContent = (content, isError) => {
  if (typeof content === 'string') return content;
  if (typeof content === 'object' && content !== null) {
    if (Array.isArray(content.files)) return fileDiff(content);
    if (content.success !== undefined || content.data !== undefined) {
      return {
        success: content.success || !isError,
        data: content.data || content.diff || content.content || '',
        commitHash: content.commitHash || content.hash,
        message: content.message || content.error,
      };
    }
    return {
      success: !isError,
      data: content.diff || content.content || JSON.stringify(content),
      message: content.message || content.error,
    };
  }
  return isError
    ? { success: false, message: 'Git diff operation failed', data: '' }
    : { success: true, data: content || '', message: 'Git diff completed' };
};

/** @param {any} content */
const fileDiff = ({ files, insertions, additions, deletions, changed, diff, stats, metadata }) => ({
  files: files.map((/** @type {any} */ file) => ({
    file: file.file || file.path || '',
    changes: file.changes || 0,
    insertions: file.insertions || file.additions || 0,
    deletions: file.deletions || 0,
    binary: file.binary || false,
    status: file.status,
    oldFile: file.oldFile,
  })),
  insertions: insertions || additions || 0,
  deletions: deletions || 0,
  changed: changed || files.length || 0,
  diff,
  stats,
  metadata: metadata
    ? {
        totalChanges: metadata.totalChanges || 0,
        additions: metadata.additions || metadata.insertions || 0,
        deletions: metadata.deletions || 0,
        commitHash: metadata.commitHash,
        parentCommit: metadata.parentCommit,
      }
    : undefined,
});
