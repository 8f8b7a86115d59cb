/** `cargo xtask bench` as a whole is too long for every run; what it builds besides the package is tried here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measureImportCost } from './import-cost.mjs';

test('the benchmark compares the package with one that has few modules', async () => {
  const few = process.env.CODEBOLT_EVENT_LOG_ONLY;
  assert.ok(few, 'CODEBOLT_EVENT_LOG_ONLY names the folder of that package');
  const { modules, cost } = await measureImportCost(fileURLToPath(new URL('../pkg', import.meta.url)), few, 1);
  assert.ok(modules >= 50, `${modules} modules more`);
  assert.ok(Number.isFinite(cost.median), JSON.stringify(cost));
});
