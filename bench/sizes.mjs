/** What an agent's users download, and what an agent's author installs. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

/** Gzip bytes of the downloads, and the package's size on disk. */
export const measureSizes = async () => {
  const module = readFileSync(path.join(packageFolder, 'codebolt_wasm_bg.wasm'));
  const wasm = gzipped(module);
  const eventLog = gzipped(await bundle(CASES.eventLog));
  const everything = gzipped(await bundle(CASES.everything));
  const files = readdirSync(packageFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    wasm,
    wasmUncompressed: module.length,
    eventLog: wasm + eventLog,
    eventLogJavaScript: eventLog,
    everything: wasm + everything,
    everythingJavaScript: everything,
    packageFiles: files.length,
    packageBytes: files.reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0),
  };
};
