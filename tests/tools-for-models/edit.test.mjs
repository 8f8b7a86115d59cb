// What `edit` writes, held against a replacement that goes through the text letter by letter.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomValues } from '../definitions/random-values.mjs';
import { CodeboltError, toolsOn } from './toolbox.mjs';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 32);
const RUNS = Number(process.env.RUNS ?? 3000);

/** What texts are made of: what a pattern, a replacement, a line or a letter could be taken for. */
const PIECES = ['a', 'aa', 'ab', 'b', '\n', '\r\n', '\r', ' ', '\t', '$', '$$', '$&', '$1', '$`', "$'", '$<a>', '\\', '\\n', '.', '*', '(', ')', '[', ']', '{', '}', '^', '|', '?', '+', 'é', 'e\u0301', '🙂', '\ud83d', '\ude42', '\u2028', '\0', 'İ', 'ß'];

const replaced = (text, wanted, put) => {
  let result = '';
  let count = 0;
  for (let index = 0; index < text.length; ) {
    let same = 0;
    while (same < wanted.length && text.charCodeAt(index + same) === wanted.charCodeAt(same)) same += 1;
    if (same === wanted.length) {
      result += put;
      count += 1;
      index += wanted.length;
    } else {
      result += text[index];
      index += 1;
    }
  }
  return { result, count };
};

/** Runs `edit` on a file with this text; gives the result and what was written. */
const edited = async (text, params) => {
  const { session, tools } = toolsOn(() => ({ success: true, content: text }));
  const result = await tools.executeTool('edit', { absolute_path: '/w/a.txt', ...params });
  // The frame is JSON: a lone half of a pair comes back as it was.
  const writes = session.frames.map(({ text: frame }) => JSON.parse(frame)).filter(({ action }) => action === 'updateFile');
  return { result, written: writes.map(({ message }) => message.content) };
};

describe('edit', () => {
  for (const [what, failing, isUnknown] of [['reading', 0, false], ['writing', 1, true]]) {
    it(`says whether the file may have changed where the connection is lost, or a signal aborts, while ${what}`, async () => {
      const controller = new AbortController();
      for (const lost of [() => new CodeboltError('CONNECTION_CLOSED', 'lost', { sent: true }), () => (controller.abort(new Error('lost')), controller.signal.reason)]) {
        const { tools } = toolsOn((_, number) => {
          if (number === failing) throw lost();
          return { success: true, content: 'a' };
        });
        const { llmContent, error } = await tools.executeTool('edit', { absolute_path: '/w/a.txt', old_string: 'a', new_string: 'b' }, controller.signal);
        assert.equal(error.message, 'lost');
        assert.equal(llmContent.includes('is unknown'), isUnknown, llmContent);
      }
    });
  }

  it(`writes what a replacement by hand gives, and counts as it does (SEED=${SEED})`, async () => {
    const { below } = randomValues(SEED);
    const text = (most) => Array.from({ length: below(most + 1) }, () => PIECES[below(PIECES.length)]).join('');
    const seen = { found: 0, absent: 0, several: 0 };
    for (let run = 0; run < RUNS; run += 1) {
      const before = text(12);
      // Mostly a part of the text, so that there is something to find.
      const start = below(before.length + 1);
      const wanted = below(4) === 0 ? text(2) : before.slice(start, start + 1 + below(3));
      const put = text(3);
      if (wanted === '' || wanted === put) continue;
      const { result: after, count } = replaced(before, wanted, put);
      const label = JSON.stringify({ before, wanted, put });
      const { result, written } = await edited(before, { old_string: wanted, new_string: put });
      if (count === 0) {
        seen.absent += 1;
        assert.equal(result.error?.type, 'edit_no_occurrence_found', label);
        assert.deepEqual(written, [], label);
        continue;
      }
      seen.found += 1;
      if (count > 1) seen.several += 1;
      assert.equal(result.error, undefined, label);
      assert.deepEqual(written, [after], label);
      assert.match(result.llmContent, new RegExp(`Replaced ${count} `), label);
      assert.deepEqual([result.returnDisplay.originalContent, result.returnDisplay.newContent], [before, after], label);
      const wrong = await edited(before, { old_string: wanted, new_string: put, expected_occurrences: count + 1 });
      assert.equal(wrong.result.error.type, 'edit_expected_occurrence_mismatch', label);
      assert.deepEqual(wrong.written, [], label);
    }
    assert.ok(Object.values(seen).every((times) => times > RUNS / 50), JSON.stringify(seen));
  });

  for (const put of ['$&', '$1', '$$', '$`', "$'", '$&x$&']) {
    it(`takes ${put} as it stands`, async () => {
      const { written } = await edited('a b a', { old_string: 'a', new_string: put });
      assert.deepEqual(written, [`${put} b ${put}`]);
    });
  }

  it('replaces what overlaps once, from the left', async () => {
    assert.deepEqual((await edited('aaaaa', { old_string: 'aa', new_string: 'b' })).written, ['bba']);
  });

  it('shows the lines that differ, those that are gone, and no others', async () => {
    const { result } = await edited('one\ntwo\nthree\nfour\nfive', { old_string: 'four\n', new_string: '' });
    assert.equal(result.returnDisplay.fileDiff, '--- a/a.txt\n+++ b/a.txt\n@@ -1,5 +1,4 @@\n-four\n+five\n-five\n');
  });

  it('shows lines that are new beside none, and begins two lines before the first that differs', async () => {
    const fileDiff = async (...args) => (await edited(...args)).result.returnDisplay.fileDiff.split('\n').slice(2);
    assert.deepEqual(await fileDiff('one', { old_string: 'one', new_string: 'one\ntwo\nthree' }), ['@@ -1,1 +1,3 @@', '+two', '+three', '']);
    assert.deepEqual(await fileDiff('1\n2\n3\n4\n5\n6', { old_string: '5', new_string: '7' }), ['@@ -2,6 +2,6 @@', '-5', '+7', '']);
  });

  for (const [length, shown] of [
    [101, `${'x'.repeat(100)}...`],
    [100, 'x'.repeat(100)],
  ]) {
    it(`says what was not found in at most 100 characters of it: of ${length}`, async () => {
      const { result } = await edited('a', { old_string: 'x'.repeat(length), new_string: '' });
      assert.ok(result.llmContent.endsWith(`"${shown}"`), result.llmContent);
      assert.equal(result.returnDisplay, 'The text was not found in the file');
    });
  }

  it('says how often the text is there where that is not as often as expected', async () => {
    const { result } = await edited('a a', { old_string: 'a', new_string: 'b', expected_occurrences: 3 });
    assert.match(result.llmContent, /^Error: Expected 3 .*, found 2; nothing was changed/);
    assert.equal(result.returnDisplay, 'Error: Occurrence count mismatch');
  });
});
