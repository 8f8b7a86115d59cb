// `wasm-pack build`, typed, and what the README says of the module by itself: in Chromium, Node 22 and Node 24.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from '../runtimes/browsers.mjs';
import { serve } from '../runtimes/web-server.mjs';
import { WEBASSEMBLY, clone, fromReadme, succeeds, typed } from './typed.mjs';

const runtimes = createRequire(new URL('../runtimes/package.json', import.meta.url));
const { CODEBOLT_SERVER_URL, SOCKET_PORT } = process.env;
const pkg = path.join(clone, 'pkg');
const aside = path.join(clone, 'npm-package');

// wasm-pack writes to pkg/ as well, where the npm package is.
before(() => renameSync(pkg, aside));
after(() => {
  rmSync(pkg, { recursive: true, force: true });
  renameSync(aside, pkg);
});

let names = 0;
/** The README's code with a name that no instance has yet. @param {'html' | 'js'} language */
const code = (language) => {
  const text = fromReadme(language);
  assert.ok(text.includes("'orders'"));
  return text.replaceAll("'orders'", `'as-typed-${Date.now()}-${names++}'`);
};

/** @param {string} command @param {string} [file] */
const build = async (command, file = 'codebolt_wasm.js') => {
  rmSync(pkg, { recursive: true, force: true });
  const said = await succeeds(command, { env: WEBASSEMBLY });
  assert.ok(existsSync(path.join(pkg, file)), said);
  return said;
};

/** Shows a page of the clone to Chromium, with the test's host in its environment. @param {string} page */
const shown = async (page) => {
  const [server, browser] = await Promise.all([serve(clone), launch('chrome')]);
  try {
    const tab = await browser.newPage();
    /** @type {string[]} */
    const said = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(String(error)));
    await tab.evaluateOnNewDocument((env) => (globalThis.process = { env }), { CODEBOLT_SERVER_URL, SOCKET_PORT });
    await tab.goto(`${server.origin}/${page}`);
    await tab
      .waitForFunction(() => document.body?.textContent.includes('created'), { timeout: 15_000 })
      .catch(() => assert.fail(`the page created nothing: ${said.join('\n')}`));
  } finally {
    await Promise.all([server.close(), browser.close()]);
  }
};

test('wasm-pack build --target web, and the page of the README', async () => {
  await build('wasm-pack build --target web');
  writeFileSync(path.join(clone, 'page.html'), code('html'));
  await shown('page.html');
});

test('its types stand by themselves', async () => {
  await succeeds('tsc --noEmit --strict --target es2022 --lib es2023,dom,esnext.disposable --types "" pkg/codebolt_wasm.d.ts');
  const types = readFileSync(path.join(pkg, 'codebolt_wasm.d.ts'), 'utf8');
  assert.match(types, /createInstance\(name: string, description\?: string( \| null)?\): Promise<CreateInstanceReply>/);
  assert.match(types, /close\(\): Promise<void>/);
});

test('without wasm-opt it is skipped with a word, and the module works', async () => {
  const PATH = process.env.PATH?.split(path.delimiter)
    .filter((folder) => !existsSync(path.join(folder, 'wasm-opt')))
    .join(path.delimiter);
  const optimized = statSync(path.join(pkg, 'codebolt_wasm_bg.wasm')).size;
  rmSync(pkg, { recursive: true, force: true });
  const said = await succeeds('wasm-pack build --target web --mode no-install', { env: { ...WEBASSEMBLY, PATH } });
  assert.match(said, /Skipping wasm-opt/);
  assert.ok(statSync(path.join(pkg, 'codebolt_wasm_bg.wasm')).size > optimized);
});

test('wasm-pack build --target nodejs, and the program of the README in Node 22 and 24', async () => {
  await build('wasm-pack build --target nodejs');
  writeFileSync(path.join(clone, 'agent.mjs'), code('js'));
  for (const [version, wanted] of [['node-22', 'created'], ['node-24', 'exists']]) {
    const node = path.join(path.dirname(runtimes.resolve(`${version}/package.json`)), 'bin', 'node');
    // The second is told that the name exists: one host has heard them both.
    assert.match(await succeeds(`${node} agent.mjs`), new RegExp(wanted), version);
  }
});

test('in a Node without a WebSocket it says that there is none', async () => {
  const node = path.join(path.dirname(runtimes.resolve('node-20/package.json')), 'bin', 'node');
  const { code, said } = await typed(`${node} agent.mjs`);
  assert.equal(code, 1);
  assert.match(said, /WebSocket is not defined/);
});

test('wasm-pack build --target bundler, and webpack', async () => {
  await build('wasm-pack build --target bundler');
  const program = fromReadme('html').match(/<script type="module">\n([^]*?)<\/script>/)?.[1] ?? '';
  const text = program
    .replace('import init, {', 'import {')
    .replace("'./pkg/codebolt_wasm.js'", "'./pkg/codebolt_wasm.js'")
    .replace('await init();\n', '')
    .replaceAll("'orders'", `'as-typed-webpack-${Date.now()}'`);
  writeFileSync(path.join(clone, 'bundled.js'), text);
  const webpack = runtimes('webpack');
  const stats = await new Promise((resolve, reject) =>
    webpack(
      {
        context: clone,
        mode: 'production',
        entry: './bundled.js',
        output: { path: path.join(clone, 'bundled'), filename: 'bundled.js' },
        experiments: { asyncWebAssembly: true },
      },
      (/** @type {any} */ error, /** @type {any} */ done) => (error ? reject(error) : resolve(done)),
    ),
  );
  assert.deepEqual(stats.toJson().errors, []);
  writeFileSync(path.join(clone, 'bundled', 'page.html'), '<!doctype html><body><script type="module" src="bundled.js"></script>');
  await shown('bundled/page.html');
});
