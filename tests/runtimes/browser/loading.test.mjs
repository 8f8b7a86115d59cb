/** Loading the module in a browser: from elsewhere, under a strict policy, and what a failed load says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { launch } from '../browsers.mjs';
import { assertRoundTrip, hostUrl, programs, project } from '../project.mjs';
import { serve } from '../web-server.mjs';

const folder = path.basename(programs());
const standard = '/node_modules/codebolt-wasm/codebolt_wasm_bg.wasm';
const elsewhere = '/elsewhere/module.wasm';
const bytes = readFileSync(path.join(project, standard));

const server = await serve(project);
const browser = await launch('chrome');
after(() => Promise.all([server.close(), browser.close()]));
afterEach(() => {
  server.answers.clear();
  server.requests.length = 0;
});

/** @param {string} name @param {string} [csp] */
const open = (name, csp) =>
  server.open(browser, `/${folder}/loading.html`, { host: hostUrl, case: name, ...(csp && { csp }) });

/** @param {string} type @returns {import('../web-server.mjs').Answer} */
const wasm = (type) => (_, response) => response.writeHead(200, { 'content-type': type }).end(bytes);
/** @type {import('../web-server.mjs').Answer} */
const missing = (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html>nothing here');
/** @type {import('../web-server.mjs').Answer} */
const page = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>App</title>');
/** @type {import('../web-server.mjs').Answer} */
const cut = (request) => request.socket.destroy();

const loads = () => server.requests.filter((path) => path === standard).length;

test('an import alone fetches no module and connects to nothing', async () => {
  assert.deepEqual(await open('imported'), { state: 'idle', sockets: 0 });
  assert.equal(loads(), 0);
});

test('the first use fetches the module, once for all instances', async () => {
  assertRoundTrip(await open('two at once'), 'page');
  assert.equal(loads(), 1);
});

for (const source of ['address', 'URL', 'bytes', 'view of bytes', 'module', 'response', 'promise of a response']) {
  test(`initAsync takes the module as ${source}, and nothing fetches the standard one`, async () => {
    server.answers.set(elsewhere, wasm('application/wasm'));
    assertRoundTrip(await open(source), 'page');
    assert.equal(loads(), 0);
  });
}

test('a round trip needs one socket', async () => {
  assertRoundTrip(await open('default'), 'page');
  assert.equal((await open('connected')).sockets, 1);
});

test('a server that does not know the type application/wasm is good enough', async () => {
  server.answers.set(standard, wasm('application/octet-stream'));
  assertRoundTrip(await open('default'), 'page');
});

for (const [what, answer, says] of [
  ['404', missing, /^the WebAssembly module is not at http:\S+codebolt_wasm_bg\.wasm: the server answered 404\. .*initAsync\(url\)/],
  ['an HTML page', page, /^the WebAssembly module is not what came from http:\S+: a page .*initAsync\(url\)/],
  ['a cut connection', cut, /^the WebAssembly module could not be fetched from http:\S+ \(.+\)\. Check the network, .*connect-src/],
  ['half a module', (_, response) => response.writeHead(200, { 'content-type': 'application/wasm' }).end(bytes.subarray(0, 999)), /^the WebAssembly module from http:\S+ was refused \(.+\)/],
]) {
  test(`when the module's address answers ${what}, the call says what to do, and the next call tries again`, async () => {
    server.answers.set(standard, answer);
    server.answers.set('/repair', (_, response) => {
      server.answers.delete(standard);
      response.end();
    });
    const { failed, then } = await open('fails, then works');
    assert.equal(failed.name, 'CodeboltError');
    assert.equal(failed.code, 'LOAD_FAILED');
    assert.match(failed.message, says);
    assertRoundTrip(then, 'page');
  });
}

test('after an initAsync that failed the module still loads from its standard place', async () => {
  server.answers.set(elsewhere, missing);
  const { failed, then } = await open('init fails, then works');
  assert.equal(failed.code, 'LOAD_FAILED');
  assert.match(failed.message, /is not at \/elsewhere\/module\.wasm: the server answered 404/);
  assertRoundTrip(then, 'page');
});

test('a server that never answers is abandoned after connectTimeout', async () => {
  server.answers.set(standard, () => {});
  const failed = await open('hangs');
  assert.equal(failed.code, 'LOAD_FAILED');
  assert.match(failed.message, /could not be fetched from http:\S+ \(.+\)/);
});

const host = new URL(hostUrl);
const policy = (/** @type {string} */ scripts) =>
  `default-src 'none'; script-src 'self' ${scripts}; connect-src 'self' ws://${host.host}`;

test("a strict Content-Security-Policy needs no more than 'wasm-unsafe-eval'", async () => {
  assertRoundTrip(await open('default', policy("'wasm-unsafe-eval'")), 'page');
});

test("without 'wasm-unsafe-eval' the error names it", async () => {
  const failed = await open('fails', policy(''));
  assert.equal(failed.code, 'LOAD_FAILED');
  assert.match(failed.message, /add 'wasm-unsafe-eval' to script-src/);
});
