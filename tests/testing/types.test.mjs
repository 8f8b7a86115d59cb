/** TypeScript, newest and 5.4: the code of callers, and the package's own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const tools = path.join(String(process.env.CODEBOLT_TOOLS), 'npm/node_modules');
const project = process.cwd();

/** @param {string} compiler @param {string} name @param {string[]} include @param {object} options */
const compile = (compiler, name, include, options) => {
  const folder = path.join(project, 'compiled');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  const compilerOptions = { lib: ['es2022', 'dom'], module: 'nodenext', moduleResolution: 'nodenext', noEmit: true, strict: true, target: 'es2022', types: [], ...options };
  writeFileSync(file, JSON.stringify({ compilerOptions, include }));
  const { status, stdout } = spawnSync(process.execPath, [path.join(tools, compiler, 'bin/tsc'), '--project', file], { encoding: 'utf8' });
  assert.equal(status, 0, stdout.slice(0, 8_000));
};

const callers = path.join(project, 'types', 'callers');
for (const compiler of ['typescript', 'typescript-5.4']) {
  test(`${compiler}: callers in ECMAScript modules and in CommonJS`, () => compile(compiler, `callers-${compiler}`, [`${callers}.*ts`], { exactOptionalPropertyTypes: true }));
  test(`${compiler}: callers behind a bundler`, () => compile(compiler, `bundled-${compiler}`, [`${callers}.mts`], { module: 'esnext', moduleResolution: 'bundler' }));
}

test('the package itself', () => {
  // A copy: what lies in node_modules is not looked at.
  const sources = path.join(String(process.env.CODEBOLT_REPOSITORY), 'pkg-testing');
  compile('typescript', 'package', [`${sources}/**/*.js`, `${sources}/*.d.ts`], {
    allowJs: true,
    checkJs: true,
    lib: ['esnext', 'dom'],
    maxNodeModuleJsDepth: 0,
    paths: { ws: [path.join(tools, '@types/ws')], 'codebolt-wasm': [path.join(project, 'node_modules/codebolt-wasm/index.d.ts')] },
    typeRoots: [path.join(tools, '@types')],
    types: ['node', 'ws'],
  });
});
