/** "Try it here": the page on a host of its own, from a plain server of files. No other host runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { append, connected, create, parts, saved, startWithoutHost, stored } from './own-host-steps.mjs';
import { createInstance, judgedByAxe } from './steps.mjs';
import { SCREENSHOTS, hostBinary, openPage, startHost, temporaryFolder } from './surroundings.mjs';

/** @type {Awaited<ReturnType<typeof startWithoutHost>>} */
let all;
before(async () => {
  all = await startWithoutHost();
});
after(() => all.end());

test('from a server of files with no host: one button, and one creates, appends, queries and charts; it says that it is here only', async () => {
  const { page, context, faults } = await openPage(all.browser, all.server.address);
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
  const { page, context, faults } = await all.open({ at: '/examples' });
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
  const { page, context } = await all.open();
  await create(page, 'passing');
  await page.getByRole('link', { name: 'Open “passing”' }).click();
  await append(page, 'Passed');
  await page.getByLabel('How many').fill('20000');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('20,001 events, newest first').waitFor();
  await page.reload();
  await connected(page);
  await page.getByRole('heading', { name: 'This instance cannot be shown' }).waitFor();
  await page.getByRole('link', { name: 'All instances' }).click();
  await page.getByText('This host has no instances yet.').waitFor();
  assert.deepEqual(await stored(page), []);
  await context.close();
});

test('an instance is downloaded as codebolt-host takes it in', async () => {
  const { page, context } = await all.open();
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

test('from a page that a host serves one goes to the page’s own host and back, and neither shows what the other has', async () => {
  const host = await startHost();
  const { page, context, faults } = await openPage(all.browser, host.page);
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

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  test(`at ${width} px the way to it and what it says fit and are judged by axe`, async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const { page, context } = await openPage(all.browser, all.server.address, { viewport: { width, height } });
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
