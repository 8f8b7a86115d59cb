/**
 * Makes the package's few JavaScript files of its many sources: node bundle.mjs FROM TO. bundle.rs starts it.
 *
 * What several files need is in one of them alone, and the others get it from there: a class is one class then, whichever
 * file is loaded. There are two such sets. Browsers and edge runtimes get ECMAScript modules. Node gets CommonJS, and an
 * ECMAScript module that hands on what that exports: so there is one instance, however it is imported, and nothing asks Node
 * for more than it has always had.
 */
import { readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, deflateRawSync } from 'node:zlib';
import { build, transform } from 'esbuild';

// Without symbolic links, as esbuild names files.
const [from, to] = await Promise.all(process.argv.slice(2).map((folder) => realpath(folder)));

/** Where the tools' entry has the default instance from; each of its files has it from the entry of the same runtime. */
const INSTANCE = './browser.js';

/** What stands for `require` until the files are made. */
const REQUIRE = 'requiredOnFirstUse';

const HEADER = '// codebolt-wasm, made by `cargo xtask build`; its sources are in the repository. MIT OR Apache-2.0\n';

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
      // Out of esbuild's sight, which would take a required file in.
      return { contents: contents.replaceAll('require(', `${REQUIRE}(`) };
    });
  },
};

/**
 * The WebAssembly module as text. Node unpacks brotli, the smaller; browsers unpack deflate.
 * @param {import('esbuild').Format} format
 * @returns {import('esbuild').Plugin}
 */
const moduleText = (format) => ({
  name: 'module text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/module-text\.js$/ }, ({ path: wanted }) => ({ path: wanted, namespace: 'module text' }));
    onLoad({ filter: /.*/, namespace: 'module text' }, async () => {
      const module = await readFile(path.join(from, 'codebolt_wasm_bg.wasm'));
      const packed = format === 'cjs' ? brotliCompressSync(module) : deflateRawSync(module, { level: 9 });
      return { contents: `export const moduleText = '${packed.toString('base64')}';` };
    });
  },
});

/** Code with short names and without indentation. @param {string} text */
const withoutForm = async (text) => {
  const { code } = await transform(text, { charset: 'utf8', legalComments: 'none', minifyIdentifiers: true });
  const plain = code.replace(/^ +/gm, '');
  if ((await meaning(plain)) !== (await meaning(code))) throw new Error('a text in the modules has lines that begin with spaces');
  return plain;
};

/** Leaves only those names in the imports of other files that are used: esbuild keeps all. @param {string} text */
const withoutUnused = (text) =>
  text.replace(/^\/\/ home:.*\nimport \{ (.*) \} from "(.*)";/gm, (_, names, file) => {
    const used = names.split(', ').filter((/** @type {string} */ name) => text.split(new RegExp(`\\b${name.split(' ').at(-1)}\\b`)).length > 2);
    return `import { ${used.join(', ')} } from "${file}";`;
  });

/**
 * An ECMAScript module as CommonJS without esbuild's mark `__esModule`, of which importers make different things. Imported
 * values are taken once: what a file requires is complete by then. What is imported on first use is required then.
 * @param {string} text
 */
const asCommonJS = (text) =>
  text
    .replace(/^import \{([^}]*)\} from ("[^"]*");$/gm, (_, names, file) => `const {${names.replace(RENAMED, '$1: $2')}} = require(${file});`)
    .replace(/^export \{([^}]*)\};$/gm, (_, names) => `module.exports = {${names.replace(RENAMED, '$2: $1')}};`)
    .replace(new RegExp(`\\b(?:${REQUIRE}|await import)\\("([^"]*)"\\)`, 'g'), (_, wanted) => `require(${JSON.stringify(inPackage(wanted))})`);
/** A source of ours is required as the file that is made of it. @param {string} wanted */
const inPackage = (wanted) => (wanted.startsWith('.') ? `./${path.basename(wanted, '.js')}.cjs` : wanted);
const RENAMED = /([\w$]+) as ([\w$]+)/g;

/**
 * The end of a line within a text, which stands for nothing: lines get their length by these, too. Bundlers that indent what they
 * take in (rollup) put their tabs behind them, and so into the text: a frame was sent with a tab in the name of a member.
 */
const BROKEN_TEXT = /(?<!\\)((?:\\\\)*)\\\n/g;

/**
 * Writes a file made small, in lines of a length that can be shown: Node shows the line on which an error was thrown.
 * @param {string} file
 * @param {string} text
 * @param {import('esbuild').TransformOptions} [options]
 */
const writeSmall = async (file, text, options) => {
  const { code } = await transform(text, { charset: 'utf8', legalComments: 'none', lineLimit: 160, minifyWhitespace: true, ...options });
  const whole = code.replace(BROKEN_TEXT, '$1');
  // Modules are strict, and what is made of them has to be: an assignment that fails throws.
  const strict = file.endsWith('.cjs') ? '"use strict";\n' : '';
  await writeFile(path.join(to, file), HEADER + strict + whole);
};

/**
 * CommonJS gets the instance itself, with all that modules import by name as its own: what compilers make of
 * `import * as all` and of `import codebolt, { eventLog }` copies a module's own members. `state`, the reference's other name for
 * `cbstate`, stays free on the instance. The last line is never run: by it Deno, which reads CommonJS for names that can be
 * imported, finds them.
 * @param {string[]} names
 */
const commonJSEntry = (names) => `const { entry } = require('./core.cjs');
const codebolt = entry.default;
for (const name of Object.keys(entry)) {
  if (name !== 'default' && name !== 'state' && !Object.hasOwn(codebolt, name)) {
    Object.defineProperty(codebolt, name, { configurable: true, enumerable: true, writable: true, value: entry[name] });
  }
}
module.exports = codebolt;
0 && (module.exports = { ${names.join(', ')} });
`;

/** What a text exports that stands among the sources. @param {string} text */
const exportsOf = async (text) => {
  const { metafile } = await build({
    absWorkingDir: from,
    stdin: { contents: text, resolveDir: from },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    metafile: true,
    outdir: to,
    plugins: [withoutComments],
    write: false,
  });
  return Object.values(metafile.outputs)[0].exports;
};

/**
 * A set of files of one format.
 * @param {'esm' | 'cjs'} format
 */
const bundler = (format) => {
  const extension = format === 'esm' ? '.js' : '.cjs';
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
   * Replaces an import of a source that another file has by an import of that file. What is loaded on first use is a file of its
   * own.
   * @param {string | undefined} entry the entry that a file has the default instance from
   * @returns {import('esbuild').Plugin}
   */
  const elsewhere = (entry) => ({
    name: 'elsewhere',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /.*/ }, async ({ path: wanted, kind, namespace, pluginData, ...rest }) => {
        if (kind === 'entry-point' || pluginData === 'asked') return;
        if (kind === 'dynamic-import') return { path: `./${path.basename(wanted)}`, external: true };
        if (entry && wanted === INSTANCE) return format === 'cjs' ? { path: 'core.js', namespace: 'instance' } : { path: `./${entry}.js`, external: true };
        if (!wanted.startsWith('.')) return { path: wanted, external: true };
        if (namespace === 'home' || /\.wasm(\?|$)/.test(wanted)) return { path: `./${path.basename(wanted)}`, external: true };
        const found = await resolve(wanted, { kind, ...rest, pluginData: 'asked' });
        const home = homes.get(found.path);
        return home ? { path: home, namespace: 'home', sideEffects: false } : found;
      });
      // One for all imports of a file, which become one.
      onLoad({ filter: /.*/, namespace: 'home' }, ({ path: home }) => ({
        contents: `export { ${exported.get(home)?.join(', ')} } from './${home}';`,
      }));
      // In CommonJS one file has what all entries hand on.
      onLoad({ filter: /.*/, namespace: 'instance' }, ({ path: home }) => ({
        contents: `export default ${REQUIRE}('./${home}').entry.default;`,
      }));
    },
  });

  /**
   * Makes a file of a text that stands among the sources. Gives the sources in it.
   * @param {string} name without its extension
   * @param {{ text?: string, names?: boolean, entry?: string }} [options]
   *   `names`: whether functions keep theirs; `entry`: the entry that it has the default instance from
   */
  const bundle = async (name, { text = everythingOf(name), names = true, entry } = {}) => {
    const { metafile, outputFiles } = await build({
      absWorkingDir: from,
      stdin: { contents: text, resolveDir: from, sourcefile: `${name}.entry` },
      outdir: to,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      charset: 'utf8',
      legalComments: 'none',
      metafile: true,
      write: false,
      plugins: [moduleText(format), elsewhere(entry), withoutComments],
      logLevel: 'warning',
    });
    const file = name + extension;
    const code = withoutUnused(outputFiles[0].text);
    if (format === 'cjs') {
      await writeSmall(file, asCommonJS(code), { format, minifyIdentifiers: !names, minifySyntax: true });
    } else {
      // Not made small, by which it would lose what bundlers need to leave out what is not used: the comments, and statements apart.
      await writeFile(path.join(to, file), HEADER + (names ? code : await withoutForm(code)));
    }
    const sources = Object.keys(metafile.inputs).filter((input) => !/^(home|instance):|\.entry$/.test(input));
    return sources.map((source) => path.join(from, source));
  };

  return {
    bundle,

    /**
     * Makes a file that others import from; `offers` are the exports that they do.
     * @param {string} name
     * @param {{ text: string, offers?: string, names?: boolean }} options
     */
    async shared(name, { offers, ...options }) {
      const sources = await bundle(name, options);
      for (const source of sources) homes.set(source, name + extension);
      exported.set(name + extension, await exportsOf(offers ?? options.text));
      return sources;
    },
  };
};

/** Everything that a source exports by name. @param {string} name */
const named = (name) => ({ text: `export * from './${name}.js';` });
/** And its default export. @param {string} name */
const everythingOf = (name) => `export * from './${name}.js'; export { default } from './${name}.js';`;

/** The names that a source exports. @param {string} name */
const namesOf = async (name) => (await exportsOf(named(name).text)).filter((exported) => exported !== 'default');

const modules = bundler('esm');
await modules.shared('core', named('core'));
await modules.shared('toolbox', named('toolbox'));
await modules.shared('all-modules', { ...named('all-modules'), names: false });
for (const name of ['browser', 'inline', 'edge', 'edge-light']) await modules.bundle(name);
for (const [name, entry] of [
  ['tools', 'browser'],
  ['tools-inline', 'inline'],
  ['tools-edge', 'edge'],
  ['tools-edge-light', 'edge-light'],
]) {
  await modules.bundle(name, { text: everythingOf('tools'), entry });
}

const commonJS = bundler('cjs');
const offers = "export * from './core.js'; export * from './platform/builtin.js';";
const core = await commonJS.shared('core', {
  // Apart, for a module may be called as a function is that modules share.
  text: `${offers} export * as entry from './node.js';`,
  offers,
});
/** @param {string} name @param {string[]} sources */
const apartFromCore = (name, sources) => {
  const twice = sources.filter((source) => core.includes(source));
  if (twice.length > 0) throw new Error(`both core.cjs and ${name}.cjs would have ${twice.join(', ')}: let core.js export what is in it`);
};
for (const [name, options] of /** @type {const} */ ([
  ['all-modules', { ...named('all-modules'), names: false }],
  ['node-socket', { text: "export * from './platform/node-socket.js';" }],
  ['module-text', named('module-text')],
])) {
  apartFromCore(name, await commonJS.bundle(name, options));
}
apartFromCore('toolbox', await commonJS.shared('toolbox', named('toolbox')));
await commonJS.bundle('tools', { entry: 'node' });
// Only what the entry exports, and not what the package's files share.
const names = await namesOf('node');
await writeFile(path.join(to, 'node.cjs'), `${HEADER}${commonJSEntry(names)}`);
// Node reads CommonJS that an import names, and what it hands on in the usual form, for the names that it might export: 8 ms for
// the core, and 10 more for `ws`. In this form it sees none.
await writeSmall('core-unread.cjs', "const { entry } = require('./core.cjs'); module.exports = entry;", { format: 'cjs' });
await writeSmall('node.js', `import entry from './core-unread.cjs'; export const { ${names.join(', ')} } = entry; export default entry.default;`);
await writeSmall('tools-node.js', `import entry from './tools.cjs'; export const { ${(await namesOf('tools')).join(', ')} } = entry; export default entry.default;`);
