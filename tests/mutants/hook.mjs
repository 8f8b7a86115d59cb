// Loaded before everything else in each process of a run with mutants: says which mutant is active, keeps which test reaches which,
// and hands itself on to the processes that tests start.

import childProcess from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';

const ACTIVE = '__STRYKER_ACTIVE_MUTANT__';
const { MUTANTS_COVERAGE: folder, MUTANTS_TEST: test, MUTANTS_HIT_LIMIT: limit } = process.env;
const state = (globalThis.__stryker__ = { currentTestId: test });
if (limit) Object.assign(state, { hitCount: 0, hitLimit: Number(limit) });

// Tests give their processes an environment of their own.
const { spawn } = childProcess;
childProcess.spawn = (program, ...rest) => {
  const args = Array.isArray(rest[0]) ? rest.shift() : [];
  const [options = {}] = rest;
  const env = { ...(options.env ?? process.env) };
  for (const [name, value] of Object.entries({ [ACTIVE]: process.env[ACTIVE], MUTANTS_COVERAGE: folder, MUTANTS_HIT_LIMIT: limit, MUTANTS_TEST: state.currentTestId })) {
    if (value) env[name] = value;
  }
  env.NODE_OPTIONS = `${env.NODE_OPTIONS ?? ''} --import=${import.meta.url}`.trim();
  return spawn(program, args, { ...options, env });
};
syncBuiltinESMExports();

if (folder) {
  const file = path.join(folder, `${process.pid}-${isMainThread ? 'main' : Math.random()}.json`);
  const { emit } = process;
  // After all listeners: what they reach counts as well.
  process.emit = function (name, ...values) {
    try {
      return emit.call(this, name, ...values);
    } finally {
      if (name === 'exit') writeFileSync(file, JSON.stringify(state.mutantCoverage ?? { static: {}, perTest: {} }));
    }
  };
}
