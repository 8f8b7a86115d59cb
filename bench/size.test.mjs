/**
 * The size budget: the downloads may not grow by more than 2 % over the figures in size-budget.json. Whoever has a reason
 * to grow changes the figure in the same commit: `node bench/size-budget.mjs` writes the present ones.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { measureSizes } from './sizes.mjs';

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

test('an agent that imports only eventLog downloads no other module', () => {
  const modules = sizes.eventLogFiles.filter((/** @type {string} */ file) => file.startsWith('modules/'));
  assert.deepEqual(
    modules.filter((/** @type {string} */ file) => !/^modules\/((by-hand\/)?event-log|by-hand\/state\.js$)/.test(file)),
    [],
  );
  assert.ok(modules.length > 0);
});
