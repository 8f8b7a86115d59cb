/** More bundlers for Node: rspack, vite for the server and as a library, tsup, and esbuild with another `process`. */
import path from 'node:path';
import { test } from 'node:test';
import { assertRuns, command, makeProject, moveOut, node } from '../project.mjs';

for (const source of ['agent.mjs', 'agent.cjs']) {
  test(`rspack --target node of ${source}`, async () => {
    const folder = makeProject('more', {
      'rspack.config.mjs': `export default { entry: './${source}', target: 'node', mode: 'production', output: { path: import.meta.dirname + '/dist', filename: 'main.js' } };\n`,
    });
    await node(command('more', '@rspack/cli', 'rspack'), ['build'], { cwd: folder });
    await assertRuns(path.join(moveOut(folder, 'dist'), 'main.js'));
  });
}

test('rspack, with process taken for that of browsers', async () => {
  const folder = makeProject('more', {
    'rspack.config.mjs': `import { rspack } from '@rspack/core';

export default {
  entry: './agent.cjs', target: 'node', mode: 'production',
  output: { path: import.meta.dirname + '/dist', filename: 'main.js' },
  plugins: [new rspack.ProvidePlugin({ process: 'process/browser' })],
};
`,
  });
  await node(command('more', '@rspack/cli', 'rspack'), ['build'], { cwd: folder });
  await assertRuns(path.join(moveOut(folder, 'dist'), 'main.js'));
});

for (const [what, build] of /** @type {[string, string][]} */ ([
  ['for the server', "ssr: 'agent.mjs'"],
  ['as a library', "lib: { entry: 'agent.mjs', formats: ['es'], fileName: () => 'agent.js' }, target: 'node20', rollupOptions: { platform: 'node', output: { codeSplitting: false } }"],
])) {
  test(`vite build ${what}, with everything in it`, async () => {
    const folder = makeProject('core', {
      'package.json': { name: 'agent', private: true, type: 'module' },
      'vite.config.mjs': `export default { build: { outDir: 'dist', ${build} }, ssr: { noExternal: true }, resolve: { conditions: ['node', 'import', 'default'] } };\n`,
    });
    await node(command('core', 'vite'), ['build'], { cwd: folder });
    const output = moveOut(folder, 'dist');
    await assertRuns(path.join(output, 'agent.js'), ['--experimental-default-type=module', '--no-warnings']);
  });
}

for (const format of ['cjs', 'esm']) {
  test(`tsup --format ${format}, with everything in it`, async () => {
    const folder = makeProject('more');
    await node(command('more', 'tsup'), ['agent.mjs', '--format', format, '--platform', 'node', '--silent'], {
      cwd: folder,
    });
    await assertRuns(path.join(moveOut(folder, 'dist'), format === 'cjs' ? 'agent.js' : 'agent.mjs'));
  });
}

test('parcel build for Node', async () => {
  const folder = makeProject('more', {
    'package.json': {
      name: 'agent',
      private: true,
      main: 'dist/agent.js',
      targets: { main: { source: 'agent.cjs', context: 'node', outputFormat: 'commonjs', includeNodeModules: true, isLibrary: false } },
    },
  });
  await node(command('more', 'parcel'), ['build', '--no-cache', '--no-source-maps', '--log-level', 'error'], { cwd: folder });
  await assertRuns(path.join(moveOut(folder, 'dist'), 'agent.js'));
});
