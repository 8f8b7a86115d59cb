/** The built site in Chromium, served as GitHub Pages serves it: found by search, read on a phone and on a desk. Makes screenshots. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser } from '../page/surroundings.mjs';

const site = process.env.CODEBOLT_SITE ?? '';
const base = process.env.CODEBOLT_SITE_BASE ?? '/';
assert.ok(site, 'run these tests with `cargo xtask test docs`');
const SCREENSHOTS = process.env.CODEBOLT_SCREENSHOTS ?? fileURLToPath(new URL('../../target/site-screenshots', import.meta.url));
mkdirSync(SCREENSHOTS, { recursive: true });

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png' };

/** The file for an address: the one of that name, or the page, as with clean addresses. @param {string} at */
const fileOf = (at) => [at, `${at}.html`, path.join(at, 'index.html')].map((file) => path.join(site, file)).find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());

const server = createServer(({ url = '' }, response) => {
  const { pathname } = new URL(url, 'http://localhost');
  const file = pathname.startsWith(base) ? fileOf(decodeURIComponent(pathname.slice(base.length))) : undefined;
  if (!file) return void response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  response.writeHead(200, { 'content-type': /** @type {Record<string, string>} */ (TYPES)[path.extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const root = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}${base}`;
const browser = await startBrowser();
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

const PAGES = ['', 'guide/getting-started', 'guide/errors', 'recipes/live-read-model', 'api/event-log', 'host'];

describe('every page fits its screen, and says nothing to the console', () => {
  for (const width of [390, 1440]) {
    for (const at of PAGES) {
      it(`${at || 'home'} at ${width} px`, async () => {
        const { context, page, faults } = await openPage(browser, root + at, { viewport: { width, height: 900 } });
        await page.locator('h1').first().waitFor();
        const { scrollWidth, clientWidth } = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return { scrollWidth, clientWidth };
        });
        assert.ok(scrollWidth <= clientWidth, `${scrollWidth} px wide`);
        await page.screenshot({ path: path.join(SCREENSHOTS, `${at.replaceAll('/', '-') || 'home'}-${width}.png`) });
        assert.deepEqual(faults, []);
        await context.close();
      });
    }
  }
});

it('a word leads to its page by the search', async () => {
  const { context, page, faults } = await openPage(browser, root);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('searchbox').fill('stableAfter');
  const result = page.getByRole('option').first().getByRole('link');
  await result.waitFor();
  await page.screenshot({ path: path.join(SCREENSHOTS, 'search.png') });
  await page.getByRole('link').filter({ hasText: 'Reconnecting' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Reconnecting' }).waitFor();
  assert.ok(page.url().startsWith(`${root}guide/reconnecting`), page.url());
  assert.deepEqual(faults, []);
  await context.close();
});

it('the sidebar leads to each module', async () => {
  const { context, page } = await openPage(browser, `${root}api/event-log`, { viewport: { width: 1440, height: 900 } });
  const modules = await page.locator('.VPSidebar a[href*="/api/"]').count();
  assert.ok(modules > 60, `${modules} pages`);
  await context.close();
});
