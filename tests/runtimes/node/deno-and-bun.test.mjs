/** The package in Deno and Bun, from an npm project's node_modules. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { assertRoundTrip, programs, run, tools } from '../project.mjs';

const folder = programs();
const deno = process.env.CODEBOLT_DENO ?? path.join(tools, '@deno', 'linux-x64-glibc', 'deno');
const bun = path.join(tools, 'bun', 'bin', 'bun.exe');
// No look at a registry, no cache in the home folder.
const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', DENO_DIR: path.join(folder, '.deno'), NO_COLOR: '1' };

test('Deno and Bun are themselves', async () => {
  assert.match(await run(deno, ['--version'], { env }), /^deno \d/);
  assert.match(await run(bun, ['--version']), /^\d+\.\d+/);
});

for (const [file, runtime] of [
  ['esm.mjs', 'esm'],
  ['commonjs.cjs', 'commonjs'],
  ['worker-threads.mjs', 'worker-threads'],
]) {
  test(`Deno creates, appends, queries and closes: ${runtime}`, async () => {
    const args = ['run', '--no-remote', '--node-modules-dir=manual', '--allow-net=127.0.0.1', '--allow-env', '--allow-read'];
    assertRoundTrip(JSON.parse(await run(deno, [...args, path.join(folder, file)], { env })), runtime);
  });

  test(`Bun creates, appends, queries and closes: ${runtime}`, async () => {
    assertRoundTrip(JSON.parse(await run(bun, ['run', '--no-install', path.join(folder, file)])), runtime);
  });
}
