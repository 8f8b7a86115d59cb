/**
 * The size budget: the downloads may not grow by more than 2 % over the figures in size-budget.json. Whoever has a reason
 * to grow changes the figure in the same commit: `node bench/size-budget.mjs` writes the present ones.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { CASES, bundle, measureSizes } from './sizes.mjs';

const budget = JSON.parse(readFileSync(new URL('size-budget.json', import.meta.url), 'utf8'));
const sizes = /** @type {Record<string, any>} */ (await measureSizes());

/** The growth that needs no word. */
const SLACK = 1.02;

for (const [name, bytes] of Object.entries(budget)) {
  test(`the download '${name}' keeps to its budget of ${bytes} bytes gzip`, () => {
    const now = sizes[name];
    assert.ok(
      now <= bytes * SLACK,
      `${now} bytes, ${((now / bytes - 1) * 100).toFixed(1)} % over the budget. Make it smaller, or, if the growth is wanted, ` +
        'run `node bench/size-budget.mjs` and commit bench/size-budget.json with the change',
    );
    // A budget far above the truth guards nothing.
    assert.ok(now * SLACK * SLACK >= bytes, `${now} bytes: the budget of ${bytes} is out of date; run \`node bench/size-budget.mjs\``);
  });
}

/** The types of the messages that a module sends. @param {string} file */
const typesIn = (file) => {
  const text = readFileSync(new URL(`../definitions/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^message = '\{.*?\btype: ("[^"]+")/gm)].map(([, type]) => type);
};
const definitions = readdirSync(new URL('../definitions/', import.meta.url)).filter((file) => file.endsWith('.toml'));
const all = await bundle(CASES.everything);

for (const [name, file] of [
  ['eventLog', 'event-log.toml'],
  ['kvStore', 'kv-store.toml'],
  ['terminal', 'terminal.toml'],
]) {
  test(`an agent that imports only ${name} downloads no other module`, async () => {
    const own = new Set(typesIn(file));
    const others = new Set(definitions.flatMap(typesIn).filter((type) => !own.has(type)));
    const one = await bundle(`import { ${name} } from 'codebolt-wasm'; globalThis.used = ${name};`);
    assert.deepEqual([...own].filter((type) => !one.includes(type)), [], 'its own messages');
    assert.deepEqual([...others].filter((type) => !all.includes(type)), [], 'the others, in an agent that has all');
    assert.deepEqual([...others].filter((type) => one.includes(type)), []);
    assert.ok(own.size > 0 && others.size > 100, `${own.size} and ${others.size} types`);
  });
}
