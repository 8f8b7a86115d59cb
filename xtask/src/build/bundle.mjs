/**
 * Makes the package's few JavaScript files of its many sources: node bundle.mjs FROM TO. bundle.rs starts it.
 *
 * What several files need is in one of them alone, and the others import it from there: a class is one class then,
 * whichever file is loaded.
 */
import { readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';

// Without symbolic links, as esbuild names files.
const [from, to] = await Promise.all(process.argv.slice(2).map((folder) => realpath(folder)));

const HEADER = '// codebolt-wasm, made by `cargo xtask build`; its sources are in the repository. MIT OR Apache-2.0';

/**
 * The file that has a source in it, by the source's path.
 * @type {Map<string, string>}
 */
const homes = new Map();
/**
 * What a file exports, by its name.
 * @type {Map<string, string[]>}
 */
const exported = new Map();

/**
 * Replaces an import of a source that another file has by an import of that file.
 * @type {import('esbuild').Plugin}
 */
const elsewhere = {
  name: 'elsewhere',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path: wanted, kind, namespace, pluginData, ...rest }) => {
      if (kind === 'entry-point' || pluginData === 'asked') return;
      // What is loaded on first use is a file of its own.
      if (kind === 'dynamic-import') return { path: `./${path.basename(wanted)}`, external: true };
      if (namespace === 'home' || wanted.endsWith('.wasm')) return { path: `./${path.basename(wanted)}`, external: true };
      if (!wanted.startsWith('.')) return { path: wanted, external: true };
      const found = await resolve(wanted, { kind, ...rest, pluginData: 'asked' });
      const home = homes.get(found.path);
      return home ? { path: home, namespace: 'home', sideEffects: false } : found;
    });
    // One for all imports of a file, which become one.
    onLoad({ filter: /.*/, namespace: 'home' }, ({ path: home }) => ({
      contents: `export { ${exported.get(home)?.join(', ')} } from './${home}';`,
    }));
  },
};

/** Code without its form. @param {string} text */
const meaning = async (text) => (await transform(text, { minifyWhitespace: true, legalComments: 'none' })).code;

/**
 * Takes out the comments for readers of the sources, which name types by paths of the sources; esbuild leaves those in
 * classes and before values. Those for bundlers stay (`@__PURE__`).
 * @type {import('esbuild').Plugin}
 */
const withoutComments = {
  name: 'without comments',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/, namespace: 'file' }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text
        .replace(/^[ \t]*(?:\/\/.*|\/\*\*(?:(?!\*\/)[^])*\*\/[ \t]*)\n/gm, '')
        .replace(/\/\*\*(?:(?!\*\/)[^])*\*\/ ?/g, '');
      if ((await meaning(contents)) !== (await meaning(text))) throw new Error(`${file}: a text in it looks like a comment`);
      return { contents };
    });
  },
};

/** Leaves only those names in the imports of other files that are used: esbuild keeps all. @param {string} text */
const withoutUnused = (text) =>
  text.replace(/^\/\/ home:.*\nimport \{ (.*) \} from "(.*)";/gm, (_, names, file) => {
    const used = names.split(', ').filter((/** @type {string} */ name) => text.split(new RegExp(`\\b${name.split(' ').at(-1)}\\b`)).length > 2);
    return `import { ${used.join(', ')} } from "${file}";`;
  });

/**
 * Makes a file of the source of its name and what that imports. Gives the sources in it, and its exports.
 * @param {string} file
 */
const bundle = async (file) => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: from,
    entryPoints: [path.join(from, file)],
    outdir: to,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: HEADER },
    metafile: true,
    write: false,
    plugins: [elsewhere, withoutComments],
    logLevel: 'warning',
  });
  await writeFile(path.join(to, file), withoutUnused(outputFiles[0].text));
  const sources = Object.keys(metafile.inputs).filter((input) => !input.startsWith('home:'));
  return { sources, exports: Object.values(metafile.outputs)[0].exports };
};

/** Makes a file that others import from. @param {string} file */
const shared = async (file) => {
  const { sources, exports } = await bundle(file);
  for (const source of sources) homes.set(path.join(from, source), file);
  exported.set(file, exports);
};

await shared('core.js');
await shared('all-modules.js');
await shared('toolbox.js');
for (const file of ['browser.js', 'edge.js', 'tools.js']) await bundle(file);
// What node.js imports by the name `#on-demand` is one of two files.
const { sources } = await bundle('node.js');
for (const file of ['on-demand.js', 'at-once.js']) {
  const twice = (await bundle(file)).sources.filter((source) => sources.includes(source));
  if (twice.length > 0) throw new Error(`both node.js and ${file} would have ${twice.join(', ')}: let core.js export what is in it`);
}
