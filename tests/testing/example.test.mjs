/** examples/testing as its reader has it: in a project of its own, by `npm test`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

test('the example passes against the packed packages, and records its run anew', async () => {
  const folder = path.join(process.cwd(), 'example');
  cpSync(path.join(String(process.env.CODEBOLT_REPOSITORY), 'examples/testing'), folder, { recursive: true });
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  const run = (/** @type {object} */ more) => promisify(execFile)('npm', ['test'], { cwd: folder, env: { ...env, ...more } });
  assert.match((await run({})).stdout, /pass 5\b[^]*fail 0\b/);
  rmSync(path.join(folder, 'run.jsonl'));
  assert.match((await run({ RECORD: '1' })).stdout, /pass 5\b[^]*fail 0\b/);
  assert.ok(existsSync(path.join(folder, 'run.jsonl')));
});
