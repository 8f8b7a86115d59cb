/** esbuild for browsers, which moves no files: by `codebolt-wasm/inline` one file is all there is. */
import path from 'node:path';
import { test } from 'node:test';
import { assertPage } from '../browser.mjs';
import { command, makeProject, moveOut, run } from '../project.mjs';

for (const [format, type] of [
  ['esm', 'module'],
  ['iife', 'text/javascript'],
]) {
  test(`esbuild --bundle --format=${format} for a browser, inline`, async () => {
    const folder = makeProject('core');
    await run(command('core', 'esbuild'), ['page-inline.mjs', '--bundle', '--minify', `--format=${format}`, '--outdir=dist', '--log-level=warning'], {
      cwd: folder,
      quiet: true,
    });
    const output = moveOut(folder, 'dist');
    await assertPage(output, { script: 'page-inline.js', type });
  });
}

test('esbuild for a browser by its loader "file", without another word', async () => {
  const folder = makeProject('core', {
    'page-file.mjs': `import { Codebolt, initAsync } from 'codebolt-wasm';
import address from 'codebolt-wasm/codebolt_wasm_bg.wasm';
import { report } from './report.mjs';

await initAsync(new URL(address, import.meta.url));
report(Codebolt);
`,
  });
  await run(command('core', 'esbuild'), ['page-file.mjs', '--bundle', '--format=esm', '--loader:.wasm=file', '--outdir=dist'], { cwd: folder });
  await assertPage(moveOut(folder, 'dist'), { script: 'page-file.js' });
});
