/** What an agent's users download, and what an agent's author installs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const packageFolder = path.join(root, 'pkg');

/** What is bundled, minified, for a browser. */
export const CASES = {
  eventLog: "import { eventLog } from 'codebolt-wasm'; eventLog.createInstance('orders');",
  everything: "import codebolt from 'codebolt-wasm'; globalThis.codebolt = codebolt;",
};

/** @param {Uint8Array | string} bytes */
const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** A program's bundle. @param {string} contents */
export const bundle = async (contents) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['*.wasm'],
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
};

/** What npm installs of a package, in bytes and files. @param {string} folder */
export const installed = (folder) => {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8' });
  const [{ unpackedSize, entryCount }] = JSON.parse(said);
  return { bytes: unpackedSize, files: entryCount };
};

/** Gzip bytes of the downloads. */
export const measureSizes = async () => {
  const wasm = gzipped(readFileSync(path.join(packageFolder, 'codebolt_wasm_bg.wasm')));
  const eventLog = wasm + gzipped(await bundle(CASES.eventLog));
  const everything = wasm + gzipped(await bundle(CASES.everything));
  return { wasm, eventLog, everything };
};

/**
 * Bytes that an installation takes: of the package, of one with the event log alone, and of `ws`.
 * @param {string} eventLogOnly the folder of the package with the event log alone
 */
export const measureInstallation = (eventLogOnly) => ({
  package: installed(packageFolder),
  eventLogOnly: installed(eventLogOnly),
  ws: installed(path.dirname(fileURLToPath(import.meta.resolve('ws/package.json')))),
});
