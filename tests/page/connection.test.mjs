/** The page's connection: always seen, made again, and to any host. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createInstance, fill, newInstance, openConnected, startAll } from './steps.mjs';
import { openPage, serveStatically, startHost } from './surroundings.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
before(async () => {
  all = await startAll();
});
after(() => all.end());

/** @param {import('playwright-core').Page} page */
const connection = (page) => page.getByRole('region', { name: 'Connection' });

/**
 * Notes what a part of the page shows from now on. Gives a function that waits until it has shown a text, be it for a moment.
 * @param {import('playwright-core').Locator} part
 */
const noteTexts = async (part) => {
  const texts = await part.evaluateHandle((element) => {
    /** @type {string[]} */
    const noted = [];
    new MutationObserver(() => noted.push(element.textContent ?? '')).observe(element, { subtree: true, childList: true, characterData: true });
    return noted;
  });
  return async (/** @type {RegExp} */ wanted) => {
    const end = Date.now() + 10_000;
    for (;;) {
      const noted = await texts.jsonValue();
      if (noted.some((text) => wanted.test(text))) return;
      assert.ok(Date.now() < end, `never shown: ${wanted}; shown was ${JSON.stringify(noted)}`);
      await part.page().waitForTimeout(20);
    }
  };
};

test('a host that dies is told at once, forms keep what they hold, and when it is back the page goes on by itself', async () => {
  const first = await startHost();
  const { page, context, faults } = await openPage(all.browser, first.page);
  await connection(page).getByText('Connected', { exact: true }).waitFor();
  await createInstance(page, 'survivor', '');
  await page.getByRole('link', { name: 'Open “survivor”' }).waitFor();

  await first.kill();
  await connection(page).getByText('Reconnecting…').waitFor();
  await connection(page).getByText(/Attempt \d+/).waitFor();
  await page.getByRole('link', { name: 'survivor', exact: true }).waitFor();
  await createInstance(page, 'meanwhile', 'made while the host is away');
  await page.getByRole('alert').getByText(/^Not sent: there is no connection/).waitFor();

  const second = await startHost({ data: first.data, port: first.port });
  await connection(page).getByText('Connected', { exact: true }).waitFor({ timeout: 15_000 });
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'meanwhile');
  await page.getByRole('button', { name: 'Create instance' }).click();
  await page.getByText('“meanwhile” was created.').waitFor();
  await page.getByRole('link', { name: 'survivor', exact: true }).waitFor();
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('ERR_CONNECTION')),
    [],
  );
  await context.close();
  await second.kill();
});

test('an open list of events goes on after the host was away', async () => {
  const first = await startHost();
  const { page, context } = await openPage(all.browser, first.page);
  await connection(page).getByText('Connected', { exact: true }).waitFor();
  await createInstance(page, 'interrupted', '');
  await page.getByRole('link', { name: 'Open “interrupted”' }).click();
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('link', { name: 'See the events' }).click();
  await page.getByText('1 event, newest first').waitFor();
  await first.kill();
  await page.getByText('Paused').waitFor();
  await page.getByText('1 event, newest first').waitFor();
  await connection(page).getByText(/Attempt [2-9]/).waitFor();
  const shown = await noteTexts(connection(page));
  await page.getByRole('button', { name: 'Reconnect now' }).click();
  // The first attempt is made after a random part of half a second, so its announcement may stand there for a moment only.
  await shown(/Attempt 1(?!\d)/);
  const second = await startHost({ data: first.data, port: first.port });
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 15_000 });
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('link', { name: 'See the events' }).click();
  await page.getByText('2 events, newest first').waitFor();
  await context.close();
  await second.kill();
});

test('without a host the page says why, and connects to another one whose address is typed; the URL then names it', async () => {
  const { page, context } = await openPage(all.browser, `${all.host.page}?host=ws://127.0.0.1:9/codebolt`);
  await connection(page).getByText('Connecting…').waitFor();
  await connection(page).getByText(/No host answers at ws:\/\/127\.0\.0\.1:9\//).waitFor();
  await page.getByText('The list appears as soon as there is a connection.').waitFor();

  await page.getByLabel('Host address').fill('ftp://nowhere');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('alert').getByText('The address must begin with ws:// or wss://').waitFor();
  await page.getByLabel('Host address').fill(`127.0.0.1:${all.host.port}`);
  await page.keyboard.press('Enter');
  await connection(page).getByText('Connected', { exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('host'), all.host.url);
  await page.reload();
  await connection(page).getByText('Connected', { exact: true }).waitFor();
  await context.close();
});

/** @param {import('playwright-core').Locator} part */
const opacity = (part) =>
  part.evaluate((element) => {
    let least = 1;
    for (let at = element; at; at = at.parentElement) least *= Number(getComputedStyle(at).opacity);
    return least;
  });

test('after connecting to a host that is not there, the former host’s data is dimmed and cannot be used, and one step leads back', async () => {
  const id = await newInstance(all, 'of the former host');
  await fill(all, id, 3);
  const { page, context } = await openConnected(all, { at: `/instances/${id}/query?limit=2` });
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('1–2 of 3 events').waitFor();
  assert.equal(await opacity(page.getByText('1–2 of 3 events')), 1);

  const dead = 'ws://127.0.0.1:9/codebolt';
  await page.getByLabel('Host address').fill(dead);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await connection(page).getByText(`No host answers at ${dead}`).waitFor();
  await page.getByText(`The data below is from ${all.host.url}.`).waitFor();
  const result = page.getByText('1–2 of 3 events');
  assert.ok((await opacity(result)) < 0.6, 'it is seen to be held back');
  assert.ok(await result.evaluate((element) => element.closest('[inert]') !== null), 'and takes no clicks and no keys');
  await page.getByLabel('Limit').evaluate((input) => input.focus());
  assert.equal(await page.evaluate(() => document.activeElement === document.body || !document.activeElement?.closest('main')), true);

  await page.getByRole('button', { name: `Back to ${all.host.url}` }).click();
  await connection(page).getByText('Connected', { exact: true }).waitFor();
  assert.equal(await opacity(result), 1);
  assert.equal(await page.getByText('The data below is from').count(), 0);
  assert.equal(await page.getByLabel('Limit').inputValue(), '2', 'what was typed and shown is still there');
  assert.equal(new URL(page.url()).searchParams.get('host'), all.host.url);
  await context.close();
});

test('after connecting to another host, nothing of the former one is left', async () => {
  await newInstance(all, 'only on the first');
  const other = await startHost();
  const { page, end } = await openConnected(all);
  await page.getByRole('link', { name: 'only on the first' }).waitFor();
  await page.getByLabel('Host address').fill(other.url);
  await page.keyboard.press('Enter');
  await page.getByText('This host has no instances yet.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'only on the first' }).count(), 0);
  await end();
  await other.kill();
});

test('the page works from any static server, in any folder, with the host named in its URL', async () => {
  const server = await serveStatically();
  const { page, context, faults } = await openPage(all.browser, `${server.address}?host=${all.host.url}#/examples`);
  await connection(page).getByText('Connected', { exact: true }).waitFor();
  await page.getByRole('heading', { level: 1, name: 'Examples' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
  server.close();
});

test('from a static server with no host at all the page says so, shows its examples, and an example says why it cannot run', async () => {
  const server = await serveStatically();
  const { page, context, faults } = await openPage(all.browser, server.address);
  await connection(page).getByText(/No host answers at ws:/).waitFor();
  await page.getByText('The list appears as soon as there is a connection.').waitFor();
  await page.getByRole('link', { name: 'Examples' }).click();
  assert.match(await page.getByRole('region', { name: 'Code of example 6' }).innerText(), /getOrCreateInstance/);
  await page.getByRole('button', { name: 'Run example 1' }).click();
  await page.getByRole('log').first().getByText(/^Not run: there is no connection\. No host answers at ws:/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
  server.close();
});

test('the first view is at most 150 KB gzip, WebAssembly included, and brings no chart library', async () => {
  await newInstance(all, 'weighed');
  await fill(all, 'weighed', 1);
  const { page, context } = await openPage(all.browser, 'about:blank');
  /** @type {Map<string, Promise<number>>} */
  const sizes = new Map();
  page.on('response', (response) => {
    if (response.url().startsWith(all.host.page)) sizes.set(response.url(), response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(all.host.page);
  await page.getByRole('listitem').filter({ hasText: 'weighed' }).getByText('1 event').waitFor();
  const entries = await Promise.all([...sizes].map(async ([url, size]) => /** @type {const} */ ([url, await size])));
  const total = entries.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(entries.some(([url]) => url.endsWith('.wasm')));
  assert.ok(total <= 150 * 1024, `${total} bytes: ${JSON.stringify(entries)}`);
  console.log(`first view: ${(total / 1024).toFixed(1)} KB gzip in ${entries.length} files`);
  const id = (await all.log.getInstance('weighed')).data.instance.id;
  await page.goto(`${all.host.page}#/instances/${id}/charts`);
  await page.locator('canvas').first().waitFor();
  assert.ok([...sizes.keys()].some((url) => url.includes('ChartsView')), 'the charts come when they are wanted');
  assert.ok(!entries.some(([url]) => url.includes('ChartsView')));
  await context.close();
});

test('an address that leads nowhere in the page, and an instance that is not there, say so and lead back', async () => {
  const { page, end } = await openConnected(all, { at: '/nowhere' });
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await page.goto(`${all.host.page}#/instances/no-such-id`);
  await page.getByRole('heading', { name: 'This instance cannot be shown' }).waitFor();
  await page.getByRole('alert').getByText(/no-such-id/).waitFor();
  await page.getByRole('link', { name: 'All instances' }).click();
  await page.getByRole('heading', { level: 1, name: 'Instances' }).waitFor();
  await end();
});
