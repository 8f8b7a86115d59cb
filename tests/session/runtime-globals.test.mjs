// What the package asks of the runtime, where that has it under another name, or not at all.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';
import { answer, startHost } from './misbehaving-host.mjs';

const SOURCES = pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`);
const PACKAGE = new URL('../../pkg/', import.meta.url);
let copies = 0;
/** The source as nobody has imported it yet. */
const fresh = () => import(new URL(`platform/late-globals.js?copy=${copies++}`, SOURCES));

/** Runs `work` where globals are other ones; `undefined` are not there. */
const withGlobals = (globals, work) => {
  const own = Object.fromEntries(Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  try {
    return work();
  } finally {
    for (const name of Object.keys(own)) Object.defineProperty(globalThis, name, own[name]);
  }
};

describe('text coding', () => {
  it('is that of the globals, and one encoder serves all', async () => {
    const { textEncoder, newTextDecoder } = await fresh();
    assert.equal(textEncoder(), textEncoder());
    assert.ok(textEncoder() instanceof TextEncoder);
    assert.ok(newTextDecoder() instanceof TextDecoder);
    assert.equal(newTextDecoder('utf-8', { fatal: true }).fatal, true);
  });

  it('is Node’s own where a test runner has taken the globals away', async () => {
    const { textEncoder, newTextDecoder } = await fresh();
    withGlobals({ TextEncoder: undefined, TextDecoder: undefined }, () => {
      assert.deepEqual([...textEncoder().encode('é')], [0xc3, 0xa9]);
      assert.equal(newTextDecoder('utf-8', { ignoreBOM: true, fatal: true }).fatal, true);
    });
  });
});

describe('random bytes', () => {
  const { crypto } = globalThis;
  /** Whose they are, with this for `process`. */
  const source = async (process) => {
    const { fillRandom } = await fresh();
    let asked = 0;
    const page = { getRandomValues: (bytes) => (asked++, bytes.fill(7)) };
    const bytes = new Uint8Array(16);
    withGlobals({ process, crypto: page }, () => fillRandom(bytes));
    assert.ok(bytes.some((byte) => byte !== 0));
    return asked === 1 ? 'the page’s' : 'Node’s';
  };

  it('are Node’s own in Node', async () => assert.equal(await source(process), 'Node’s'));

  for (const [what, other] of [
    ['there is no process', undefined],
    ['the process has no versions', { getBuiltinModule: () => assert.fail('it is not Node') }],
    ['the process is not Node’s', { versions: {}, getBuiltinModule: () => assert.fail('it is not Node') }],
    ['Node is one that gives no modules', { versions: { node: '20' } }],
  ]) {
    it(`are the runtime’s where ${what}`, async () => assert.equal(await source(other), 'the page’s'));
  }

  it('were not changed by this', () => assert.equal(globalThis.crypto, crypto));
});

describe('the package in Node', () => {
  /** Asks once, after what stands first; prints what was printed. */
  const asked = async (first, imported = "import { Codebolt } from 'codebolt-wasm';", then = '') => {
    const host = await startHost({ onFrame: answer });
    const { stdout, stderr } = await runChild(
      `${first}
       const { Codebolt } = await (async () => { ${imported.replace(/import (.*) from (.*);/, 'return await import($2);')} })();
       const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)} });
       console.log(await codebolt.request('x', 'é').then(({ data }) => data.params, ({ code, message }) => code + ' ' + message));
       await codebolt.close();
       ${then}`,
    );
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  };

  it('works without text coding among the globals', async () => {
    assert.deepEqual(await asked('delete globalThis.TextEncoder; delete globalThis.TextDecoder;'), ['é']);
  });

  it('works where nothing says what was collected', async () => {
    assert.deepEqual(await asked('delete globalThis.FinalizationRegistry;'), ['é']);
  });

  for (const [what, module] of [
    ['no module for it', 'undefined'],
    ['one without tracing channels', '{}'],
  ]) {
    it(`works in a runtime that cannot trace calls: ${what}`, async () => {
      const first = `
        const { getBuiltinModule } = process;
        process.getBuiltinModule = (name) => (name.endsWith('diagnostics_channel') ? ${module} : getBuiltinModule(name));`;
      assert.deepEqual(await asked(first), ['é']);
    });
  }

  it('leaves a global require as the program has made it', async () => {
    const first = "import { createRequire } from 'node:module'; const own = (globalThis.require = createRequire(import.meta.url));";
    assert.deepEqual(await asked(first, undefined, 'console.log(globalThis.require === own);'), ['é', 'true']);
  });

  it('has no method of a name that is not there where the runtime knows no asynchronous disposal', async () => {
    const without = `
      const all = Symbol;
      globalThis.Symbol = new Proxy(() => {}, {
        get: (_, name) => (name === 'asyncDispose' ? undefined : all[name]),
        apply: (_, __, values) => all(...values),
      });`;
    assert.deepEqual(await asked(without, undefined, "console.log('undefined' in codebolt);"), ['é', 'false']);
  });

  it('says what to do when the module within it cannot be loaded', async () => {
    const broken = "WebAssembly.Module = class { constructor() { throw new Error('no memory for it'); } };";
    assert.deepEqual(await asked(broken), [
      'LOAD_FAILED the WebAssembly module in the package could not be loaded (no memory for it). Install codebolt-wasm again',
    ]);
  });

  const OWN_SOCKET = `
    import WebSocket from 'ws';
    import { createRequire } from 'node:module';
    let made = 0;
    globalThis.WebSocket = class extends WebSocket { constructor(...values) { super(...values); made++; } };`;

  for (const [where, first, expected] of [
    ['Deno', 'globalThis.Deno = {};', 1],
    ['Bun', 'globalThis.Bun = {};', 1],
    ['a page’s globals, where ws refuses', "const { resolve, cache } = createRequire(import.meta.url); cache[resolve('ws')] = { exports: () => {} };", 1],
    ['Node, which may have one too', '', 0],
  ]) {
    it(`takes ${expected ? 'the runtime’s WebSocket' : 'ws'} in ${where}`, async () => {
      // What comes from a WebSocket of its own is closed by that, and prints nothing.
      assert.deepEqual(await asked(`${OWN_SOCKET}${first}`, undefined, 'console.log(made);'), ['é', String(expected)]);
    });
  }

  for (const [what, start] of [
    ['a program that was started from a file', `process.argv[1] = ${JSON.stringify(fileURLToPath(new URL('program.mjs', PACKAGE)))};`],
    ['one that was not', `process.chdir(${JSON.stringify(fileURLToPath(PACKAGE))});`],
  ]) {
    it(`bundled where there is no require finds Node’s modules and leaves no global behind: ${what}`, async () => {
      // The package's own files are within a bundle; what they require of Node is looked for among the globals.
      const core = JSON.stringify(fileURLToPath(new URL('core.cjs', PACKAGE)));
      const module = `
        const module = { exports: {} };
        const bundled = (file) => {
          if (file.includes('socket')) console.log(typeof globalThis.require?.('net').connect);
          return createRequire(${JSON.stringify(PACKAGE.href)})(file);
        };
        const text = readFileSync(${core}, 'utf8').replaceAll('require("./', 'bundled("./');
        new Function('module', 'exports', 'bundled', text)(module, module.exports, bundled);
        return module.exports.entry;`;
      const first = `import { readFileSync } from 'node:fs'; import { createRequire } from 'node:module'; ${start}`;
      assert.deepEqual(await asked(first, module, "console.log('require' in globalThis);"), ['function', 'é', 'false']);
    });
  }
});
