/** Commands, typed in a fresh clone by somebody who has the tools on PATH. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const { CODEBOLT_CLONE } = process.env;
assert.ok(CODEBOLT_CLONE, 'CODEBOLT_CLONE is not set; run this with `cargo xtask test as-typed`');

export const clone = CODEBOLT_CLONE;

/** The folder that cargo builds WebAssembly in, so that nothing is compiled twice. */
export const WEBASSEMBLY = { CARGO_TARGET_DIR: process.env.CODEBOLT_WASM_TARGET_DIR };

/** @param {string} command @param {{ folder?: string, env?: Record<string, string | undefined> }} where */
const start = (command, { folder = '.', env = {} }) => {
  // What a test runner tells the test runners below it is not there when one types.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  return spawn(command, {
    shell: true,
    cwd: path.join(clone, folder),
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
};

/**
 * What a command says until it ends, and how it ends.
 * @param {string} command
 * @param {{ folder?: string, env?: Record<string, string | undefined> }} [where]
 * @returns {Promise<{ code: number | null, said: string }>}
 */
export const typed = (command, where = {}) =>
  new Promise((resolve, reject) => {
    const child = start(command, where);
    let said = '';
    for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding('utf8').on('data', (text) => (said += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });

/** The same where it has to end well. @param {string} command @param {Parameters<typeof typed>[1]} [where] */
export const succeeds = async (command, where) => {
  const { code, said } = await typed(command, where);
  assert.equal(code, 0, `${command} ended with ${code}:\n${said}`);
  return said;
};

/**
 * Starts a server and runs `use` with the address that it prints; ends it with all that it started.
 * @param {string} command
 * @param {string} folder
 * @param {(url: string) => Promise<void>} use
 */
export const serving = async (command, folder, use) => {
  const child = start(command, { folder });
  let said = '';
  try {
    const url = await new Promise((resolve, reject) => {
      const hear = (/** @type {string} */ text) => {
        said += text;
        // eslint-disable-next-line no-control-regex
        const found = /http:\/\/localhost:\d+\//.exec(said.replace(/\x1b\[\d+m/g, ''));
        if (found) resolve(found[0]);
      };
      for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding('utf8').on('data', hear);
      child.once('close', (code) => reject(new Error(`${command} ended with ${code}:\n${said}`)));
    });
    await use(url);
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    if (child.exitCode === null && child.pid) {
      process.kill(-child.pid);
      await ended;
    }
  }
};

/** How many tests the files of tests/module have. @param {string[]} texts */
export const testsIn = (texts) => texts.join('\n').match(/^#\[wasm_bindgen_test/gm)?.length ?? 0;

/** How many tests a run of wasm-pack has counted as passed. @param {string} said */
export const passedIn = (said) =>
  [...said.matchAll(/^test result: ok\. (\d+) passed/gm)].reduce((sum, [, count]) => sum + Number(count), 0);

/** A block of code of the README's section about the module. @param {'html' | 'js'} language */
export const fromReadme = (language) => {
  const readme = readFileSync(path.join(clone, 'README.md'), 'utf8');
  const [, section = ''] = readme.split('## The module by itself');
  const [, code] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(section.split('\n## ')[0]) ?? [];
  assert.ok(code, `the README shows no ${language} in "The module by itself"`);
  return code;
};
