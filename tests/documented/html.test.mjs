/** The pages (`html`) of the documentation in Chromium, served as it says: by codebolt-host, from a project with the package. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, it } from 'node:test';
import { openPage, startBrowser } from '../page/surroundings.mjs';
import { freshHost } from './hosts.mjs';
import { pages } from './pages.mjs';

const project = process.env.CODEBOLT_PROJECT;
assert.ok(project, 'run these tests with `cargo xtask test documented`');

const found = pages.flatMap(({ page, blocks }) =>
  blocks.flatMap((block, at) => (block.language === 'html' ? [{ page, ...block, script: blocks[at + 1] }] : [])),
);
// Browsers ask for it by themselves.
writeFileSync(path.join(project, 'favicon.ico'), '');
const browser = await startBrowser();
after(() => browser.close());

it('there are pages', () => assert.ok(found.length > 0));

for (const { page, code, line, script } of found) {
  it(`${page}, line ${line}: shows what it says`, async (t) => {
    const file = `page-${line}.html`;
    assert.equal(script?.kind, 'page', 'the script of the page follows it');
    writeFileSync(path.join(project, 'page.js'), script.code);
    writeFileSync(path.join(project, file), code);
    const host = await freshHost('--www', project);
    t.after(() => host.stop());
    const opened = await openPage(browser, `http://127.0.0.1:${host.port}/${file}`);
    await opened.page.waitForFunction(() => document.body.innerText.trim() !== '');
    assert.match(await opened.page.innerText('body'), /^orders: PageOpened, number 1$/);
    assert.deepEqual(opened.faults, []);
    await opened.context.close();
  });
}
