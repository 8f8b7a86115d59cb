// A test runner for Stryker: `node:test`, each file in a process of its own, of which only those tests run that reach the mutant.
// Stryker has none. Coverage is kept test by test, in the processes that tests start too.

import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginKind, declareFactoryPlugin } from '@stryker-mutator/api/plugin';

const ACTIVE = '__STRYKER_ACTIVE_MUTANT__';
const beside = (name) => new URL(name, import.meta.url).href;
const PRELOADED = [`--import=${beside('hook.mjs')}`, `--import=${beside('tests.mjs')}`, `--test-reporter=${fileURLToPath(beside('reporter.mjs'))}`];
const SEPARATOR = ' :: ';
/** How long tests may take: so many times what they took without a mutant, and so much longer, in milliseconds. */
const TIMES_LONGER = 5;
const AND_LONGER = 15_000;
/** More names make no sense on a command line. */
const MANY = 60;
const ATTEMPTS = 4;
/** About what a process takes to start and to load the package, in milliseconds. */
const START_MS = 400;
/** What each test took without a mutant, in milliseconds, and of which files a single test reaches a mutant. */
const KNOWN = 'known.json';
/** The mutants that survive, a line for each as they come: the report is written at the end, which may be hours away. */
const SURVIVED = 'survived.txt';

/** A name as part of a pattern. Node takes a pattern with the end of a line in it for no pattern: any character stands for it. */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[\n\r\u2028\u2029]/g, '[^]');

/** Whether a test is this one or a part of it. */
const isWithin = (name, whole) => name === whole || name.startsWith(`${whole} > `);

class NodeTestRunner {
  #files = process.env.MUTANTS_TEST_FILES.split('\n');
  /** Of how many mutants each is tried which one. */
  #every = Number(process.env.MUTANTS_EVERY ?? 1);
  #first = Number(process.env.MUTANTS_FIRST ?? 0);
  #known;
  /** How often a test file was tried with mutants of a source, and how often it found one. @type {Map<string, { tried: number, found: number }>} */
  #records = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const tests = [];
    for (const file of this.#files) {
      const { results, coverage, error } = await this.#reach(file);
      if (error) return { status: 'error', errorMessage: error };
      const atLoad = {};
      const units = unitsOf(results).map((unit) => ({ ...unit, file, id: file + SEPARATOR + unit.name, hits: {}, atLoad }));
      for (const { static: early, perTest } of coverage) {
        add(atLoad, early);
        for (const [name, hits] of Object.entries(perTest)) add(units.find((unit) => isWithin(name, unit.name))?.hits ?? atLoad, hits);
      }
      tests.push(...units);
    }
    spread(tests);
    // For the runners of the mutants, which are processes of their own.
    writeFileSync(KNOWN, JSON.stringify({ times: Object.fromEntries(tests.map(({ id, ms }) => [id, ms])), once: reachedOnce(tests) }));
    return {
      status: 'complete',
      tests: tests.map(({ id, file, ms }) => ({ id, name: id, fileName: path.resolve(file), timeSpentMs: ms, status: 0 })),
      mutantCoverage: { static: {}, perTest: Object.fromEntries(tests.map(({ id, hits }) => [id, hits])) },
    };
  }

  /** What a file's tests reach. They have to pass; on a busy machine one may need another try. */
  async #reach(file) {
    let error;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'mutants-'));
      const { results, code, said } = await this.#run(file, { env: { MUTANTS_COVERAGE: folder }, limit: 300_000, bail: false });
      const coverage = readdirSync(folder).map((part) => JSON.parse(readFileSync(path.join(folder, part), 'utf8')));
      rmSync(folder, { recursive: true });
      if (code === 0) return { results, coverage };
      const failed = results.filter(({ ok }) => !ok).map((result) => `${result.name}: ${result.error}`);
      error = `${file} fails without a mutant: ${[...failed, said].join('\n')}`;
    }
    return { error };
  }

  async mutantRun({ activeMutant, testFilter = [], hitLimit }) {
    if (Number(activeMutant.id) % this.#every !== this.#first) return { status: 'error', errorMessage: 'not in this part' };
    const env = { [ACTIVE]: activeMutant.id, ...(hitLimit ? { MUTANTS_HIT_LIMIT: String(hitLimit) } : {}) };
    this.#known ??= JSON.parse(readFileSync(KNOWN, 'utf8'));
    const source = activeMutant.fileName;
    const some = this.#byFile(testFilter, source);
    // What is made once, by the first test, serves those that follow.
    const whole = (this.#known.once[activeMutant.id] ?? []).map((file) => ({ file, own: [] }));
    let ran = 0;
    for (const { file, own: ids } of [...some, ...whole]) {
      const names = ids.map((id) => id.slice(file.length + SEPARATOR.length));
      const attempt = () => this.#run(file, { names, env, limit: this.#limit(file, ids), bail: true });
      let outcome = await attempt();
      // A busy machine may fail a test, too; not twice.
      if (!outcome.timedOut && outcome.code !== 0) outcome = await attempt();
      const { results, code, said, timedOut } = outcome;
      if (code === 0 && !results.some(({ suite, skip }) => !suite && skip === undefined)) {
        return { status: 'error', errorMessage: `${file}: none of its tests ran: ${names.join(', ')}` };
      }
      ran += ids.length;
      const record = this.#record(file, source);
      record.tried += 1;
      if (code !== 0) record.found += 1;
      if (timedOut) return { status: 'timeout', reason: `${file} did not end` };
      if (code !== 0) {
        const failed = results.find(({ ok }) => !ok);
        const id = failed && ids.find((one) => one.endsWith(failed.name));
        return { status: 'killed', killedBy: [id ?? ids[0] ?? testFilter[0]], failureMessage: failed?.error ?? said, nrOfTests: ran };
      }
    }
    const { fileName, location, replacement } = activeMutant;
    appendFileSync(SURVIVED, `${path.relative('sources', fileName)}:${location.start.line + 1}:${location.start.column + 1} -> ${replacement} (${activeMutant.id}, ${ran} tests)\n`);
    return { status: 'survived', nrOfTests: ran };
  }

  /** Tests by file, those first that find most for the time they take. @param {string[]} ids @param {string} source of the mutant */
  #byFile(ids, source) {
    const groups = this.#files.map((file) => {
      const own = ids.filter((id) => fileOf(id) === file);
      const ms = own.reduce((sum, id) => sum + this.#known.times[id], START_MS);
      const { tried, found } = this.#record(file, source);
      return { file, own, worth: (found + 0.5) / (tried + 1) / ms };
    });
    return groups.filter(({ own }) => own.length > 0).sort((one, other) => other.worth - one.worth);
  }

  /** Not that of all files together: a mutant may loop for as long. @param {string} file @param {string[]} ids of its tests; none stands for all */
  #limit(file, ids) {
    const { times } = this.#known;
    const some = ids.length > 0 ? ids : Object.keys(times).filter((id) => fileOf(id) === file);
    return some.reduce((sum, id) => sum + times[id] * TIMES_LONGER, AND_LONGER);
  }

  /** @param {string} file of tests @param {string} source */
  #record(file, source) {
    const name = file + SEPARATOR + source;
    let record = this.#records.get(name);
    if (!record) this.#records.set(name, (record = { tried: 0, found: 0 }));
    return record;
  }

  /** Runs tests of a file; with `bail` no longer than to the first that fails. */
  #run(file, { names = [], env, limit, bail }) {
    const leaves = names.map((name) => name.split(' > ').at(-1));
    const only = names.length > 0 && names.length <= MANY ? [`--test-name-pattern=/^(${leaves.map(escaped).join('|')})$/`] : [];
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [...PRELOADED, ...only, file], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      const results = [];
      let timedOut = false;
      let rest = '';
      let said = '';
      /** With the processes that its tests started. */
      const kill = () => {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {}
      };
      const timer = setTimeout(() => {
        timedOut = true;
        kill();
      }, limit);
      child.stderr.on('data', (data) => (said += data));
      child.stdout.on('data', (data) => {
        const lines = (rest + data).split('\n');
        rest = lines.pop();
        for (const line of lines) {
          try {
            results.push(JSON.parse(line));
          } catch {
            said += line;
          }
          if (bail && results.at(-1)?.ok === false) kill();
        }
      });
      child.on('close', (code) => {
        clearTimeout(timer);
        kill();
        resolve({ results, code: code ?? 1, said: said.slice(0, 2000), timedOut });
      });
    });
  }
}

const fileOf = (id) => id.slice(0, id.indexOf(SEPARATOR));

const add = (sum, hits) => {
  for (const [id, count] of Object.entries(hits)) sum[id] = (sum[id] ?? 0) + count;
};

/** The outermost tests, by their whole names: those within them do not run alone. They are reported before what they are in. */
const unitsOf = (results) => {
  const units = [];
  const path = [];
  for (const { name, nesting, suite, ms, ok } of results.toReversed()) {
    path.length = nesting;
    path.push({ name, suite });
    if (!suite && path.slice(0, -1).every((outer) => outer.suite)) units.push({ name: path.map((part) => part.name).join(' > '), ms, ok });
  }
  return units.toReversed();
};

/** Which source has which mutant, by what Stryker has written into it. */
const sourcesByMutant = () => {
  const sources = new Map();
  for (const file of readdirSync('sources', { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    for (const [, id] of readFileSync(path.join('sources', file), 'utf8').matchAll(/stryMutAct_9fa48\("(\d+)"\)/g)) sources.set(id, file);
  }
  return sources;
};

/**
 * What is reached while a test file is loaded may matter to all of its tests. Where all files that load a source reach it, the source
 * itself runs it, and to try all tests would take very long: it is those that reach something else of the source while they run, if
 * there are any.
 */
const spread = (tests) => {
  const sourceOf = sourcesByMutant();
  const loads = new Set(tests.map((test) => test.atLoad));
  const loaders = countOf([...loads].flatMap((atLoad) => [...new Set(Object.keys(atLoad).map((id) => sourceOf.get(id)))]));
  const reaching = countOf([...loads].flatMap((atLoad) => Object.keys(atLoad)));
  const near = new Map();
  for (const test of tests) {
    // A test may be the first to load a source: that it runs what others run at load says nothing.
    const own = Object.keys(test.hits).filter((id) => !reaching.has(id));
    for (const source of new Set(own.map((id) => sourceOf.get(id)))) near.set(source, [...(near.get(source) ?? []), test]);
  }
  for (const atLoad of loads) {
    const all = tests.filter((test) => test.atLoad === atLoad);
    for (const [id, count] of Object.entries(atLoad)) {
      const source = sourceOf.get(id);
      const isItself = reaching.get(id) === loaders.get(source);
      for (const { hits } of (isItself && near.get(source)) || all) hits[id] ??= count;
    }
  }
};

/** The files of which a single test reaches a mutant, by mutant. */
const reachedOnce = (tests) => {
  const counts = new Map();
  for (const { file, hits } of tests) {
    for (const id of Object.keys(hits)) {
      const files = counts.get(id) ?? {};
      counts.set(id, { ...files, [file]: (files[file] ?? 0) + 1 });
    }
  }
  const once = (files) => Object.keys(files).filter((file) => files[file] === 1);
  return Object.fromEntries([...counts].map(([id, files]) => [id, once(files)]).filter(([, files]) => files.length > 0));
};

/** How often each stands in a list. */
const countOf = (list) => {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'node-test', () => new NodeTestRunner())];
