// What the page is made with: the package and the event log in memory, which are built and not in the repository.
import { existsSync, readFileSync } from 'node:fs';

/** @param {string} file */
const read = (file) => {
  try {
    return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  } catch {
    return undefined;
  }
};

const BUILD = 'run `cargo xtask build --only package` in the checkout (Rust and Node are all it needs)';
const built = read('../pkg/package.json');
const wrong =
  built === undefined ? `the package codebolt-wasm is not built: ${BUILD}`
  : built.exports === undefined ? `../pkg holds what \`wasm-pack build\` makes, the module by itself; the page needs the package: ${BUILD}`
  : read('node_modules/codebolt-wasm/package.json') === undefined ? 'the page’s dependencies are not installed: run `npm install` here'
  : !existsSync(new URL('event-log/event-log_bg.wasm', import.meta.url)) ?
    'the event log in memory is not built: run `cargo xtask build --only event-log` in the checkout'
  : undefined;
if (wrong) {
  console.error(`error: ${wrong}`);
  process.exit(1);
}
