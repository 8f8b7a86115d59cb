/**
 * The package under the reference's name beside packages that want the reference as a peer, with each package manager:
 * it installs, there is one SDK, and the others get it. The wanted ranges are those of public packages.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packed, packedFolder, serve } from './registry.mjs';

const { CODEBOLT_PACKAGE: packageFile, CODEBOLT_PROJECT: project } = process.env;
assert.ok(packageFile && project, 'run these tests with `cargo xtask test peers`');

const NAME = '@codebolt/codeboltjs';
/** Packages and the range of the reference that they want. */
const SATISFIED = { '@codebolt/agent': '>=5.1.19', '@codebolt/utils': '>=5.0.0', '@codebolt/provider': '6.0.0' };
const LATER = { 'agent-of-5.1': '^5.1.38' };

const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-peers-'));
after(() => rmSync(folder, { recursive: true }));
const { version } = JSON.parse(readFileSync(path.join(project, 'node_modules/codebolt-wasm/package.json'), 'utf8'));
const program = (/** @type {string} */ name) => fileURLToPath(new URL(`./node_modules/${name}`, import.meta.url));

/**
 * @typedef {{ [name: string]: unknown }} Settings
 * @type {Record<string, { install: string[], override: Settings, files?: (address: string) => Record<string, string> }>}
 */
const MANAGERS = {
  npm: { install: ['npm', 'install', '--no-audit', '--no-fund'], override: { overrides: { [NAME]: `$${NAME}` } } },
  pnpm: {
    install: [process.execPath, program('pnpm/bin/pnpm.cjs'), 'install', '--no-frozen-lockfile'],
    override: { pnpm: { overrides: { [NAME]: `npm:codebolt-wasm@${version}` } } },
    // Its store of its own, beside the project.
    files: () => ({ '.npmrc': `store-dir=${path.join(folder, 'pnpm-store')}\ncache-dir=${path.join(folder, 'pnpm-cache')}\n` }),
  },
  'yarn 1': {
    install: [process.execPath, program('yarn/bin/yarn.js'), 'install', '--no-progress', '--cache-folder', path.join(folder, 'yarn-cache')],
    override: { resolutions: { [NAME]: `npm:codebolt-wasm@${version}` } },
  },
  'yarn 4': {
    install: [process.execPath, program('@yarnpkg/cli-dist/bin/yarn.js'), 'install'],
    override: { resolutions: { [NAME]: `npm:codebolt-wasm@${version}` } },
    files: (address) => ({
      '.yarnrc.yml': `npmRegistryServer: ${address}\nunsafeHttpWhitelist: ['127.0.0.1']\nnodeLinker: node-modules\nenableGlobalCache: false\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
      'yarn.lock': '',
    }),
  },
};

/** @type {Awaited<ReturnType<typeof serve>>} */
let registry;
before(async () => {
  const sdk = (/** @type {string} */ of) => packed(path.join(folder, 'packages', `sdk-${of}`), { name: NAME, version: of });
  const withPeers = Object.entries({ ...SATISFIED, ...LATER }).map(([name, range]) =>
    packed(path.join(folder, 'packages', name), { name, version: '1.0.0', peerDependencies: { [NAME]: range } }),
  );
  // As packed, so that nothing of the project changes.
  const ws = path.join(folder, 'packages', 'ws');
  execFileSync('cp', ['-R', realpathSync(path.join(project, 'node_modules/ws')), ws]);
  registry = await serve([sdk('5.1.38'), sdk('6.0.0'), packedFolder(ws), packageFile, ...withPeers]);
});
after(() => registry.close());

/**
 * Installs a project that has the package under the reference's name, and the others.
 * @param {string} manager @param {string} name @param {string[]} others @param {Settings} [settings]
 */
const install = async (manager, name, others, settings = {}) => {
  const { install: [command, ...words], files } = MANAGERS[manager];
  const at = path.join(folder, `${manager} ${name}`.replaceAll(' ', '-'));
  mkdirSync(at);
  const dependencies = { [NAME]: `npm:codebolt-wasm@^${version}`, ...Object.fromEntries(others.map((other) => [other, '1.0.0'])) };
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name: 'agent', version: '1.0.0', private: true, dependencies, ...settings }));
  const written = files?.(registry.address) ?? {};
  for (const [file, text] of Object.entries(written)) writeFileSync(path.join(at, file), text);
  const child = spawn(command, words, {
    cwd: at,
    env: {
      ...process.env,
      HOME: folder,
      npm_config_registry: registry.address,
      npm_config_cache: path.join(folder, 'npm-cache'),
      YARN_REGISTRY: registry.address,
      CI: '1',
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { at, code, said };
};

/** There is one SDK, ours, and each of the packages gets it. @param {string} at @param {string[]} others */
const holdsOne = (at, others) => {
  const own = createRequire(path.join(at, 'package.json'));
  const ours = realpathSync(own.resolve(NAME));
  assert.equal(own(`${NAME}/package.json`).name, 'codebolt-wasm');
  for (const other of others) {
    const theirs = createRequire(realpathSync(own.resolve(other))).resolve(NAME);
    assert.equal(realpathSync(theirs), ours, other);
  }
};

for (const manager of Object.keys(MANAGERS)) {
  describe(manager, { timeout: 120_000 }, () => {
    it('installs it beside packages whose peer it is, without a word about them', async () => {
      const others = Object.keys(SATISFIED);
      const { at, code, said } = await install(manager, 'satisfied', others);
      assert.equal(code, 0, said);
      assert.doesNotMatch(said, /ERESOLVE|unmet|incorrect peer|doesn't satisfy|YN0060|YN0086/i);
      holdsOne(at, others);
      // ws has these two where somebody installs them.
      assert.deepEqual(registry.missing.filter((name) => !['bufferutil', 'utf-8-validate'].includes(name)), []);
    });

    it('installs it beside packages that want a 5.1, with the setting that docs/migrating.md gives', async () => {
      const others = Object.keys(LATER);
      const { at, code, said } = await install(manager, 'later', others, MANAGERS[manager].override);
      assert.equal(code, 0, said);
      holdsOne(at, others);
    });
  });
}

it('npm refuses a package that wants a 5.1 without that setting, so that it is needed', async () => {
  const { code, said } = await install('npm', 'refused', Object.keys(LATER));
  assert.notEqual(code, 0);
  assert.match(said, /ERESOLVE/);
});
