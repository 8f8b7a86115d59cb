// How the module gets in where it does not travel within the JavaScript: over the network, and within a file of its own. Browsers
// have the suite `runtimes-browser`; this is the same code in Node, with a server that answers badly.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';
import { answer, startHost } from './misbehaving-host.mjs';

const SOURCES = pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`);
const wasm = new URL('codebolt_wasm_bg.wasm', SOURCES);
/** Its bytes, as code: the shortest there is. */
const ANOTHER_MODULE = '[0, 97, 115, 109, 1, 0, 0, 0]';
const bytes = readFileSync(wasm);

/** By path, what the server answers; the rest is the module. */
const answers = {
  '/none': (response) => response.writeHead(404).end('nothing here'),
  '/page': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
  '/half': (response) => response.writeHead(200, { 'content-type': 'application/wasm' }).end(bytes.subarray(0, 999)),
  '/half-of-no-type': (response) => response.end(bytes.subarray(0, 999)),
  '/typed': (response) => response.writeHead(200, { 'content-type': 'application/wasm' }).end(bytes),
  '/typed-with-parameter': (response) => response.writeHead(200, { 'content-type': 'application/wasm; charset=utf-8' }).end(bytes),
  '/cut': (response) => response.destroy(),
  '/silent': () => {},
};
const requested = [];
const server = http.createServer((request, response) => {
  requested.push(request.url);
  (answers[request.url] ?? (() => response.end(bytes)))(response);
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `http://127.0.0.1:${server.address().port}`;
after(() => {
  server.closeAllConnections();
  server.close();
});

let copies = 0;
/** A source of the package as nobody has imported it yet. */
const fresh = (file) => import(new URL(`${file}?copy=${copies++}`, SOURCES));
const freshLoad = async () => (await fresh('platform/fetched.js')).load;

describe('the module over the network', () => {
  for (const [what, source] of [
    ['an address', () => `${base}/module`],
    ['a URL', () => new URL('/module', base)],
    ['an address whose server knows the type', () => `${base}/typed`],
    // Which no engine compiles as it comes.
    ['an address whose server gives the type a parameter', () => `${base}/typed-with-parameter`],
    ['a response', () => fetch(`${base}/module`)],
    ['bytes', () => new Uint8Array(bytes).buffer],
    ['a view of bytes', () => new Uint8Array([0, ...bytes, 0]).subarray(1, -1)],
    ['a module', () => WebAssembly.compile(bytes)],
    ['the address of a file', () => wasm.href],
    ['the URL of a file', () => wasm],
  ]) {
    it(`is taken as ${what}, and loaded once`, async () => {
      const load = await freshLoad();
      const { Client } = await load(0, source);
      assert.equal(typeof Client, 'function');
      assert.equal(load(0, () => assert.fail('it is there already')).Client, Client);
    });
  }

  it('is fetched once for all who ask at the same time', async () => {
    requested.length = 0;
    const load = await freshLoad();
    const source = () => `${base}/module`;
    const [one, other] = await Promise.all([load(0, source), load(0, source)]);
    assert.equal(one, other);
    assert.deepEqual(requested, ['/module']);
  });

  for (const timeout of [0, Infinity, 2 ** 31, 60_000]) {
    it(`may take ${timeout} ms`, async () => {
      const load = await freshLoad();
      assert.ok(await load(timeout, () => `${base}/module`));
    });
  }

  it('fails after the time limit', async () => {
    const load = await freshLoad();
    await assert.rejects(async () => load(50, () => `${base}/silent`), { code: 'LOAD_FAILED', message: /^the WebAssembly module could not be fetched from http:\S+\/silent \(.+\)/ });
  });

  for (const [path, says, hasCause] of [
    ['/none', /^the WebAssembly module is not at http:\S+\/none: the server answered 404\. Serve codebolt_wasm_bg\.wasm there, .*initAsync\(url\)/, false],
    ['/page', /^the WebAssembly module is not what came from http:\S+\/page: a page or another file stands there\. .*initAsync\(url\)/, false],
    ['/cut', /^the WebAssembly module could not be fetched from http:\S+\/cut \(fetch failed\)\. Check the network, .*connect-src/, true],
    ['/half', /^the WebAssembly module from http:\S+\/half was refused \(WebAssembly\.compileStreaming\(\).+\)\. .*'wasm-unsafe-eval'/, true],
    ['/half-of-no-type', /^the WebAssembly module from http:\S+\/half-of-no-type was refused \(WebAssembly\.compile\(\).+\)/, true],
  ]) {
    it(`says what to do when the server answers ${path}, and the next use tries again`, async () => {
      const load = await freshLoad();
      await assert.rejects(
        async () => load(0, () => base + path),
        (error) => {
          assert.equal(error.code, 'LOAD_FAILED');
          assert.match(error.message, says);
          assert.equal(error.cause instanceof Error, hasCause);
          return true;
        },
      );
      assert.ok(await load(0, () => `${base}/module`));
    });
  }

  it('names the address of a response, and says of bytes that they were given', async () => {
    const load = await freshLoad();
    await assert.rejects(async () => load(0, () => fetch(`${base}/none`)), { message: /is not at http:\S+\/none/ });
    await assert.rejects(async () => load(0, () => new Uint8Array([1, 2, 3, 4])), { message: /^the WebAssembly module is not what came from the given bytes/ });
    await assert.rejects(async () => load(0, () => null), { message: /^the WebAssembly module is not what came from the given bytes/ });
    await assert.rejects(async () => load(0, () => Promise.reject(new Error('nothing to give'))), { message: 'nothing to give' });
  });
});

describe('the address of a file', () => {
  for (const [what, process] of [
    ['a page has no process', undefined],
    ['a bundler’s stand-in for the process has no versions', {}],
    ['the process is not Node’s', { versions: {} }],
    ['Node is one that gives no modules', { versions: { node: '20' } }],
  ]) {
    it(`is for fetch where ${what}`, async (context) => {
      const load = await freshLoad();
      const own = Object.getOwnPropertyDescriptor(globalThis, 'process');
      context.mock.method(globalThis, 'fetch', () => Promise.reject(new Error('no files')));
      Object.defineProperty(globalThis, 'process', { configurable: true, writable: true, value: process });
      const loading = load(0, () => 'file:///none.wasm');
      const error = await loading.catch((error) => error);
      Object.defineProperty(globalThis, 'process', own);
      assert.match(error.message, /could not be fetched from file:\/\/\/none\.wasm \(no files\)/);
    });
  }
});

describe('the module that an edge runtime compiled', () => {
  it('has a platform that shows on the console what a listener throws', async (context) => {
    const { importedModule } = await fresh('platform/imported.js');
    const { mock } = context.mock.method(console, 'error', () => {});
    const error = new Error('of a listener');
    importedModule(undefined).platform.report(error);
    assert.deepEqual(mock.calls.map(({ arguments: values }) => values), [[error]]);
  });

  it('is there at once', async () => {
    const { importedModule } = await fresh('platform/imported.js');
    const { platform, initAsync } = importedModule(await WebAssembly.compile(bytes));
    await initAsync();
    assert.equal(typeof platform.load(0).Client, 'function');
    assert.equal(platform.load(0), platform.load(0));
  });

  it('is the one that is used', async () => {
    const { stdout, stderr } = await runChild(`
      import { readFileSync } from 'node:fs';
      import { importedModule } from ${JSON.stringify(new URL('platform/imported.js', SOURCES).href)};
      const { platform, initAsync } = importedModule(new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(wasm.href)}))));
      await initAsync();
      console.log(platform.load(0).Client.createInstanceFrame().length);
    `);
    assert.deepEqual([stdout, stderr], ['3\n', '']);
  });

  it('may be another one by mistake, and the error says so', async () => {
    const { stdout } = await runChild(`
      import { importedModule } from ${JSON.stringify(new URL('platform/imported.js', SOURCES).href)};
      const { initAsync } = importedModule(new WebAssembly.Module(new Uint8Array(${ANOTHER_MODULE})));
      await initAsync().catch(({ code, message }) => console.log(code, message));
    `);
    assert.match(stdout, /^LOAD_FAILED the WebAssembly module could not be started/);
  });
});

describe('initAsync in Node', () => {
  const file = fileURLToPath(wasm);
  const relative = path.relative(import.meta.dirname ?? path.dirname(fileURLToPath(import.meta.url)), file);
  /** Gives it a source, given as code; then does what needs the module. */
  const init = async (source, after = '') => {
    const { stdout, stderr } = await runChild(`
      import { readFileSync } from 'node:fs';
      import { Codebolt, initAsync } from 'codebolt-wasm';
      const said = (error) => console.log(error.code, error.message + (error.cause instanceof Error ? '' : ' without a cause'));
      await initAsync(${source}).catch(said);
      ${after}
      await new Codebolt({ url: 'ws://127.0.0.1:1' }).waitForReady().catch(({ code }) => console.log(code));
    `);
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  };

  for (const [what, source] of [
    ['no source', ''],
    ['a path from the folder it runs in', JSON.stringify(relative)],
    ['a path that as an address would be another', `await (async () => {
      const { copyFileSync, mkdtempSync } = await import('node:fs');
      const { tmpdir } = await import('node:os');
      const copy = mkdtempSync(tmpdir() + '/a b%20#') + '/the:module.wasm?';
      copyFileSync(${JSON.stringify(file)}, copy);
      return copy;
    })()`],
    ['the address of a file', JSON.stringify(wasm.href)],
    ['a URL of a file', `new URL(${JSON.stringify(wasm.href)})`],
    ['an address', JSON.stringify(`${base}/module`)],
    ['a response', `fetch(${JSON.stringify(`${base}/module`)})`],
    ['bytes', `readFileSync(${JSON.stringify(file)})`],
    ['a module', `WebAssembly.compile(readFileSync(${JSON.stringify(file)}))`],
  ]) {
    it(`takes ${what}, and what comes later changes nothing`, async () => {
      assert.deepEqual(await init(source, "await initAsync(new Uint8Array(8)).catch(said);"), ['CONNECT_FAILED']);
    });
  }

  for (const [what, source] of [
    ['bytes that are not a module', 'new Uint8Array(8)'],
    ['bytes of another module', `new Uint8Array(${ANOTHER_MODULE})`],
  ]) {
    it(`says of ${what} that they were given, and the package’s own is there for the next use`, async () => {
      const [said, then] = await init(source);
      assert.match(said, /^LOAD_FAILED the WebAssembly module that was given could not be loaded \(.+\)\. Give the bytes of codebolt_wasm_bg\.wasm, or none$/);
      assert.equal(then, 'CONNECT_FAILED');
    });
  }

  for (const [what, source, why] of [
    ['a path without a file', './none.wasm', /ENOENT/],
    // A file of that name, which is not there, except on Windows.
    ['a drive', 'C:\\none.wasm', /ENOENT/],
    ['an address that answers otherwise', `${base}/none`, /the server answered 404/],
    ['an address where nobody answers', 'http://127.0.0.1:1/', /fetch failed/],
    ['an address that is none', 'http://', /Invalid URL/],
  ]) {
    it(`says why it has nothing from ${what}`, async () => {
      const [said, then] = await init(JSON.stringify(source));
      assert.ok(said.startsWith(`LOAD_FAILED the WebAssembly module could not be read from ${source} (`), said);
      assert.match(said, why);
      assert.ok(said.endsWith('). Give the path or the address of codebolt_wasm_bg.wasm, or none'), said);
      assert.equal(then, 'CONNECT_FAILED');
    });
  }
});

describe('the entries for pages, in Node with a socket of the caller’s', () => {
  /** Loads the module, asks, and has a listener that throws. */
  const used = async (file, first) => {
    const host = await startHost({ onFrame: answer });
    const { stdout, stderr } = await runChild(`
      import WebSocket from 'ws';
      import { Codebolt, initAsync } from '../../pkg/${file}';
      ${first}
      const codebolt = new Codebolt({ url: '${host.url}', webSocket: (url) => new WebSocket(url) });
      console.log((await codebolt.eventLog.createInstance('a')).success);
      codebolt.on('close', () => { throw new Error('of a listener'); });
      await codebolt.close();
    `);
    await host.stop();
    return { stdout, stderr };
  };

  for (const file of ['browser.js', 'inline.js']) {
    it(`${file} finds its module by itself, and shows what a listener throws as an error of the page`, async () => {
      const reporting = "globalThis.reportError = ({ message }) => console.log('reported:', message);";
      assert.deepEqual(await used(file, reporting), { stdout: 'true\nreported: of a listener\n', stderr: '' });
    });

    it(`${file} loads it before it is needed, and shows on the console what a listener throws where a page has no way for it`, async () => {
      const { stdout, stderr } = await used(file, 'await initAsync();');
      assert.equal(stdout, 'true\n');
      assert.match(stderr, /^Error: of a listener\n/);
    });

    it(`${file} has a page’s WebSocket, and holds calls back until the module is there`, async () => {
      const host = await startHost({ onFrame: answer });
      const { stdout, stderr } = await runChild(`
        import WebSocket from 'ws';
        globalThis.WebSocket = WebSocket;
        const { Codebolt } = await import('../../pkg/${file}');
        const codebolt = new Codebolt({ url: '${host.url}' });
        const seen = [codebolt.connectionState];
        const before = performance.now();
        const calls = ['first', 'second'].map((type) => codebolt.request(type));
        codebolt.send({ type: 'told' });
        codebolt.eventLog.createInstance('a', 1n).catch(({ name }) => seen.push(name));
        seen.push(codebolt.connectionState, codebolt.pending().map(({ age, ...rest }) => ({ ...rest, age: age >= 0 && age <= performance.now() - before && Number.isInteger(age) })));
        seen.push((await codebolt.eventLog.createInstance('a')).success);
        await Promise.all(calls);
        seen.push(codebolt.connectionState, codebolt.pending());
        await codebolt.close();
        console.log(JSON.stringify(seen));
      `);
      assert.equal(stderr, '');
      const waits = (type) => ({ type, sent: false, age: true });
      assert.deepEqual(JSON.parse(stdout), ['idle', 'connecting', [waits('first'), waits('second')], 'TypeError', true, 'open', []]);
      assert.deepEqual(host.frames.map(({ type }) => type), ['first', 'second', 'told', 'eventLog.createInstance']);
    });

    it(`${file} says of a module that is another one, and loads the right one after it`, async () => {
      const first = `
        const other = new WebAssembly.Module(new Uint8Array(${ANOTHER_MODULE}));
        await initAsync(other).catch(({ code, message }) => console.log(code, message));
        globalThis.reportError = () => {};`;
      const { stdout, stderr } = await used(file, first);
      assert.match(stdout, /^LOAD_FAILED the WebAssembly module could not be started \(.*\)\. It has to be the codebolt_wasm_bg\.wasm of this version of codebolt-wasm\ntrue\n$/);
      assert.equal(stderr, '');
    });

    it(`${file} has the classes as members of the default instance, as the reference’s has for CommonJS`, async () => {
      const { stdout } = await runChild(`
        import codebolt, { Codebolt, CodeboltError } from '../../pkg/${file}';
        console.log(codebolt.default === codebolt, codebolt.Codebolt === Codebolt, codebolt.CodeboltError === CodeboltError);
      `);
      assert.equal(stdout, 'true true true\n');
    });

    it(`${file} has no last word: where a message is all that could not be sent, nothing is printed`, async () => {
      const { code, stdout, stderr } = await runChild(`
        WebAssembly.Instance = undefined;
        const { Codebolt } = await import('../../pkg/${file}');
        new Codebolt({ url: 'ws://127.0.0.1:1' }).send({ type: 'x' });
      `);
      assert.deepEqual([code, stdout, stderr], [0, '', '']);
    });

    it(`${file} takes a module that it is given, and says of another file what it is not`, async () => {
      const first = `
        await initAsync(new Uint8Array(8)).catch(({ code }) => console.log(code));
        await initAsync(new URL(${JSON.stringify(wasm.href)}));
        globalThis.reportError = () => {};`;
      assert.deepEqual(await used(file, first), { stdout: 'LOAD_FAILED\ntrue\n', stderr: '' });
    });
  }
});
