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

/** Which files of the package the bundle of a case holds. @param {keyof typeof CASES} name */
const bundle = async (name) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: CASES[name], resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['*.wasm'],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file.replace(/^.*(?:pkg|codebolt-wasm)\//, ''));
  return { javascript: gzipped(outputFiles[0].contents), files };
};

/** Gzip bytes of the downloads, and the package's size on disk. */
export const measureSizes = async () => {
  const module = readFileSync(path.join(packageFolder, 'codebolt_wasm_bg.wasm'));
  const wasm = gzipped(module);
  const eventLog = await bundle('eventLog');
  const everything = await bundle('everything');
  const files = readdirSync(packageFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    wasm,
    wasmUncompressed: module.length,
    eventLog: wasm + eventLog.javascript,
    eventLogJavaScript: eventLog.javascript,
    eventLogFiles: eventLog.files,
    everything: wasm + everything.javascript,
    everythingJavaScript: everything.javascript,
    packageFiles: files.length,
    packageBytes: files.reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0),
  };
};
