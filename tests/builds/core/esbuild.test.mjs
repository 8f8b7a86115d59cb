/** esbuild, as most public agents are built: one file for Node, in both formats, of sources in both. */
import { test } from 'node:test';
import { assertRuns, command, makeProject, moveOut, run } from '../project.mjs';

for (const format of ['cjs', 'esm']) {
  for (const source of ['agent.mjs', 'agent.cjs', 'both.mjs']) {
    for (const flags of [[], ['--minify']]) {
      test(`esbuild --bundle --platform=node --format=${format} ${flags.join(' ')} of ${source}`, async () => {
        const folder = makeProject('core');
        const output = format === 'cjs' ? 'out.cjs' : 'out.mjs';
        await run(command('core', 'esbuild'), [source, '--bundle', '--platform=node', `--format=${format}`, `--outfile=${output}`, ...flags, '--log-level=warning'], {
          cwd: folder,
          quiet: true,
        });
        await assertRuns(moveOut(folder, output));
      });
    }
  }
}
