// Runs the tests of tests/page, or those in files whose name holds a given word: npm test -- connection
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../tests/page/', import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => file.includes(word))))
  .map((file) => folder + file);
if (files.length === 0) {
  console.error(`error: no file of tests/page has ${words.join(' or ')} in its name`);
  process.exit(1);
}
process.exit(spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1);
