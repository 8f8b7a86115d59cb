/**
 * Private words that this project once used for what the field has a name for. None may come back: not in code, comments, tests or
 * documentation. The glossaries are in ARCHITECTURE.md.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A declaration, parameter or loop variable of this name, in Rust or JavaScript. @param {string} name */
const declared = (name) => new RegExp(`\\b(?:let|const|mut|fn|mod|static|struct|enum|function|class)\\s+${name}\\b|[(,|]\\s*${name}(?::|\\)|,|\\||\\s*=>)`);

/** The word, and the field's word. @type {[RegExp, string][]} */
const WORDS = [
  [/\b(?:un|has_|is)?begun(?:InVain|_\w+)?\b|isBegun/i, 'started; of the fast path: begin_request, commit'],
  [/\bshort way\b/i, 'fast path'],
  [/\bgiven[ _]up\b|\bgivenUp\b|\bgave_?up_?on\b/i, 'cancelled, or a tombstone; of a connection: disconnected'],
  [/\b(?<!')withdrawn\b(?!')/, 'cancelled'],
  [/\bdrawn\b/, 'reserved; on a page: painted'],
  [/\bledgers?\b|\bLedger\b/, 'statistics, counters'],
  [/\bpatience\b|\bPatience\b/, 'timeout, time limit'],
  [/\bmost_unread\b|\bmostUnread\b/, 'send buffer limit'],
  [/\b[Ll]anes?\b/, 'per-instance queues'],
  [/\bby[-_]hand\b|\bbyHand\b|\bByHand\b/, 'custom; bare SQL'],
  [/\bDraw again\b/, 'Refresh'],
  [/\bNoTurn\b|\bUnfit\b|\bdied\(/, 'PermitTimeout, JsonRefusal, failed'],
  [/\bunsaid\b/, 'suppressed'],
  [declared('told'), 'what it is: events, text, expected …'],
  [declared('places?'), 'slot, position, index, location'],
  [/\b(?:struct|enum|class|type|interface) (?:Places?|Slots|Expectation|Pictures?|Spread|Use|Told|Recent)\b/, 'slot, slab, expected reply, chart, distribution, ring buffer'],
];

/** What others wrote, what is not prose, and what has happened. */
const OTHERS = [
  /^CHANGELOG\.md$/,
  /^LICENSE/,
  /(?:^|\/)(?:package-lock\.json|Cargo\.lock)$/,
  /^tests\/recordings\//,
  /^tests\/architecture\/words\.test\.mjs$/,
  /^tests\/consumers\/programs\//,
];

/** An inversion, in code and its comments: "is no list". "There is no list" is none, nor is "no longer". */
const INVERSION = /** @type {[RegExp, string]} */ ([/(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b|other\b)[a-z]+/i, 'is not a …']);
const CODE = /\.(?:rs|[cm]?[jt]sx?)$/;

/** The first private word of a line, and the field's. @param {string} line @param {string} file */
const privateWord = (line, file = 'a.rs') => {
  for (const [word, instead] of CODE.test(file) ? [...WORDS, INVERSION] : WORDS) {
    const match = word.exec(line);
    if (match) return `"${match[0].trim()}"; the field's word is: ${instead}`;
  }
};

test("the field's words are used, and no private one", () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0').filter(Boolean);
  assert.ok(files.length > 500, 'git lists the files');
  const found = files.flatMap((file) => {
    const full = path.join(ROOT, file);
    if (OTHERS.some((other) => other.test(file)) || !existsSync(full)) return [];
    const text = readFileSync(full, 'utf8');
    if (text.includes('\0')) return [];
    return text.split('\n').flatMap((line, index) => {
      const word = privateWord(line, file);
      return word ? [`${file}:${index + 1}: ${word}`] : [];
    });
  });
  assert.deepEqual(found, [], 'private words have come back');
});

test('a private word is found in code and in prose, and the same word with its plain meaning is not', () => {
  for (const line of ['let begun = 1;', 'begun_one.await', '/// The request was begun.', 'const told = 1;', 'for (const place of all) {}', '(place) => place', 'struct Places;', 'occupancy.givenUp', 'store.died()', '// It is no list.']) {
    assert.match(privateWord(line) ?? line, /the field's word is: /);
  }
  for (const line of ['it takes the place of the old one', 'the caller is told so', 'an overdrawn account', "status: 'withdrawn'", 'acknowledgements', 'replaces = 1', '// There is no list.', '// It is no longer one.']) {
    assert.equal(privateWord(line), undefined);
  }
});
