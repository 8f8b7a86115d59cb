/**
 * The package's declarations: node declarations.mjs FROM TO. bundle.rs starts it.
 *
 * What they say goes to `types/`, as CommonJS sees it: CommonJS may take types from CommonJS alone before TypeScript 5.3, while
 * ECMAScript modules may from both. `index.d.ts` and `index.d.cts`, `tools.d.ts` and `tools.d.cts` hand it on. What no caller can reach is left out.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const [from, to] = process.argv.slice(2);

/** @param {string} file @param {string} text */
const write = async (file, text) => {
  await mkdir(path.dirname(path.join(to, file)), { recursive: true });
  await writeFile(path.join(to, file), text);
};
/** @param {string} file */
const read = (file) => readFile(path.join(from, file), 'utf8');

/** What a declaration takes from others. @param {string} file @param {string} text */
const taken = (file, text) =>
  [...text.matchAll(/(?:from |import\(|import |<reference path=)['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, wanted]) =>
    path.posix.join(path.posix.dirname(file), wanted.replace(/(?:\.d\.ts|\.js)$/, '.d.ts')),
  );

/**
 * What the package's own files take from a module, and no program can: an editor would offer it.
 * @param {string} file
 * @param {string} text
 */
const withoutOwn = (file, text) => {
  if (!/^modules\/(?!names?d?\.|listeners\.)/.test(file)) return text;
  const rest = text.replace(
    /\n\/\*\* (?:Makes `codebolt\.\w+`\.|Every module's methods for a session, by the module's name\.) \*\/\nexport declare const (?:\w+Methods: .*|modules: \{\n.*\n\});\n/,
    '',
  );
  if (rest === text) throw new Error(`${file} does not declare what makes its methods as it did`);
  return rest.replace(/^import type \{ (.*) \} from '\.\.\/define\.js';\n/m, (whole, names) => {
    const used = names.split(', ').filter((/** @type {string} */ name) => name !== 'Session');
    return used.length > 0 ? `import type { ${used.join(', ')} } from '../define.js';\n` : '';
  });
};

const ENTRY = 'index.d.ts';
/** @type {Map<string, string>} */
const reached = new Map();
const waiting = [ENTRY, 'tools.d.ts', 'types.d.ts'];
for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
  if (reached.has(file)) continue;
  const text = withoutOwn(file, await read(file));
  reached.set(file, text);
  waiting.push(...taken(file, text));
}
await Promise.all([...reached].map(([file, text]) => write(path.join('types', file), text)));
await write('types/package.json', '{ "type": "commonjs" }\n');

// The types of all modules. Nothing is there at run time, but a program whose compiler leaves the import in finds a file.
await write('types.d.ts', "export type * from './types/types.js';\n");
await write('types.js', 'export {};\n');

const moduleFile = (/** @type {string} */ folder, /** @type {string} */ exported) => `import type { ModuleSource } from '${folder}/platform/module-source.js';

/** What a bundler or a runtime makes of the file: its address, its bytes or the compiled module. \`initAsync\` takes each of them. */
declare const source: ModuleSource;
export ${exported} source;
`;
await write('codebolt_wasm_bg.wasm.d.ts', moduleFile('./types', 'default'));
await write('types/module-file.d.ts', moduleFile('.', '='));

// The default export is declared anew: of CommonJS a module's default import is the whole.
const entry = /** @type {string} */ (reached.get(ENTRY));
const instance = /(\/\*\*(?:(?!\*\/)[^])*\*\/\s*)?declare const codebolt: Codebolt;\s*export default codebolt;/.exec(entry);
if (!instance) throw new Error(`${ENTRY} declares no default export of the form that is known`);
await write(
  ENTRY,
  `import type { Codebolt } from './types/index.js';\n\nexport * from './types/index.js';\n\n${instance[0]}\n`,
);

const commonJS = await read('index.d.cts');
const theirs = commonJS.replace(/'\.\/([^']*)' with \{ 'resolution-mode': 'import' \}/g, "'./types/$1'");
if (theirs === commonJS) throw new Error('index.d.cts takes its types from elsewhere than it did');
await write('index.d.cts', theirs);

await write(
  'tools.d.ts',
  `import type { Tools } from './types/tools.js';\n\nexport * from './types/tools.js';\n\n/** The default instance's tools. */\ndeclare const tools: Tools;\nexport default tools;\n`,
);
await write('tools.d.cts', "import all = require('./types/tools.js');\n\nexport = all;\n");

// Types alone, for who wants them: nothing else leads there.
await write('strict/index.d.cts', await read('strict/index.d.cts'));
