/** Imports run one way: a file that imports another is not imported by it, on whatever way round. Type imports count. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Not written here: installed, built or fetched. */
const OTHERS = '(^|/)(node_modules|pkg|pkg-testing|target|dist|\\.tools)(/|$)';
/** Files that import each other on purpose, for the last test. */
const STAGED = 'architecture/circles';

/** The circles below some folders. @param {string} base @param {string[]} folders */
const circles = async (base, folders) => {
  const { output } = await cruise(folders, {
    baseDir: base,
    exclude: { path: base === ROOT ? `${OTHERS}|${STAGED}` : OTHERS },
    tsPreCompilationDeps: true,
    detectJSDocImports: true,
    ruleSet: { forbidden: [{ name: 'circle', severity: 'error', from: {}, to: { circular: true } }] },
    validate: true,
  });
  if (typeof output === 'string') throw new Error(output);
  assert.ok(output.summary.totalCruised > 0, 'no file was looked at');
  return {
    files: output.summary.totalCruised,
    found: output.summary.violations.map(({ from, cycle }) => [from, ...(cycle ?? []).map(({ name }) => name)].join(' → ')),
  };
};

for (const [folder, least] of /** @type {[string, number][]} */ ([
  ['pkg-template', 80],
  ['testing', 35],
  ['www/src', 20],
  ['bench', 20],
  ['tests', 150],
  ['examples', 10],
  ['xtask', 3],
])) {
  test(`no files of ${folder}/ import each other`, async () => {
    const { files, found } = await circles(ROOT, [folder]);
    assert.ok(files >= least, `only ${files} files were looked at`);
    assert.deepEqual(found, []);
  });
}

test('two files that import each other are found, by types too', async () => {
  const { found } = await circles(fileURLToPath(new URL('circles/', import.meta.url)), ['.']);
  assert.deepEqual(found.sort(), ['code-one.mjs → code-two.mjs → code-one.mjs', 'type-one.ts → type-two.ts → type-one.ts']);
});
