// cargo at the root, typed.

import assert from 'node:assert/strict';
import test from 'node:test';
import { succeeds } from './typed.mjs';

test('cargo test', async () => {
  const said = await succeeds('cargo test');
  const passed = [...said.matchAll(/^test result: ok\. (\d+) passed/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  assert.ok(passed > 0, said);
});

for (const command of ['cargo clippy --all-targets', 'cargo doc']) {
  test(`${command}, without a warning`, async () => {
    assert.doesNotMatch(await succeeds(command), /^warning/m);
  });
}
