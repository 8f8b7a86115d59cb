/**
 * The package for `require`, as jest has it: node commonjs.mjs FOLDER. xtask/src/build/testing.rs starts it. Node's own `import` takes
 * the sources.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const { build } = createRequire(path.join(/** @type {string} */ (process.env.NODE_PATH), 'any.js'))('esbuild');
const [folder] = process.argv.slice(2);
const HEADER = '// codebolt-wasm-testing, made by `cargo xtask build`; its sources are in the repository. MIT OR Apache-2.0\n';

await build({
  absWorkingDir: folder,
  stdin: { contents: "export * as index from './index.js'; export * as matchers from './matchers.js';", resolveDir: folder },
  bundle: true,
  charset: 'utf8',
  // A file's address, by which it finds what lies beside it.
  banner: { js: `${HEADER}const importMetaUrl = require('url').pathToFileURL(__filename).href;` },
  define: { 'import.meta.url': 'importMetaUrl' },
  external: ['codebolt-wasm', 'ws', ...(existsSync(path.join(folder, 'event-log.js')) ? [] : ['./event-log.js'])],
  format: 'cjs',
  legalComments: 'none',
  outfile: 'all.cjs',
  platform: 'node',
  // jest has no `import()` in CommonJS.
  supported: { 'dynamic-import': false },
  target: 'node20',
});
for (const name of ['index', 'matchers']) {
  await writeFile(path.join(folder, `${name}.cjs`), `${HEADER}'use strict';\nmodule.exports = require('./all.cjs').${name};\n`);
}
for (const name of ['index', 'matchers', 'methods']) {
  const text = await readFile(path.join(folder, `${name}.d.ts`), 'utf8');
  await writeFile(path.join(folder, `${name}.d.cts`), text.replace(/'\.\/(\w+)\.js'/g, "'./$1.cjs'"));
}
