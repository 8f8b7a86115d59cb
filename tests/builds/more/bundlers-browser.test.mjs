/** Bundlers for browsers: those that move the `.wasm` file by themselves, and those that need it inline. */
import { test } from 'node:test';
import { assertPage } from '../browser.mjs';
import { command, makeProject, moveOut, node } from '../project.mjs';

const inline = (/** @type {boolean} */ yes) => (yes ? 'page-inline.mjs' : 'page.mjs');

for (const isInline of [false, true]) {
  const what = isInline ? 'inline' : 'with the file';

  test(`vite build for a browser, ${what}`, async () => {
    const folder = makeProject('core', {
      'index.html': `<!doctype html><script type="module" src="./${inline(isInline)}"></script>`,
      'vite.config.mjs': "export default { base: './' };\n",
    });
    await node(command('core', 'vite'), ['build'], { cwd: folder });
    await assertPage(moveOut(folder, 'dist'));
  });

  test(`rspack for a browser, ${what}`, async () => {
    const folder = makeProject('more', {
      'rspack.config.mjs': `export default { entry: './${inline(isInline)}', mode: 'production', output: { path: import.meta.dirname + '/dist', filename: 'main.js' } };\n`,
    });
    await node(command('more', '@rspack/cli', 'rspack'), ['build'], { cwd: folder });
    await assertPage(moveOut(folder, 'dist'), { script: 'main.js', type: 'text/javascript' });
  });

  test(`webpack for a browser, ${what}`, async () => {
    const folder = makeProject('core');
    await node(command('core', 'webpack-cli'), ['--entry', `./${inline(isInline)}`, '--mode', 'production', '--output-path', 'dist'], { cwd: folder });
    await assertPage(moveOut(folder, 'dist'), { script: 'main.js', type: 'text/javascript' });
  });

  test(`parcel for a browser, ${what}`, async () => {
    const folder = makeProject('more', {
      'package.json': { name: 'page', private: true },
      'index.html': `<!doctype html><body><script type="module" src="./${inline(isInline)}"></script>`,
    });
    await node(command('more', 'parcel'), ['build', 'index.html', '--no-cache', '--public-url', './', '--log-level', 'error'], { cwd: folder });
    await assertPage(moveOut(folder, 'dist'));
  });
}

for (const plugins of [true, false]) {
  // The tools for models are a file of their own, unless all is to be one.
  const output = plugins ? "{ format: 'es', dir: 'dist', entryFileNames: 'main.js' }" : "{ format: 'es', file: 'dist/main.js', inlineDynamicImports: true }";
  test(`rollup for a browser, inline, ${plugins ? 'in a folder, with' : 'in one file, without'} its plugin for CommonJS`, async () => {
    const folder = makeProject('core', {
      'rollup.config.mjs': `import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';

export default { input: 'page-inline.mjs', plugins: [nodeResolve({ browser: true })${plugins ? ', commonjs()' : ''}], output: ${output} };
`,
    });
    await node(command('core', 'rollup'), ['--config', '--silent'], { cwd: folder });
    await assertPage(moveOut(folder, 'dist'), { script: 'main.js' });
  });
}
