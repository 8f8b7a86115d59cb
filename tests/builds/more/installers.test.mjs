/** Installers that lay packages out in other ways: pnpm's links, and Yarn's Plug'n'Play without a folder of packages. */
import path from 'node:path';
import { test } from 'node:test';
import { assertOutcome, command, emptyFolder, makeProject, node, packageFile, run } from '../project.mjs';

const dependencies = { 'codebolt-wasm': `file:${packageFile}` };

test('pnpm', async () => {
  const folder = makeProject('more', { 'package.json': { name: 'agent', private: true, dependencies }, 'pnpm-workspace.yaml': 'packages: []\n' }, { install: false });
  const home = emptyFolder();
  await node(command('more', 'pnpm'), ['install', '--prefer-offline', '--store-dir', path.join(home, 'store')], { cwd: folder, env: { PNPM_HOME: home } });
  for (const source of ['agent.mjs', 'agent.cjs', 'both.mjs']) {
    assertOutcome(JSON.parse(await run(process.execPath, [source], { cwd: folder, quiet: true })));
  }
});

test("Yarn's Plug'n'Play", async () => {
  const registry = (await run('npm', ['config', 'get', 'registry'], { cwd: '/' })).trim();
  const folder = makeProject(
    'more',
    {
      'package.json': { name: 'agent', private: true, dependencies },
      'yarn.lock': '',
      '.yarnrc.yml': `npmRegistryServer: "${registry}"\nunsafeHttpWhitelist: ["*"]\nenableTelemetry: false\nenableGlobalCache: false\nenableImmutableInstalls: false\n`,
    },
    { install: false },
  );
  const yarn = command('more', '@yarnpkg/cli-dist', 'yarn');
  await node(yarn, ['install'], { cwd: folder });
  for (const source of ['agent.mjs', 'agent.cjs', 'both.mjs']) {
    assertOutcome(JSON.parse(await node(yarn, ['node', source], { cwd: folder })));
  }
});
