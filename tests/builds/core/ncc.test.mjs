/** ncc: one CommonJS file. */
import path from 'node:path';
import { test } from 'node:test';
import { assertRuns, command, makeProject, moveOut, node } from '../project.mjs';

for (const source of ['agent.mjs', 'agent.cjs']) {
  test(`ncc build ${source}`, async () => {
    const folder = makeProject('core');
    await node(command('core', '@vercel/ncc'), ['build', source, '--out', 'dist', '--no-cache', '--quiet'], { cwd: folder });
    const output = moveOut(folder, 'dist');
    await assertRuns(path.join(output, source === 'agent.mjs' ? 'index.mjs' : 'index.cjs'));
  });
}
