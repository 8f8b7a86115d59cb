/** The project that the suite made, with nothing in it but the packed package; and programs in it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param {string} name */
const fromEnvironment = (name) => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run these tests with \`cargo xtask test\``);
  return value;
};

/** Where the package is installed by its name. */
export const project = fromEnvironment('CODEBOLT_PROJECT');
/** The packed package. */
export const packageFile = fromEnvironment('CODEBOLT_PACKAGE');
/** The address of the suite's host. */
export const hostUrl = fromEnvironment('CODEBOLT_TEST_URL');
/** Where the runtimes and bundlers are installed. */
export const tools = fileURLToPath(new URL('./node_modules/', import.meta.url));

/** A copy of the programs in a new folder of the project; they see its `node_modules`. */
export const programs = () => {
  const folder = mkdtempSync(path.join(project, 'programs-'));
  cpSync(fileURLToPath(new URL('./programs/', import.meta.url)), folder, { recursive: true });
  return folder;
};

/**
 * Runs a program to its end, which must be by itself, with no error and nothing on stderr; gives its stdout.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limit?: number }} [options]
 * @returns {Promise<string>}
 */
export const run = (program, args, { cwd = project, env = process.env, limit = 60_000 } = {}) =>
  new Promise((resolve, reject) => {
    // The test runner's own settings are not for the program.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...rest } = env;
    const child = spawn(program, args, { cwd, env: rest, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`${program} is not installed, or does not run on this machine`, { cause }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0 && stderr === '') resolve(stdout);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${signal ?? code}\n${stdout}\n${stderr}`));
    });
  });

/**
 * Asserts what `roundTrip` gave.
 * @param {any} outcome
 * @param {string} runtime
 */
export const assertRoundTrip = (outcome, runtime) =>
  assert.deepEqual(outcome, { runtime, name: true, total: 1, text: 'ä€😀', event: true, state: 'closed' });
