/** The table of toolchains in the guide: every row of it is a test, and every test is in it. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

/** The rows, by toolchain and what it is for, and the files that test them. @type {Record<string, string[]>} */
const ROWS = {
  'esbuild: Node, CommonJS and ESM': ['core/esbuild'],
  'ncc: Node': ['core/ncc'],
  'webpack 5: Node, CommonJS and ESM': ['core/webpack-node'],
  'rollup: Node': ['core/rollup-node'],
  'rspack 2: Node': ['more/bundlers-node'],
  'vite 8: Node: `ssr`, `lib`': ['more/bundlers-node'],
  'tsup 8: Node, CommonJS and ESM': ['more/bundlers-node'],
  'parcel 2: Node': ['more/bundlers-node'],
  'nft: file tracing, as Vercel deploys': ['core/nft'],
  'Next 16: pages, routes, the edge runtime, `standalone`; webpack and Turbopack': ['more/next'],
  'Bun: `build`, `build --compile`': ['more/runtimes'],
  'Node: single executables, `worker_threads`, `cluster`, `--permission`, `--no-experimental-require-module`, a read-only disk': ['more/runtimes'],
  'jest 30: CommonJS and ESM, `node` and `jsdom`': ['core/jest'],
  'vitest 4: `node`, `jsdom`, `happy-dom`, the package inlined or not': ['core/vitest'],
  'mocha 11: CommonJS and ESM': ['more/runners'],
  'ts-node, tsx, swc: with and without `esModuleInterop`': ['more/runners'],
  "pnpm 10, Yarn 4 Plug'n'Play: installing": ['more/installers'],
  'TypeScript 5.0 and newer: `node10`, `node16`, `nodenext`, `bundler`; `skipLibCheck` off': ['more/types'],
  'vite 8: browsers, dev and build': ['more/bundlers-browser', '../runtimes/bundlers/bundlers'],
  'webpack 5, rspack 2, parcel 2: browsers': ['more/bundlers-browser'],
  'esbuild: browsers, ESM and IIFE': ['core/esbuild-browser'],
  'rollup: browsers': ['more/bundlers-browser', '../runtimes/bundlers/bundlers'],
};
const here = new URL('../', import.meta.url);
const readme = readFileSync(new URL('../../docs/guide/bundling.md', here), 'utf8');
const [, table] = /## Toolchains\n[^]*?\n\| --- \|.*\n((?:\|.*\n)+)/.exec(readme) ?? [];
const rows = table.trim().split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

test('its rows are those that are tested', () => {
  assert.deepEqual(rows.map(([, toolchain, what]) => `${toolchain}: ${what}`).toSorted(), Object.keys(ROWS).toSorted());
});

test('every test file is of a row, and every row has its tools in its files', () => {
  const files = ['core', 'more'].flatMap((set) =>
    readdirSync(new URL(`${set}/`, here))
      .filter((file) => file.endsWith('.test.mjs'))
      .map((file) => `${set}/${file.replace('.test.mjs', '')}`),
  );
  const used = new Set(Object.values(ROWS).flat());
  assert.deepEqual(files.filter((file) => !used.has(file)), ['core/table']);
  for (const [row, named] of Object.entries(ROWS)) {
    const text = named.map((file) => readFileSync(new URL(`${file}.test.mjs`, here), 'utf8')).join('\n').toLowerCase();
    for (const tool of row.split(':')[0].split(', ')) assert.ok(text.includes(tool.split(' ')[0].toLowerCase()), `${tool}: ${named}`);
  }
});

test('for Node no row has a file to copy', () => {
  for (const [, toolchain, what, needs] of rows) {
    if (!what.includes('browsers')) assert.doesNotMatch(needs, /copy|wasm/i, toolchain);
  }
});
