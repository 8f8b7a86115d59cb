/** What is in the packed package, and that an import of it does nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';

const project = process.env.CODEBOLT_PROJECT;
assert.ok(project, 'run these tests with `cargo xtask test package-contents`');
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = path.join(project, 'node_modules', 'codebolt-wasm');
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  .sort();
/** @param {string} file */
const read = (file) => readFileSync(path.join(folder, file), 'utf8');
const description = JSON.parse(read('package.json'));

test('the package holds the files of contents.txt, and a declaration for each module of definitions/', () => {
  const listed = readFileSync(new URL('./contents.txt', import.meta.url), 'utf8').trim().split('\n');
  const modules = readdirSync(path.join(root, 'definitions'))
    .filter((file) => file.endsWith('.toml'))
    .map((file) => `types/modules/${file.replace('.toml', '.d.ts')}`);
  assert.deepEqual(files, [...listed, ...modules].sort());
});

test('there is one WebAssembly file, and exports names it by its path', () => {
  assert.deepEqual(files.filter((file) => file.endsWith('.wasm')), ['codebolt_wasm_bg.wasm']);
  const ways = description.exports['./codebolt_wasm_bg.wasm'];
  for (const way of [ways.require, ways.default]) assert.equal(way.default, './codebolt_wasm_bg.wasm');
});

test('both licences are in it, and package.json names them', () => {
  assert.equal(description.license, 'MIT OR Apache-2.0');
  for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) assert.equal(read(file), readFileSync(path.join(root, file), 'utf8'));
});

test('it needs ws alone, runs nothing at installation, and has the version of Cargo.toml', () => {
  assert.deepEqual(Object.keys(description.dependencies), ['ws']);
  for (const member of ['scripts', 'peerDependencies', 'optionalDependencies', 'bundledDependencies']) assert.equal(description[member], undefined);
  const version = /\[workspace\.package\]\s*version = "(.+)"/.exec(readFileSync(path.join(root, 'Cargo.toml'), 'utf8'))?.[1];
  assert.equal(description.version, version);
  assert.deepEqual(
    readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['codebolt-wasm', 'ws'],
  );
});

test('its addresses follow from one line of Cargo.toml, and each link of its README has a whole address', () => {
  const repository = /^repository = "(.+)"$/m.exec(readFileSync(path.join(root, 'Cargo.toml'), 'utf8'))?.[1];
  assert.ok(repository);
  assert.deepEqual(description.repository, { type: 'git', url: `git+${repository}.git` });
  assert.deepEqual(description.bugs, { url: `${repository}/issues` });
  assert.equal(new URL(description.homepage).pathname, `/${repository.split('/').at(-1)}/`);
  assert.ok(description.author);
  const links = [...read('README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
  assert.ok(links.length > 5);
  for (const link of links) assert.ok(link.startsWith(description.homepage) || link.startsWith(`${repository}/`), link);
});

test('every file that a file of it imports is in it', () => {
  for (const file of files.filter((name) => /\.c?js$|\.d\.c?ts$/.test(name))) {
    for (const [, wanted] of read(file).matchAll(/(?:from |import\(|require\(|require\(import\.meta\.url\)\()['"](\.[^'"]+)['"]/g)) {
      const target = path.posix.join(path.posix.dirname(file), wanted.replace(/\?.*/, ''));
      const found = files.includes(target) || files.includes(target.replace(/\.(c?)js$/, '.d.$1ts'));
      assert.ok(found, `${file} imports ${wanted}`);
    }
  }
});

test('nothing in it tells of the machine that built it', () => {
  for (const file of files) {
    const leak = readFileSync(path.join(folder, file), 'latin1').match(/\/(?:root|home|Users|work)\/[\w./-]*|\.cargo\/registry[\w./-]*/);
    assert.equal(leak?.[0], undefined, file);
  }
});

const spy = pathToFileURL(fileURLToPath(new URL('./spy.mjs', import.meta.url))).href;

/** What a program does, as `spy.mjs` sees it. @param {string[]} args */
const done = (args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', spy, ...args], {
    cwd: project,
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, NODE_TEST_CONTEXT: '' },
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

for (const [how, args] of [
  ['import', ['--input-type=module', '--eval', "import 'codebolt-wasm'"]],
  ['require', ['--input-type=commonjs', '--eval', "require('codebolt-wasm')"]],
]) {
  test(`${how} alone reads no module, opens no socket, sets no timer, and lets the process end`, () => {
    assert.deepEqual(done(args), { did: [], left: [] });
  });
}

/** Runs a script where there is no global but the language's own. @param {string} text @param {unknown[]} values */
const runBare = (text, ...values) => vm.runInContext(text, vm.createContext(Object.create(null)))(...values);

test('requiring it touches no global but those of the language, and requires only its own files', () => {
  /** @type {string[]} */
  const required = [];
  /** @param {string} file @returns {any} */
  const load = (file) => {
    required.push(file);
    const module = { exports: {} };
    runBare(`(module, exports, require) => {${read(file)}\n}`, module, module.exports, (/** @type {string} */ wanted) => load(path.posix.join(wanted)));
    return module.exports;
  };
  const codebolt = load('node.cjs');
  assert.deepEqual(required, ['node.cjs', 'core.cjs']);
  assert.equal(codebolt, codebolt.default);
  for (const name of ['Codebolt', 'CodeboltError', 'createInstance', 'eventLog', 'initAsync', 'unwrap', 'fs']) {
    assert.ok(Object.keys(codebolt).includes(name), name);
  }
});

for (const entry of ['browser', 'inline']) {
  test(`importing ${entry}.js touches no global but those of the language`, async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(folder, `${entry}.js`)],
      bundle: true,
      format: 'iife',
      globalName: 'all',
      write: false,
      logOverride: { 'empty-import-meta': 'silent' },
    });
    const all = runBare(`() => {${outputFiles[0].text}; return all; }`);
    assert.equal(typeof all.eventLog.createInstance, 'function');
    assert.ok(all.default instanceof all.Codebolt);
  });
}

test('the first call does all that', () => {
  const program = "import codebolt from 'codebolt-wasm'; await codebolt.eventLog.listInstances(); await codebolt.close();";
  const { did } = done(['--input-type=module', '--eval', program]);
  for (const what of ['module', 'socket', 'timer']) assert.ok(did.includes(what), `${what} is not seen: ${did}`);
});

test('no line ends within a text, where a bundler that indents would put its tabs', () => {
  for (const file of files.filter((name) => /\.c?js$/.test(name))) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    assert.doesNotMatch(text, /(?<!\\)(?:\\\\)*\\\n/, file);
  }
});
