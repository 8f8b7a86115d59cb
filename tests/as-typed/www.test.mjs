// The page as an ordinary npm project.

import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { clone, serving, succeeds, typed } from './typed.mjs';

const pkg = path.join(clone, 'pkg');
const lock = () => readFileSync(path.join(clone, 'www', 'package-lock.json'), 'utf8');

/** What is served at an address. @param {string} url */
const got = async (url) => {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return response.text();
};

test('before the package is built, npm run dev and build say so in a line', async () => {
  const aside = path.join(clone, 'npm-package');
  renameSync(pkg, aside);
  try {
    for (const command of ['npm run dev', 'npm run build']) {
      const { code, said } = await typed(command, { folder: 'www' });
      assert.equal(code, 1, said);
      assert.match(said, /^error: the package codebolt-wasm is not built: run `cargo xtask build --only package`/m);
    }
  } finally {
    renameSync(aside, pkg);
  }
  const { code, said } = await typed('npm run build', { folder: 'www' });
  assert.equal(code, 1, said);
  assert.match(said, /^error: .*run `npm install` here/m);
});

test('npm install, which leaves the lock file as it is', async () => {
  const before = lock();
  await succeeds('npm install', { folder: 'www' });
  assert.equal(lock(), before);
});

test('npm run dev serves the page with the package in it', () =>
  serving('npm run dev', 'www', async (url) => {
    assert.match(await got(url), /src="\.?\/src\/main\.tsx/);
    const using = await got(`${url}src/connection/connection.ts`);
    const [, from] = /from "([^"]*\/pkg\/[^"]*)"/.exec(using) ?? [];
    assert.ok(from, using);
    assert.match(await got(new URL(from, url).href), /Codebolt/);
    // What pages fetch by themselves, Vite lets out of the folders only that it was told.
    await got(new URL(from.replace(/[^/]*$/, 'codebolt_wasm_bg.wasm'), url).href);
    await got(`${url}event-log/event-log_bg.wasm`);
  }));

test('npm run build, and npm run preview serves what was built', async () => {
  await succeeds('npm run build', { folder: 'www' });
  await serving('npm run preview', 'www', async (url) => {
    const [, script] = /src="\.\/(assets\/[^"]*\.js)"/.exec(await got(url)) ?? [];
    assert.ok(script);
    assert.ok((await got(url + script)).length > 1000);
  });
});

// All of them are the suite `page`.
test('npm test', async () => {
  const said = await succeeds('npm test -- examples', { folder: 'www' });
  const count = Number(/^\D*pass (\d+)$/m.exec(said)?.[1]);
  assert.ok(count > 0, said);
  const { code } = await typed('npm test -- nothing', { folder: 'www' });
  assert.equal(code, 1);
});
