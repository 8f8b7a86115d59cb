/**
 * The projects of the toolchains. Each is a folder with the packed package in its `node_modules`, made below the folder where the
 * tools are installed, so that it finds them as a project finds what is installed in its workspace. What it builds is moved to
 * an empty folder elsewhere, from where nothing of that can be found.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** @param {string} name */
const fromEnvironment = (name) => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run these tests with \`cargo xtask test builds\``);
  return value;
};

const tools = fromEnvironment('CODEBOLT_TOOLS');
const installed = path.join(fromEnvironment('CODEBOLT_PROJECT'), 'node_modules');
const programs = fileURLToPath(new URL('./programs/', import.meta.url));
export const hostUrl = fromEnvironment('CODEBOLT_TEST_URL');
/** The packed package's file. */
export const packageFile = fromEnvironment('CODEBOLT_PACKAGE');
/** The runtimes of tests/runtimes. */
export const runtimes = path.join(tools, 'runtimes', 'node_modules');

/** @type {string[]} */
const made = [];
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** What runs left that were killed. @param {string} folder */
const sweep = (folder) => {
  for (const name of readdirSync(folder).filter((name) => name.startsWith('codebolt-build-'))) {
    const old = path.join(folder, name);
    if (Date.now() - statSync(old).mtimeMs > 3_600_000) rmSync(old, { recursive: true, force: true });
  }
};

/** An empty folder that is gone after the tests. @param {string} below */
export const emptyFolder = (below = tmpdir()) => {
  const folder = mkdtempSync(path.join(below, 'codebolt-build-'));
  made.push(folder);
  return folder;
};

/** @typedef {'core' | 'more' | 'mocks'} Set the tools of the ordinary run, those of the whole one, and what tests of agents fake with */

/** Where a set's tools are installed. @param {Set} set */
const toolsOf = (set) => path.join(tools, `builds-${set}`);

/**
 * A project: `files` by name, and all programs; without `package` the package is left to be installed.
 * @param {Set} set
 * @param {Record<string, string | object>} [files] objects are written as JSON
 * @param {{ install?: boolean }} [options]
 */
export const makeProject = (set, files = {}, { install = true } = {}) => {
  sweep(toolsOf(set));
  const folder = emptyFolder(toolsOf(set));
  cpSync(programs, folder, { recursive: true });
  // CommonJS as it is written, for the tools that take no other.
  const text = readFileSync(path.join(programs, 'round-trip.mjs'), 'utf8');
  writeFileSync(path.join(folder, 'round-trip.cjs'), text.replace('export const roundTrip =', 'exports.roundTrip ='));
  writeFiles(folder, { 'package.json': { name: 'agent', version: '1.0.0', private: true }, ...files });
  if (install) {
    for (const name of ['codebolt-wasm', 'ws']) cpSync(path.join(installed, name), path.join(folder, 'node_modules', name), { recursive: true });
  }
  return folder;
};

/** @param {string} folder @param {Record<string, string | object>} files */
export const writeFiles = (folder, files) => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
};

/** The script of a tool's command. @param {Set} set @param {string} name the package's @param {string} [command] */
export const command = (set, name, command = name.split('/').at(-1)) => {
  const folder = path.join(toolsOf(set), 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin[/** @type {string} */ (command)];
  assert.ok(file, `${name} has no command ${command}`);
  return path.join(folder, file);
};

/** Moves what was built to an empty folder. @param {string} folder @param {string} output a file or folder in it */
export const moveOut = (folder, output) => {
  const from = path.join(folder, output);
  assert.ok(existsSync(from), `${output} was not built`);
  const to = path.join(emptyFolder(), path.basename(output));
  try {
    renameSync(from, to);
  } catch {
    // On another disk.
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
  rmSync(folder, { recursive: true, force: true });
  return to;
};

/**
 * Runs a program to its end, which must be well; gives what it printed.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, limit?: number, quiet?: boolean }} options `quiet`: nothing may be on stderr
 * @returns {Promise<string>}
 */
export const run = (program, args, { cwd, env = {}, limit = 240_000, quiet = false }) =>
  new Promise((resolve, reject) => {
    // The test runner's own settings are not for the program, nor is the machine's folder of modules.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, NODE_PATH: ___, ...rest } = process.env;
    const child = spawn(program, args, { cwd, env: { ...rest, NO_COLOR: '1', CI: 'true', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`${program} does not run here`, { cause }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0 && !(quiet && stderr)) resolve(stdout);
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${signal ?? code}\n${stdout}\n${stderr}`));
    });
  });

/** Runs a tool. @param {string} script @param {string[]} args @param {Parameters<typeof run>[2]} options */
export const node = (script, args, options) => run(process.execPath, [script, ...args], options);

/** What the round trip gives that did all it had to. */
export const OUTCOME = {
  name: true,
  event: true,
  total: 1,
  text: 'ä€😀',
  onDemand: 'NOT_SUPPORTED',
  tools: 73,
  toolName: 'codebolt--glob',
  executed: true,
};

/** What a program printed, or a page reported, that did all it had to. @param {any} outcome */
export const assertOutcome = (outcome) => assert.deepEqual(outcome, { ...OUTCOME, one: true });

/** Runs a program that prints its outcome, and nothing else. @param {string} file @param {string[]} [flags] @param {{ program?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] */
export const assertRuns = async (file, flags = [], { program = process.execPath, env, quiet = true } = {}) => {
  const printed = await run(program, [...flags, path.basename(file)], { cwd: path.dirname(file), env, quiet, limit: 60_000 });
  assertOutcome(JSON.parse(printed));
};
