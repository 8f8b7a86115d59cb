// How `cargo xtask mutants javascript` starts Stryker, in a folder of its own with copies of the tests and of the package.

import { readdirSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const { MUTANTS_PATTERNS, MUTANTS_BUNDLE } = process.env;

/** By folder, those that take no seconds first; without what needs a browser, or plays random games for minutes. */
const TESTS = {
  'tests/definitions': /^(?!in-chromium)/,
  'tests/tools-for-models': /^(?!in-chromium)/,
  'tests/package': /^(esm|commonjs|members)\./,
  'tests/event-log': /^(additions|reader-outages)\./,
  'tests/session': /^(?!browser|chance|load\.)/,
};

const files = Object.entries(TESTS).flatMap(([folder, wanted]) =>
  readdirSync(folder)
    .filter((name) => /\.test\.[cm]js$/.test(name) && wanted.test(name))
    .map((name) => `${folder}/${name}`),
);
// For the runner, which Stryker starts.
process.env.MUTANTS_TEST_FILES = files.join('\n');
// The same random games in every run, and short ones: their names say which.
Object.assign(process.env, { SEED: '1', RUNS: '60' });

export default {
  allowConsoleColors: false,
  buildCommand: `node ${MUTANTS_BUNDLE.replaceAll(' ', '\\ ')} sources pkg`,
  clearTextReporter: { reportTests: false, reportMutants: false },
  // Tests that fail mostly wait.
  concurrency: 4 * os.availableParallelism(),
  coverageAnalysis: 'perTest',
  disableTypeChecks: false,
  inPlace: true,
  jsonReporter: { fileName: 'mutation.json' },
  mutate: MUTANTS_PATTERNS.split('\n'),
  packageManager: 'npm',
  plugins: [fileURLToPath(new URL('runner.mjs', import.meta.url))],
  reporters: ['json', 'progress-append-only', 'clear-text'],
  testRunner: 'node-test',
  dryRunTimeoutMinutes: 60,
  // The runner has limits of its own.
  timeoutMS: 3_600_000,
};
