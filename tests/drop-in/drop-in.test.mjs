/** A project written for @codebolt/codeboltjs: only the line of its package.json that names the SDK is changed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TestHost } from 'codebolt-wasm-testing';

const packageFile = process.env.CODEBOLT_PACKAGE;
assert.ok(packageFile && process.env.SOCKET_PORT, 'run these tests with `cargo xtask test drop-in`');

const original = fileURLToPath(new URL('./project/', import.meta.url));
const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), 'codebolt-drop-in-'));
after(() => rmSync(project, { recursive: true }));

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} [env] @returns {Promise<string>} */
const run = async (program, args, env) => {
  const child = spawn(program, args, { cwd: project, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (errors += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  assert.equal(code, 0, `${program} ${args.join(' ')}\n${text}\n${errors}`);
  return text;
};

/** @param {string} file */
const outcome = async (file) => JSON.parse(await run(process.execPath, [file]));

cpSync(original, project, { recursive: true });
const description = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
description.dependencies['@codebolt/codeboltjs'] = `file:${packageFile}`;
writeFileSync(path.join(project, 'package.json'), JSON.stringify(description));
await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error']);

test('the alias installs two packages: this one and ws', () => {
  const installed = readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['@codebolt', 'ws']);
  assert.deepEqual(readdirSync(path.join(project, 'node_modules', '@codebolt')), ['codeboltjs']);
});

test('default import', async () => {
  assert.deepEqual(await outcome('esm.mjs'), { ready: true, sum: 42, again: false });
});

test('named eventLog and Codebolt', async () => {
  assert.deepEqual(await outcome('named.mjs'), { same: true, events: 0 });
});

test('require, .default and .Codebolt', async () => {
  assert.deepEqual(await outcome('commonjs.cjs'), { itself: true, class: true, sequence: 1, listed: true });
});

test('an agent that uses ten modules answers its user', async () => {
  // What answers these modules is closed, so that a stand-in does.
  const host = await TestHost.start();
  const agent = host.run([process.execPath, 'ten-modules.cjs'], { cwd: project });
  try {
    const answer = await Promise.race([
      host.sendUserMessage('hello'),
      agent.then(({ code, stdout, stderr }) => assert.fail(`the agent ended with ${code}\n${stdout}\n${stderr}`)),
    ]);
    assert.equal(answer.message, 'hello: 10 of 10');
    assert.deepEqual(
      host.requests().map(({ frame: { type, action } }) => action ?? type),
      [
        'readFile',
        'Status',
        'addTodo',
        'mail.list_agents',
        'getAppState',
        'set',
        'addToken',
        'getVector',
        'getProjectPath',
        'eventLog.listInstances',
        'sendMessage',
        'processStoped',
      ],
    );
  } finally {
    await host.close();
  }
});

for (const [compiler, module, moduleResolution, types] of [
  ['typescript', 'nodenext', 'nodenext', 'commonjs'],
  ['typescript', 'nodenext', 'nodenext', 'module'],
  ['typescript', 'preserve', 'bundler', 'module'],
  ['typescript-5.4', 'commonjs', 'node10', 'commonjs'],
  ['typescript-5.4', 'node16', 'node16', 'module'],
]) {
  test(`TypeScript: ${compiler}, module ${module}, resolution ${moduleResolution}, as ${types}`, async () => {
    const name = `${compiler}-${module}-${types}`;
    const folder = path.join(project, name);
    mkdirSync(folder);
    cpSync(path.join(project, 'src'), folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: types }));
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022'],
      module,
      moduleResolution,
      strict: true,
      esModuleInterop: true,
      typeRoots: [path.join(modules, '@types')],
      types: ['node'],
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['agent.ts'] }));
    await run(process.execPath, [path.join(modules, compiler, 'bin', 'tsc'), '-p', folder]);
    assert.deepEqual(await outcome(path.join(name, 'agent.js')), { sequence: 2, total: 1, first: { total: 12 } });
  });
}
