/** webpack for Node. */
import path from 'node:path';
import { test } from 'node:test';
import { assertRuns, command, makeProject, moveOut, node } from '../project.mjs';

for (const source of ['agent.mjs', 'agent.cjs', 'both.mjs']) {
  for (const mode of ['production', 'development']) {
    test(`webpack --target node --mode ${mode} of ${source}`, async () => {
      const folder = makeProject('core');
      await node(command('core', 'webpack-cli'), ['--entry', `./${source}`, '--target', 'node', '--mode', mode, '--output-path', 'dist'], { cwd: folder });
      await assertRuns(path.join(moveOut(folder, 'dist'), 'main.js'));
    });
  }
}

test('webpack with ECMAScript modules as output', async () => {
  const folder = makeProject('core', {
    'webpack.config.mjs': `export default {
  entry: './agent.mjs', target: 'node20', mode: 'production', experiments: { outputModule: true },
  output: { module: true, filename: 'main.mjs', chunkFormat: 'module', library: { type: 'module' } },
};
`,
  });
  await node(command('core', 'webpack-cli'), [], { cwd: folder });
  await assertRuns(path.join(moveOut(folder, 'dist'), 'main.mjs'));
});
