/** The host in Deno, Bun, Chromium and the Nodes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const project = process.cwd();
const repository = String(process.env.CODEBOLT_REPOSITORY);
const tools = path.join(String(process.env.CODEBOLT_TOOLS), 'runtimes', 'node_modules');
const program = path.join(project, 'programs', 'print.mjs');
/** The test runner's own settings are not for the programs. */
const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;

const EXPECTED = { message: 'done: of ä€😀', events: 1, lost: 'REQUEST_TIMEOUT', sent: true, strayed: 'STRAYED', stable: { requestId: '‹id 1›', timestamp: '‹time›' } };

const deno = process.env.CODEBOLT_DENO ?? path.join(tools, '@deno', 'linux-x64-glibc', 'deno');
for (const [name, command, ...args] of [
  ['Deno', deno, 'run', '--no-remote', '--node-modules-dir=manual', '--allow-env', '--allow-read'],
  ['Bun', path.join(tools, 'bun', 'bin', 'bun.exe'), 'run', '--no-install'],
  ...['node-20', 'node-22', 'node-24', 'node-newest'].map((one) => [one, path.join(tools, one, 'bin', 'node')]),
]) {
  test(`${name}: an agent, a model, a store, the event log, a fault, a recording and its replay`, async () => {
    const settings = { cwd: project, env: { ...env, DENO_NO_UPDATE_CHECK: '1', DENO_DIR: path.join(project, '.deno'), NO_COLOR: '1' } };
    const { stdout, stderr } = await promisify(execFile)(command, [...args, program], settings);
    assert.deepEqual([JSON.parse(stdout), stderr], [EXPECTED, '']);
  });
}

test('Chromium: the same, from plain modules', async () => {
  const load = (/** @type {string} */ file) => import(pathToFileURL(path.join(repository, 'tests/runtimes', file)).href);
  const [{ launch }, { serve }] = await Promise.all([load('browsers.mjs'), load('web-server.mjs')]);
  const [browser, server] = await Promise.all([launch('chrome'), serve(project)]);
  try {
    assert.deepEqual(await server.open(browser, '/programs/page.html', {}), EXPECTED);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
});
