// `wasm-pack test`, typed: every test runs and is counted, in Node and in browsers, without a host.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { WEBASSEMBLY, clone, passedIn, succeeds, testsIn } from './typed.mjs';

const folder = path.join(clone, 'tests', 'module');
const wanted = testsIn(readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8')));

for (const command of ['wasm-pack test --node', 'wasm-pack test --headless --chrome', 'wasm-pack test --headless --firefox']) {
  test(command, async () => {
    const said = await succeeds(command, { env: WEBASSEMBLY });
    assert.ok(wanted > 30, `tests/module has ${wanted} tests`);
    assert.equal(passedIn(said), wanted, said);
  });
}
