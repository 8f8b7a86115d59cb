// A project that has the packed package, and programs in it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const project = process.env.CODEBOLT_PROJECT;
assert.ok(project, 'run these tests with `cargo xtask test tools-in-use`');

/** Imports what is installed as a program of the project does. */
export const fromProject = (file) => import(pathToFileURL(path.join(project, 'node_modules', file)).href);

/** The same of the package. */
export const fromPackage = (file) => fromProject(`codebolt-wasm/${file}`);

/** Makes something of `tests/tools-in-use` importable in the project. */
export const linkModule = (name) => {
  const link = path.join(project, 'node_modules', name);
  if (!existsSync(link)) symlinkSync(fileURLToPath(new URL(`node_modules/${name}`, import.meta.url)), link);
};

/** Copies an example into the project. */
export const example = (name) => {
  const file = path.join(project, name);
  copyFileSync(new URL(`../../examples/tools/${name}`, import.meta.url), file);
  return file;
};

/** Runs a program to its end, and gives what it printed. */
export const run = async (args, env) => {
  const child = spawn(process.execPath, args, { cwd: project, env: { ...process.env, NODE_TEST_CONTEXT: '', ...env } });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (errors += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  assert.equal(code, 0, output + errors);
  return { output, errors };
};
