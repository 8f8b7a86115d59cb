/** "Try it here": the page on a host of its own, from a plain server of files. No other host runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createInstance, judgedByAxe } from './steps.mjs';
import { SCREENSHOTS, hostBinary, openPage, serveStatically, startBrowser, startHost, temporaryFolder } from './surroundings.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serveStatically>>} */
let server;
before(async () => {
  server = await serveStatically();
  browser = await startBrowser();
});
after(async () => {
  await browser.close();
  server.close();
});

/** @param {import('playwright-core').Page} page */
const parts = (page) => ({
  connection: page.getByRole('region', { name: 'Connection' }),
  note: page.getByRole('region', { name: 'Host in this page' }),
  keep: page.getByRole('switch', { name: 'Keep in this browser' }),
  events: page.getByRole('listbox', { name: 'Events, newest first' }),
});

/** @param {import('playwright-core').Page} page */
const connected = (page) => parts(page).connection.getByText('Connected', { exact: true }).waitFor();
/** @param {import('playwright-core').Page} page */
const saved = (page) => parts(page).note.getByText(/^Saved at/).waitFor();

/**
 * Opens the page on its own host.
 * @param {{ context?: import('playwright-core').BrowserContext, at?: string }} [where]
 */
async function open({ context, at = '/' } = {}) {
  const address = `${server.address}?host=memory:#${at}`;
  if (context) {
    const page = await context.newPage();
    await page.goto(address);
    return { page, context, faults: [] };
  }
  return openPage(browser, address);
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
async function create(page, name) {
  await createInstance(page, name, '');
  await page.getByText(`“${name}” was created.`).waitFor();
}

/**
 * Appends an event to the instance that is open.
 * @param {import('playwright-core').Page} page
 * @param {string} type
 */
async function append(page, type) {
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  await page.getByLabel('Type', { exact: true }).fill(type);
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('link', { name: 'See the events' }).waitFor();
}

/**
 * The keys of what the browser's storage holds, after other bytes were put there.
 * @param {import('playwright-core').Page} page
 * @param {Record<string, number[]>} [put]
 */
const stored = (page, put = {}) =>
  page.evaluate(
    (values) =>
      /** @type {Promise<string[]>} */ (
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('codebolt-event-log', 1);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const store = opening.result.transaction('kept', 'readwrite').objectStore('kept');
            for (const [key, value] of Object.entries(values)) store.put(new Uint8Array(value), key);
            const asking = store.getAllKeys();
            store.transaction.oncomplete = () => {
              opening.result.close();
              resolve(asking.result.map(String));
            };
          };
        })
      ),
    put,
  );

test('from a server of files with no host: one button, and one creates, appends, queries and charts; it says that it is here only', async () => {
  const { page, context, faults } = await openPage(browser, server.address);
  /** @type {string[]} */
  const fetched = [];
  page.on('request', (request) => fetched.push(request.url()));
  const { connection, note, events } = parts(page);
  await connection.getByText(/No host answers at ws:/).waitFor();
  await connection.getByRole('button', { name: 'Try it here', exact: true }).waitFor();
  assert.ok(!fetched.some((url) => url.includes('event-log')), 'the host’s module is fetched when it is chosen');
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await connected(page);
  assert.equal(new URL(page.url()).searchParams.get('host'), 'memory:');
  await note.getByText('This host is in this page only.').waitFor();
  await note.getByText('It is gone when this tab is closed').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Try it here/ }).count(), 0);

  await create(page, 'orders');
  await createInstance(page, 'orders', '');
  await page.getByRole('button', { name: 'Open the existing “orders”' }).click();
  await append(page, 'OrderPlaced');
  await page.getByRole('link', { name: 'See the events' }).click();
  await events.getByRole('option').first().getByText('OrderPlaced').waitFor();
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  await page.getByRole('button', { name: /^Generate/ }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await page.getByLabel('Limit').fill('1');
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText(/^1–1 of [\d,]{3,} events/).waitFor();
  await page.getByRole('link', { name: 'Charts', exact: true }).click();
  await page.locator('canvas').nth(2).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('the six examples run on it', async () => {
  const { page, context, faults } = await open({ at: '/examples' });
  await connected(page);
  const expected = [/"name": "visits"/, /"SettingChanged"/, /machines: /, /kept for two years/, /comes to 16\.5/, /The same instance, twice\./];
  for (const [index, text] of expected.entries()) {
    await page.getByRole('button', { name: `Run example ${index + 1}` }).click();
    await page.getByRole('log').nth(index).filter({ hasText: text }).waitFor();
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test('events that come in are seen live, and without being asked to the browser keeps nothing', async () => {
  const { page, context } = await open();
  await create(page, 'passing');
  await page.getByRole('link', { name: 'Open “passing”' }).click();
  await append(page, 'Passed');
  await page.getByRole('link', { name: 'See the events' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.reload();
  await connected(page);
  await page.getByRole('heading', { name: 'This instance cannot be shown' }).waitFor();
  await page.getByRole('link', { name: 'All instances' }).click();
  await page.getByText('This host has no instances yet.').waitFor();
  assert.deepEqual(await stored(page), []);
  await context.close();
});

test('with “Keep in this browser” all is there again after a reload and in the next tab, also what was written just before', async () => {
  const { page, context, faults } = await open();
  const { keep, note, events } = parts(page);
  await create(page, 'diary');
  await keep.click();
  await saved(page);
  assert.equal(await keep.isChecked(), true);
  await note.getByText('It is kept in this browser, and here again at your next visit.').waitFor();
  await page.getByRole('link', { name: 'Open “diary”' }).click();
  for (const type of ['First', 'Second', 'Third']) {
    await append(page, type);
    await page.reload();
    await connected(page);
  }
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByText('3 events, newest first').waitFor();
  await events.getByRole('option').first().getByText('Third').waitFor();
  const address = page.url();
  await saved(page);
  await page.close();
  const later = await context.newPage();
  await later.goto(address);
  await later.getByText('3 events, newest first').waitFor();
  assert.equal(await parts(later).keep.isChecked(), true);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a second tab does not get what is kept while the first has it, says so, and has it once the first is closed', async () => {
  const { page: first, context } = await open();
  await create(first, 'shared');
  await parts(first).keep.click();
  await saved(first);
  const { page: second } = await open({ context });
  await parts(second).connection.getByText(/^The event log of this browser is open in another tab\./).waitFor();
  assert.equal(await second.getByRole('link', { name: 'shared', exact: true }).count(), 0);
  assert.equal(await second.getByRole('button', { name: 'Delete what is kept' }).count(), 0);
  await create(first, 'later');
  await saved(first);
  await first.close();
  await connected(second);
  await second.getByRole('link', { name: 'shared', exact: true }).waitFor();
  await second.getByRole('link', { name: 'later', exact: true }).waitFor();
  await context.close();
});

test('a tab with data of its own replaces what another one kept only when it is told to, and can open that instead', async () => {
  const { page: first, context } = await open();
  await connected(first);
  const { page: second } = await open({ context });
  await create(second, 'of the second');
  await create(first, 'of the first');
  await parts(first).keep.click();
  await saved(first);
  await parts(second).keep.click();
  await parts(second).note.getByText(/^Not done: another tab keeps its event log in this browser/).waitFor();
  assert.equal(await parts(second).keep.isChecked(), false);
  await first.close();

  await parts(second).keep.click();
  const dialog = second.getByRole('dialog', { name: 'Something else is kept in this browser' });
  await dialog.getByText('Another tab kept 1 instance with 0 events').waitFor();
  await second.keyboard.press('Escape');
  assert.equal(await parts(second).keep.isChecked(), false);
  await parts(second).keep.click();
  await dialog.getByRole('button', { name: /^Open what is kept/ }).click();
  await second.getByRole('link', { name: 'of the first', exact: true }).waitFor();
  assert.equal(await second.getByRole('link', { name: 'of the second', exact: true }).count(), 0);

  const { page: third } = await open({ context, at: '/examples' });
  await parts(third).connection.getByText(/open in another tab/).waitFor();
  await second.close();
  await connected(third);
  await third.close();
  const { page: fourth } = await open({ context });
  await fourth.getByRole('link', { name: 'of the first', exact: true }).waitFor();
  await context.close();
});

test('what is kept goes when one says so: with “Delete what is kept” here and in the browser, with the switch in the browser alone', async () => {
  const { page, context } = await open();
  const { keep, note } = parts(page);
  await create(page, 'doomed');
  await keep.click();
  await saved(page);
  await keep.click();
  await note.getByText('It is gone when this tab is closed').waitFor();
  assert.deepEqual(await stored(page), []);
  await page.getByRole('link', { name: 'doomed', exact: true }).waitFor();

  await keep.click();
  await saved(page);
  assert.deepEqual(await stored(page), ['about', 'snapshot']);
  await page.getByRole('button', { name: 'Delete what is kept' }).click();
  await page.getByRole('dialog').getByText('all instances of this host with their events').waitFor();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByText('This host has no instances yet.').waitFor();
  assert.equal(await keep.isChecked(), false);
  assert.deepEqual(await stored(page), []);
  await page.reload();
  await page.getByText('This host has no instances yet.').waitFor();
  await context.close();
});

test('a full storage is told with what to do; what was kept before stays, and the next attempt saves all', async () => {
  const { page, context } = await open();
  const { keep, note } = parts(page);
  const debug = await context.newCDPSession(page);
  const { origin } = new URL(server.address);
  const allow = (/** @type {number} */ bytes) => debug.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes });
  await allow(1);
  await create(page, 'growing');
  await keep.click();
  await note.getByText(/^Not done: the browser has no room for it \([\d.]+ MB are wanted\)/).waitFor();
  assert.equal(await keep.isChecked(), false);
  assert.deepEqual(await stored(page), []);
  await allow(100_000);
  await keep.click();
  await saved(page);

  await page.getByRole('link', { name: 'Open “growing”' }).click();
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  await page.getByLabel('How many').fill('3000');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await note.getByRole('alert').getByText(/^Not kept: the browser has no room for it/).waitFor();
  assert.equal(await keep.isChecked(), true);
  await note.getByText(/^Saved at/).waitFor();
  await page.getByText('3,000 of 3,000 events appended').waitFor();
  await allow(1_000_000_000);
  await note.getByRole('button', { name: 'Try again' }).click();
  await note.getByRole('alert').waitFor({ state: 'detached' });
  await saved(page);
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.reload();
  await page.getByText('3,000 events, newest first').waitFor();
  await context.close();
});

test('what is kept and cannot be read is told, can be downloaded as it is, and is deleted only when one says so', async () => {
  const { page, context } = await open();
  await create(page, 'damaged');
  await parts(page).keep.click();
  await saved(page);
  await page.goto(`${server.address}?host=ws://127.0.0.1:9/codebolt`);
  const text = '{"format":"codebolt-event-log","version":99}\n';
  await stored(page, { snapshot: [...new TextEncoder().encode(text)] });
  await page.goto(`${server.address}?host=memory:`);
  await parts(page).connection.getByText(/^What is kept in this browser cannot be read \(.*line 1 is wrong/).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download what is kept' }).click()]);
  assert.equal(readFileSync(await file.path(), 'utf8'), text);
  await page.getByRole('button', { name: 'Delete what is kept' }).click();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await connected(page);
  await page.getByText('This host has no instances yet.').waitFor();
  await context.close();
});

test('an instance is downloaded as codebolt-host takes it in', async () => {
  const { page, context } = await open();
  await create(page, 'going home');
  await page.getByRole('link', { name: 'Open “going home”' }).click();
  await append(page, 'Packed');
  await append(page, 'Left');
  await page.getByRole('link', { name: 'Instances', exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download: going home' }).click()]);
  assert.equal(file.suggestedFilename(), 'going-home.jsonl');
  const folder = temporaryFolder();
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  const imported = spawnSync(hostBinary, ['import', path, '--data', join(folder, 'home.db')], { encoding: 'utf8' });
  assert.equal(imported.status, 0, imported.stderr);
  const exported = spawnSync(hostBinary, ['export', 'going home', '--data', join(folder, 'home.db')], { encoding: 'utf8' });
  const events = exported.stdout.split('\n').filter((line) => line.includes('"event_type"'));
  assert.deepEqual(events.map((line) => JSON.parse(line).event_type), ['Packed', 'Left']);
  await context.close();
});

test('a host whose files cannot be fetched says which, and the next attempt fetches them anew', async () => {
  const { page, context } = await openPage(browser, `${server.address}?host=ws://127.0.0.1:9/codebolt`);
  await context.route(/event-log_bg.*\.wasm$/, (route) => route.fulfill({ status: 404 }));
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await parts(page).connection.getByText(/^The host in this page could not be loaded: .*event-log_bg.*was answered with 404/).waitFor();
  await context.unroute(/event-log_bg.*\.wasm$/);
  await connected(page);
  await context.close();
});

test('a worker that cannot be started says so, and the next attempt starts another one', async () => {
  const { page, context } = await openPage(browser, `${server.address}?host=ws://127.0.0.1:9/codebolt`);
  await context.route(/\/worker-[^/]*\.js$/, (route) => route.fulfill({ status: 404 }));
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await parts(page).connection.getByText(/^The host in this page failed: its script could not be loaded/).waitFor();
  await context.unroute(/\/worker-[^/]*\.js$/);
  await connected(page);
  await context.close();
});

test('from a page that a host serves one goes to the page’s own host and back, and neither shows what the other has', async () => {
  const host = await startHost();
  const { page, context, faults } = await openPage(browser, host.page);
  await connected(page);
  await create(page, 'over there');
  await page.getByRole('link', { name: 'Open “over there”' }).click();
  await page.getByRole('button', { name: 'Try it here', exact: true }).click();
  await page.getByText('This host has no instances yet.').waitFor();
  await create(page, 'right here');
  await page.getByLabel('Host address').fill(host.url);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'over there', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'right here', exact: true }).count(), 0);
  assert.equal(await parts(page).note.count(), 0);
  await page.getByLabel('Host address').fill('memory:');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'right here', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'over there', exact: true }).count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
  await host.kill();
});

/**
 * Has the worker's script begin with something else, until that is taken back.
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} code
 */
async function beginWorkersWith(context, code) {
  const script = /\/worker-[^/]*\.js$/;
  await context.route(script, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
  return () => context.unroute(script);
}

for (const isKept of [true, false]) {
  test(`a host whose module fails is started anew by itself, ${isKept ? 'with what is kept' : 'and it is said that what it held is gone'}`, async () => {
    const { page, context } = await openPage(browser, `${server.address}?host=ws://127.0.0.1:9/codebolt`);
    const { keep, note } = parts(page);
    // A trap in the middle of a reply is nobody's to catch.
    const takeBack = await beginWorkersWith(
      context,
      `addEventListener('message', ({ data }) => {
        if (data.name === 'handle' && data.argument.includes('the last straw')) setTimeout(() => { throw new WebAssembly.RuntimeError('unreachable'); });
      });`,
    );
    await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
    await create(page, 'before');
    if (isKept) {
      await keep.click();
      await saved(page);
    }
    await takeBack();
    await createInstance(page, 'the last straw', '');
    await note.getByRole('alert').getByText(/^The host in this page failed: .*unreachable.*It was started anew/).waitFor();
    await connected(page);
    if (isKept) await page.getByRole('link', { name: 'before', exact: true }).waitFor();
    else await note.getByText(/what it held is gone: it was not kept\.$/).waitFor();
    if (!isKept) await page.getByText('This host has no instances yet.').waitFor();
    await note.getByRole('button', { name: 'Understood' }).click();
    await create(page, 'afterwards');
    await context.close();
  });
}

test('what was written and not saved yet when the page is left is saved then', async () => {
  const { page, context } = await openPage(browser, `${server.address}?host=ws://127.0.0.1:9/codebolt`);
  const { keep, note } = parts(page);
  // The moment after which it is saved by itself does not come.
  await beginWorkersWith(context, 'const later = setTimeout; globalThis.setTimeout = (work, delay) => later(work, delay + 60_000);');
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await connected(page);
  await keep.click();
  await saved(page);
  for (const name of ['left at once', 'left again']) {
    await create(page, name);
    await note.getByText('Saving…').waitFor();
    await page.reload();
    await page.getByRole('link', { name, exact: true }).waitFor();
  }
  await context.close();
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  test(`at ${width} px the way to it and what it says fit and are judged by axe`, async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const { page, context } = await openPage(browser, server.address, { viewport: { width, height } });
    const look = async (/** @type {string} */ name) => {
      assert.deepEqual(await judgedByAxe(page), [], name);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits`);
      await page.screenshot({ path: join(SCREENSHOTS, `own-host-${name}-${width}.png`) });
    };
    await parts(page).connection.getByText(/No host answers at ws:/).waitFor();
    await look('offer');
    await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
    await create(page, 'orders');
    await page.getByRole('listitem').waitFor();
    await look('open');
    await parts(page).keep.click();
    await saved(page);
    await look('kept');
    await page.getByRole('button', { name: 'Delete what is kept' }).click();
    await look('delete');
    await context.close();
  });
}
