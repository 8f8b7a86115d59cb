// The result of a diff, in the one form in which `codebolt.notify` sends it, whatever form it has.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modules, recordingSession } from './recording-session.mjs';

const sent = (content, isError) => {
  const session = recordingSession();
  modules.notify(session).git.GitDiffResponseNotify(content, isError, 'tool');
  return JSON.parse(session.frames[0].text).content;
};

const FILE = { file: '', changes: 0, insertions: 0, deletions: 0, binary: false };

describe('the content of a git diff notification', () => {
  for (const [what, content, isError, expected] of [
    ['a text', 'diff', false, 'diff'],
    ['nothing', undefined, false, { success: true, data: '', message: 'Git diff completed' }],
    ['a number', 7, false, { success: true, data: 7, message: 'Git diff completed' }],
    ['nothing, for a failure', null, true, { success: false, message: 'Git diff operation failed', data: '' }],
    ['an object with a diff', { diff: 'd', message: 'm' }, false, { success: true, data: 'd', message: 'm' }],
    ['an object with a content', { content: 'c', error: 'e' }, false, { success: true, data: 'c', message: 'e' }],
    ['any other object', { a: 1 }, false, { success: true, data: '{"a":1}' }],
    ['any other object, for a failure', { a: 1 }, true, { success: false, data: '{"a":1}' }],
    ['a result', { success: true, data: 'd', commitHash: 'h', message: 'm' }, false, { success: true, data: 'd', commitHash: 'h', message: 'm' }],
    ['a result by other names', { success: true, diff: 'd', hash: 'h', error: 'e' }, true, { success: true, data: 'd', commitHash: 'h', message: 'e' }],
    ['a result with its content', { success: true, content: 'c' }, false, { success: true, data: 'c' }],
    ['a result without data', { success: false }, true, { success: false, data: '' }],
    ['data alone', { data: 'd' }, true, { success: false, data: 'd' }],
    ['no files', { files: [] }, false, { files: [], insertions: 0, deletions: 0, changed: 0 }],
    [
      'files with all there is',
      {
        files: [{ file: 'a', changes: 3, insertions: 2, deletions: 1, binary: true, status: 'renamed', oldFile: 'b' }],
        insertions: 2, deletions: 1, changed: 9, diff: 'd', stats: 's',
        metadata: { totalChanges: 3, additions: 2, deletions: 1, commitHash: 'h', parentCommit: 'p' },
      },
      false,
      {
        files: [{ file: 'a', changes: 3, insertions: 2, deletions: 1, binary: true, status: 'renamed', oldFile: 'b' }],
        insertions: 2, deletions: 1, changed: 9, diff: 'd', stats: 's',
        metadata: { totalChanges: 3, additions: 2, deletions: 1, commitHash: 'h', parentCommit: 'p' },
      },
    ],
    [
      'files by other names',
      { files: [{ path: 'a', additions: 2 }, {}], additions: 2, metadata: { insertions: 2 } },
      false,
      {
        files: [{ ...FILE, file: 'a', insertions: 2 }, FILE],
        insertions: 2, deletions: 0, changed: 2,
        metadata: { totalChanges: 0, additions: 2, deletions: 0 },
      },
    ],
    ['files with empty metadata', { files: [], metadata: {} }, false, { files: [], insertions: 0, deletions: 0, changed: 0, metadata: { totalChanges: 0, additions: 0, deletions: 0 } }],
  ]) {
    it(`is one for ${what}`, () => assert.deepEqual(sent(content, isError), expected));
  }
});
