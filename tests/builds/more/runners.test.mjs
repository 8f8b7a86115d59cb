/** Test runners and TypeScript without a build: mocha, `node --test`, ts-node, tsx, swc; and what is preloaded or replaced there. */
import { test } from 'node:test';
import { OUTCOME, assertRuns, command, makeProject, node, run } from '../project.mjs';
import path from 'node:path';

const outcome = JSON.stringify(OUTCOME);
const commonJS = `const assert = require('node:assert/strict');
const sinon = require('sinon');
const codebolt = require('codebolt-wasm');
const { roundTrip } = require('./round-trip.cjs');

it('the package does all it has to', async () => {
  const stub = sinon.stub(codebolt, 'eventLog').value({ createInstance: () => 'mine' });
  assert.equal(codebolt.eventLog.createInstance(), 'mine');
  stub.restore();
  assert.deepEqual(await roundTrip(codebolt), ${outcome});
});
`;
const esm = `import assert from 'node:assert/strict';
import codebolt, { Codebolt } from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';
const { it } = globalThis.it ? globalThis : await import('node:test');

it('the package does all it has to', async () => {
  assert.ok(codebolt instanceof Codebolt);
  assert.deepEqual(await roundTrip(codebolt), ${outcome});
});
`;

test('mocha, CommonJS with sinon', async () => {
  const folder = makeProject('more', { 'agent.test.cjs': commonJS });
  await node(command('more', 'mocha'), ['agent.test.cjs'], { cwd: folder });
});

test('mocha, ESM', async () => {
  const folder = makeProject('more', { 'agent.test.mjs': esm });
  await node(command('more', 'mocha'), ['agent.test.mjs'], { cwd: folder });
});

test('node --test', async () => {
  const folder = makeProject('more', { 'agent.test.mjs': esm });
  await run(process.execPath, ['--test', 'agent.test.mjs'], { cwd: folder });
});

/** As agents are written in TypeScript: \`__importDefault\` and its like stand between. */
const typescript = `import codebolt, { Codebolt } from 'codebolt-wasm';
import * as all from 'codebolt-wasm';
// eslint-disable-next-line
const { roundTrip } = require('./round-trip.cjs');

roundTrip(codebolt).then((outcome: object) => {
  console.log(JSON.stringify({ ...outcome, one: codebolt instanceof Codebolt && all.Codebolt === Codebolt }));
});
`;
const tsconfig = { compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true, strict: true, skipLibCheck: true, lib: ['es2022', 'dom'], types: [] } };

for (const [name, flags] of /** @type {[string, string[]][]} */ ([
  ['ts-node', ['--require', 'ts-node/register/transpile-only']],
  ['swc', ['--require', '@swc-node/register']],
  ['tsx', ['--require', 'tsx/cjs']],
])) {
  for (const esModuleInterop of name === 'tsx' ? [true] : [true, false]) {
    test(`${name}, ${esModuleInterop ? 'with' : 'without'} esModuleInterop`, async () => {
      const folder = makeProject('more', { 'agent.ts': typescript, 'tsconfig.json': { compilerOptions: { ...tsconfig.compilerOptions, esModuleInterop } } });
      await assertRuns(path.join(folder, 'agent.ts'), flags);
    });
  }
}

test('v8-compile-cache', async () => {
  const folder = makeProject('more');
  await assertRuns(path.join(folder, 'agent.cjs'), ['--require', 'v8-compile-cache'], { env: { XDG_CACHE_HOME: folder } });
});

for (const [name, replace] of [
  ['bluebird', "globalThis.Promise = require('bluebird');"],
  ['zone.js', "require('zone.js');"],
]) {
  for (const source of ['agent.cjs', 'agent.mjs']) {
    test(`a process whose Promise is ${name}'s, ${source}`, async () => {
      const folder = makeProject('more', { 'replace.cjs': replace });
      await assertRuns(path.join(folder, source), ['--require', './replace.cjs']);
    });
  }
}
