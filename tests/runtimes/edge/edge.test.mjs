/** The package in workerd, by miniflare, which wants a newer Node than this project does. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { assertRoundTrip, hostUrl, programs, run, tools } from '../project.mjs';

const node = process.env.CODEBOLT_NODE_24 ?? path.join(tools, 'node-24', 'bin', 'node');

test('workerd creates, appends, queries and closes, in each of three requests', async () => {
  const root = programs();
  const outdir = path.join(root, 'dist');
  // What wrangler does: the condition `workerd`, and the module left to be imported.
  await build({
    entryPoints: [path.join(root, 'edge-worker.js')],
    outdir,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'silent',
  });
  const script = fileURLToPath(new URL('./workerd.mjs', import.meta.url));
  const outcomes = JSON.parse(await run(node, [script, outdir, path.join(outdir, 'edge-worker.js'), hostUrl]));
  assert.equal(outcomes.length, 3);
  for (const outcome of outcomes) assertRoundTrip(outcome, 'workerd');
});
