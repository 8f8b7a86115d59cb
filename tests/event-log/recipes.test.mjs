// A recipe shows a program that the suite `examples` runs, or `types` compiles, and no older form of it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (file) => readFileSync(new URL(file, root), 'utf8');
const pages = readdirSync(new URL('docs/recipes/', root)).filter((file) => file.endsWith('.md'));

describe('the recipes', () => {
  const shown = pages.flatMap((page) => [...read(`docs/recipes/${page}`).matchAll(/\]\(\.\.\/\.\.\/((?:examples\/event-log|tests\/types)\/[\w-]+\.m[jt]s)\)/g)].map(([, file]) => ({ page, file })));

  it('include those of safe and of concurrent writes', () => {
    for (const wanted of ['idempotent-writes.md', 'optimistic-concurrency.md', 'typescript.md']) assert.ok(shown.some(({ page }) => page === wanted), wanted);
  });

  for (const { page, file } of shown) {
    it(`${page} shows ${file} as it is`, () => {
      const blocks = [...read(`docs/recipes/${page}`).matchAll(/^```[jt]s\n([^]*?)^```$/gm)].map(([, code]) => code);
      assert.ok(blocks.includes(read(file)));
    });
  }
});
