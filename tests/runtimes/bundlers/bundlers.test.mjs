/** The package through the bundlers, with no more settings than its README names, and the outcome in Chromium. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import nodeResolve from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as viteBuild, createServer as viteServer } from 'vite';
import webpack from 'webpack';
import { launch } from '../browsers.mjs';
import { assertRoundTrip, hostUrl, programs, project, run } from '../project.mjs';
import { serve } from '../web-server.mjs';

const server = await serve(project);
const browser = await launch('chrome');
after(() => Promise.all([server.close(), browser.close()]));

const wasmFile = path.join(project, 'node_modules', 'codebolt-wasm', 'codebolt_wasm_bg.wasm');

/** @param {string} folder @param {string} page */
const open = (folder, page, at = server.origin) => server.open(browser, `${folder}/${page}`, { host: hostUrl }, at);

/** How often the module is among the files. @param {string} folder */
const modulesIn = (folder) =>
  readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith('.wasm')).length;

for (const [what, settings] of /** @type {const} */ ([
  ['as it is', {}],
  ['with the package excluded from optimizeDeps', { optimizeDeps: { exclude: ['codebolt-wasm'] } }],
])) {
  test(`vite dev ${what}`, async () => {
    const root = programs();
    const vite = await viteServer({
      root,
      configFile: false,
      logLevel: 'error',
      ...settings,
      server: { port: 0, host: '127.0.0.1', fs: { allow: [project] }, proxy: { '^/report/': server.origin } },
    });
    try {
      await vite.listen();
      const { port } = /** @type {import('node:net').AddressInfo} */ (vite.httpServer?.address());
      assertRoundTrip(await open('', 'app.html', `http://127.0.0.1:${port}`), 'bundle');
    } finally {
      await vite.close();
    }
  });
}

test('vite build', async () => {
  const root = programs();
  await viteBuild({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    build: { rollupOptions: { input: path.join(root, 'app.html') } },
  });
  assert.equal(modulesIn(path.join(root, 'dist')), 1);
  assertRoundTrip(await open(`${path.basename(root)}/dist`, 'app.html'), 'bundle');
});

test('webpack', async () => {
  const root = programs();
  const stats = await new Promise((resolve, reject) =>
    webpack(
      { context: root, mode: 'production', entry: './app.js', output: { path: path.join(root, 'dist'), filename: 'app.js' } },
      (error, stats) => (error ? reject(error) : resolve(stats)),
    ),
  );
  assert.deepEqual(stats.toJson().errors, []);
  assert.deepEqual(stats.toJson().warnings, []);
  assert.equal(modulesIn(path.join(root, 'dist')), 1);
  copyFileSync(path.join(root, 'app.html'), path.join(root, 'dist', 'app.html'));
  assertRoundTrip(await open(`${path.basename(root)}/dist`, 'app.html'), 'bundle');
});

/** @param {string} root @param {import('rollup').Plugin[]} plugins */
const withRollup = async (root, plugins) => {
  /** @type {string[]} */
  const warnings = [];
  const bundle = await rollup({
    input: path.join(root, 'app.js'),
    plugins: [nodeResolve({ browser: true }), ...plugins],
    onwarn: ({ message }) => warnings.push(message),
  });
  await bundle.write({ dir: path.join(root, 'dist'), format: 'es' });
  await bundle.close();
  assert.deepEqual(warnings, []);
  copyFileSync(path.join(root, 'app.html'), path.join(root, 'dist', 'app.html'));
};

test('rollup, with its plugin for files that are named by new URL(…, import.meta.url)', async () => {
  const root = programs();
  await withRollup(root, [importMetaAssets()]);
  assert.equal(modulesIn(path.join(root, 'dist')), 1);
  assertRoundTrip(await open(`${path.basename(root)}/dist`, 'app.html'), 'bundle');
});

test('rollup without it, with the module copied beside the bundle', async () => {
  const root = programs();
  await withRollup(root, []);
  copyFileSync(wasmFile, path.join(root, 'dist', 'codebolt_wasm_bg.wasm'));
  assertRoundTrip(await open(`${path.basename(root)}/dist`, 'app.html'), 'bundle');
});

test('esbuild, with the module copied beside the bundle', async () => {
  const root = programs();
  const outdir = path.join(root, 'dist');
  const { warnings } = await esbuild({
    entryPoints: [path.join(root, 'app.js')],
    outdir,
    bundle: true,
    format: 'esm',
    minify: true,
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  copyFileSync(wasmFile, path.join(outdir, 'codebolt_wasm_bg.wasm'));
  copyFileSync(path.join(root, 'app.html'), path.join(outdir, 'app.html'));
  assertRoundTrip(await open(`${path.basename(root)}/dist`, 'app.html'), 'bundle');
});

test('esbuild, with its loader "file" and initAsync', async () => {
  const root = programs();
  const outdir = path.join(root, 'dist');
  await esbuild({
    entryPoints: [{ in: path.join(root, 'app-with-address.js'), out: 'app' }],
    outdir,
    bundle: true,
    format: 'esm',
    loader: { '.wasm': 'file' },
    logLevel: 'silent',
  });
  assert.equal(modulesIn(outdir), 1);
  copyFileSync(path.join(root, 'app.html'), path.join(outdir, 'app.html'));
  assertRoundTrip(await open(`${path.basename(root)}/dist`, 'app.html'), 'bundle');
});

for (const [format, file] of /** @type {const} */ ([
  ['esm', 'app.mjs'],
  ['cjs', 'app.cjs'],
])) {
  test(`esbuild for Node as ${format}, with nothing beside the bundle and no node_modules`, async () => {
    const root = programs();
    const outfile = path.join(root, 'dist', file);
    await esbuild({
      entryPoints: [path.join(root, 'esm-plain.mjs')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format,
      logLevel: 'silent',
    });
    // Out of reach of the installed package.
    const elsewhere = path.join(path.dirname(project), `bundled-${format}`);
    renameSync(path.join(root, 'dist'), elsewhere);
    assertRoundTrip(JSON.parse(await run('node', [path.join(elsewhere, file)])), 'bundle');
  });
}

test('only what is imported is bundled', async () => {
  const root = programs();
  const bytes = async (/** @type {string} */ file) => {
    const { outputFiles } = await esbuild({
      entryPoints: [path.join(root, file)],
      bundle: true,
      format: 'esm',
      minify: true,
      write: false,
      logLevel: 'silent',
    });
    return outputFiles[0].contents;
  };
  const one = new TextDecoder().decode(await bytes('event-log-only.js'));
  const all = await bytes('app.js');
  assert.ok(one.includes('eventLog.createInstance'));
  // A message of another module.
  assert.ok(!one.includes('agentDeliberation') && !one.includes('kvStore'), 'other modules are in the bundle');
  assert.ok(one.length < all.length / 2, `${one.length} of ${all.length} bytes`);
});
