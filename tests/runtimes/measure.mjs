/**
 * Measures what the table in docs/guide/runtimes.md says: `node tests/runtimes/measure.mjs`, after `cargo xtask build` and
 * `cargo xtask setup`. The load is that of an import until a call can be made: processor time, the least of 15 processes,
 * in turn with the same for `ws` alone, so that other work on the machine counts little.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROUNDS = 15;
const root = fileURLToPath(new URL('../../', import.meta.url));
const tools = fileURLToPath(new URL('./node_modules/', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-measure-'));
const npm = (/** @type {string} */ cwd, /** @type {string[]} */ ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

try {
  const [file] = npm(path.join(root, 'pkg'), 'pack', '--silent', '--pack-destination', folder).trim().split('\n').slice(-1);
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${file}`);

  const modules = path.join(folder, 'node_modules');
  const bytes = (/** @type {string} */ name) =>
    readdirSync(path.join(modules, name), { recursive: true })
      .map((entry) => statSync(path.join(modules, name, String(entry))))
      .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
  console.log(`tarball ${statSync(path.join(folder, file)).size} bytes; installed: codebolt-wasm ${bytes('codebolt-wasm')}, ws ${bytes('ws')}`);

  const time = (/** @type {string} */ text) => `import process from 'node:process'; const start = process.cpuUsage(); ${text} const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000);`;
  writeFileSync(path.join(folder, 'package.mjs'), time("const { initAsync } = await import('codebolt-wasm'); await initAsync();"));
  writeFileSync(path.join(folder, 'ws.mjs'), time("await import('ws');"));
  const node = (/** @type {string} */ name) => [path.join(tools, `node-${name}`, 'bin', 'node')];
  for (const [name, command] of /** @type {[string, string[]][]} */ ([
    ['Node 20.19', node('20')],
    ['Node 22', node('22')],
    ['Node 24', node('24')],
    ['Node, newest', node('newest')],
    ['Deno', [path.join(tools, '@deno', 'linux-x64-glibc', 'deno'), 'run', '--allow-all']],
    ['Bun', [path.join(tools, 'bun', 'bin', 'bun.exe')]],
  ])) {
    /** @type {Record<string, number[]>} */
    const times = { 'package.mjs': [], 'ws.mjs': [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const script of Object.keys(times)) {
        const [program, ...args] = [...command, script];
        times[script].push(Number(execFileSync(program, args, { cwd: folder, encoding: 'utf8' })));
      }
    }
    const [all, ws] = Object.values(times).map((values) => Math.min(...values));
    console.log(`${name}: ${all.toFixed(1)} ms, ws alone ${ws.toFixed(1)} ms`);
  }

  const wasm = gzipSync(readFileSync(path.join(modules, 'codebolt-wasm', 'codebolt_wasm_bg.wasm')), { level: 9 }).length;
  for (const [name, text] of [
    ['all modules', "import codebolt from 'codebolt-wasm'; globalThis.codebolt = codebolt;"],
    ['eventLog alone', "import { eventLog } from 'codebolt-wasm'; globalThis.eventLog = eventLog;"],
  ]) {
    const { outputFiles } = await build({
      stdin: { contents: text, resolveDir: folder },
      bundle: true,
      format: 'esm',
      minify: true,
      write: false,
      logLevel: 'silent',
    });
    const script = gzipSync(outputFiles[0].contents, { level: 9 }).length;
    console.log(`browser download, gzip, ${name}: ${script} (JavaScript) + ${wasm} (module) = ${script + wasm} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
