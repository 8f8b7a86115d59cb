/** rollup for Node: with its plugins for packages and CommonJS one file; without them the package stays outside. */
import path from 'node:path';
import { test } from 'node:test';
import { assertRuns, command, makeProject, moveOut, node } from '../project.mjs';

const config = (/** @type {string} */ format) => `import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';

export default {
  input: 'agent.mjs',
  plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs({ ignoreTryCatch: true })],
  external: [/^node:/],
  output: { format: '${format}', file: 'dist/agent.${format === 'es' ? 'mjs' : 'cjs'}', inlineDynamicImports: true },
};
`;

for (const format of ['es', 'cjs']) {
  test(`rollup with node-resolve and commonjs, as ${format}`, async () => {
    const folder = makeProject('core', { 'rollup.config.mjs': config(format) });
    await node(command('core', 'rollup'), ['--config', '--silent'], { cwd: folder });
    await assertRuns(path.join(moveOut(folder, 'dist'), format === 'es' ? 'agent.mjs' : 'agent.cjs'));
  });
}

test('rollup without plugins', async () => {
  const folder = makeProject('core');
  await node(command('core', 'rollup'), ['agent.mjs', '--format', 'es', '--file', 'dist/agent.mjs', '--silent'], { cwd: folder });
  // The package is installed where the bundle runs.
  await assertRuns(path.join(folder, 'dist', 'agent.mjs'));
});
