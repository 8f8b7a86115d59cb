/** Vercel's file tracing: only the files that it finds are deployed. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createRequire } from 'node:module';
import { assertRuns, command, emptyFolder, makeProject } from '../project.mjs';

const { nodeFileTrace } = createRequire(command('core', '@vercel/nft'))('@vercel/nft');

for (const source of ['agent.mjs', 'agent.cjs', 'both.mjs']) {
  test(`the files that nft finds for ${source}`, async () => {
    const folder = makeProject('core');
    const { fileList } = await nodeFileTrace([path.join(folder, source)], { base: folder });
    const output = emptyFolder();
    for (const file of fileList) cpSync(path.join(folder, file), path.join(output, file));
    await assertRuns(path.join(output, source));
  });
}
