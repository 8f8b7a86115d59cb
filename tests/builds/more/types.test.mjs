/**
 * TypeScript, from the lowest version that the package is for: every way to resolve it, ECMAScript modules and CommonJS, with
 * the declarations of libraries checked as well; and what it makes of a program runs.
 */
import path from 'node:path';
import { test } from 'node:test';
import { assertRuns, command, makeProject, node } from '../project.mjs';

/** The rest is the same in both: types by name, and a wrong argument that the compiler has to find. */
const program = `
type Total = { total: number };

const parameters = (instanceId: string): AppendEventParams<Total> => ({ instanceId, eventType: 'placed', payload: { total: 12 } });
const options: CodeboltOptions = { requestTimeout: 1000 };
export const other = (): Codebolt => new Codebolt(options);
export const code = (error: unknown): CodeboltErrorCode | undefined => (error instanceof CodeboltError ? error.code : undefined);

const main = async (): Promise<void> => {
  const name = 'typed ' + Math.random();
  const created: EventLogInstanceResponse = await codebolt.eventLog.createInstance(name, 'typed');
  if (!created.success) throw new Error(created.error);
  const { id } = created.data.instance;
  const appended = await codebolt.eventLog.appendEvent(parameters(id));
  // @ts-expect-error a name is a text
  const refused = await codebolt.eventLog.createInstance(7).catch((error: unknown) => error);
  const found = await codebolt.eventLog.queryEvents({ from: { instance: id } });
  if (!found.success || !appended.success) throw new Error('refused');
  const { total, events } = found.data.result;
  const glob: string | undefined = tools.getToolSchemas().find((tool) => tool.function.name === 'glob')?.function.name;
  const executed = await tools.executeTool('attempt_completion', { result: { done: name } });
  await codebolt.close();
  console.log(JSON.stringify({
    name: created.data.instance.name === name,
    event: events?.[0]?.id === appended.data.event.id,
    total,
    text: 'ä€😀',
    onDemand: code(refused) === 'INVALID_ARGUMENT' ? 'NOT_SUPPORTED' : 'lost',
    tools: tools.getToolNames().length,
    toolName: 'codebolt--' + glob,
    executed: executed.error === undefined,
    one: codebolt instanceof Codebolt && tools.toolsFor(codebolt).getRegistry() === tools.getRegistry(),
  }));
};
main();
`;
const TYPES = 'AppendEventParams, CodeboltErrorCode, CodeboltOptions, EventLogInstanceResponse';
const esm = `import codebolt, { Codebolt, CodeboltError, initAsync } from 'codebolt-wasm';
import type { ${TYPES} } from 'codebolt-wasm';
import * as tools from 'codebolt-wasm/tools';
void initAsync;
${program}`;
const commonJS = `import codebolt = require('codebolt-wasm');
import tools = require('codebolt-wasm/tools');
type AppendEventParams<T extends object> = codebolt.AppendEventParams<T>;
type Codebolt = codebolt.Codebolt;
type CodeboltErrorCode = codebolt.CodeboltErrorCode;
type CodeboltOptions = codebolt.CodeboltOptions;
type EventLogInstanceResponse = codebolt.EventLogInstanceResponse;
const { Codebolt, CodeboltError, initAsync } = codebolt;
void initAsync;
${program}`;

/** A way to resolve: its name, module, moduleResolution, and the file with its extension. */
const WAYS = /** @type {const} */ ([
  ['node10, CommonJS', 'commonjs', 'node', 'agent.ts', esm, 'commonjs'],
  ['node10, import = require', 'commonjs', 'node', 'agent.ts', commonJS, 'commonjs'],
  ['node16, ESM', 'node16', 'node16', 'agent.mts', esm, 'module'],
  ['node16, CommonJS', 'node16', 'node16', 'agent.cts', commonJS, 'module'],
  ['nodenext, ESM', 'nodenext', 'nodenext', 'agent.mts', esm, 'module'],
  ['nodenext, CommonJS by import', 'nodenext', 'nodenext', 'agent.cts', esm, 'module'],
  ['bundler', 'esnext', 'bundler', 'agent.mts', esm, 'module'],
]);

for (const version of ['5.0', '5.9', 'newest']) {
  for (const [name, module, moduleResolution, file, text, type] of WAYS) {
    // TypeScript 7 has neither any more.
    if (version === 'newest' && moduleResolution === 'node') continue;
    for (const esModuleInterop of moduleResolution === 'node' ? [true, false] : [true]) {
      // Without a page's types, Node's.
      const lib = file === 'agent.mts' ? ['esnext', 'dom'] : ['es2022'];
      test(`TypeScript ${version}: ${name}, ${esModuleInterop ? 'with' : 'without'} esModuleInterop`, async () => {
        const folder = makeProject('more', {
          'package.json': { name: 'agent', private: true, type },
          [file]: text,
          'tsconfig.json': {
            compilerOptions: {
              module,
              moduleResolution,
              lib,
              target: 'es2022',
              esModuleInterop,
              strict: true,
              // Node's own types do not hold with it.
              exactOptionalPropertyTypes: lib.includes('dom'),
              skipLibCheck: false,
              types: lib.includes('dom') ? [] : ['node'],
              outDir: 'dist',
              rootDir: '.',
            },
            files: [file],
          },
        });
        await node(command('more', `typescript-${version}`, 'tsc'), ['--project', '.'], { cwd: folder });
        await assertRuns(path.join(folder, 'dist', file.replace('ts', 'js')));
      });
    }
  }
}
