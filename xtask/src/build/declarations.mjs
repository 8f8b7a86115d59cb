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

const ENTRY = 'index.d.ts';
/** @type {Map<string, string>} */
const reached = new Map();
const waiting = [ENTRY, 'tools.d.ts'];
for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
  if (reached.has(file)) continue;
  const text = await read(file);
  reached.set(file, text);
  waiting.push(...taken(file, text));
}
await Promise.all([...reached].map(([file, text]) => write(path.join('types', file), text)));
await write('types/package.json', '{ "type": "commonjs" }\n');

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
