/** What the page's own host holds, kept in the browser: over reloads, for one tab at a time, with a storage that is full or damaged. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { append, beginWorkersWith, connected, create, parts, saved, startWithoutHost, stored } from './own-host-steps.mjs';
import { openPage } from './surroundings.mjs';

/** @type {Awaited<ReturnType<typeof startWithoutHost>>} */
let all;
before(async () => {
  all = await startWithoutHost();
});
after(() => all.end());

test('with “Keep in this browser” all is there again after a reload and in the next tab, also what was written just before', async () => {
  const { page, context, faults } = await all.open();
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
  const { page: first, context } = await all.open();
  await create(first, 'shared');
  await parts(first).keep.click();
  await saved(first);
  const { page: second } = await all.open({ context });
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
  const { page: first, context } = await all.open();
  await connected(first);
  const { page: second } = await all.open({ context });
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

  const { page: third } = await all.open({ context, at: '/examples' });
  await parts(third).connection.getByText(/open in another tab/).waitFor();
  await second.close();
  await connected(third);
  await third.close();
  const { page: fourth } = await all.open({ context });
  await fourth.getByRole('link', { name: 'of the first', exact: true }).waitFor();
  await context.close();
});

test('what is kept goes when one says so: with “Delete what is kept” here and in the browser, with the switch in the browser alone', async () => {
  const { page, context } = await all.open();
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

test('what could not be deleted from the browser is still kept, with what is written afterwards', async () => {
  const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
  const { keep, note } = parts(page);
  const takeBack = await beginWorkersWith(
    context,
    `const { clear } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.clear = () => {
      IDBObjectStore.prototype.clear = clear;
      throw new DOMException('Internal error.', 'UnknownError');
    };`,
  );
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await create(page, 'before');
  await keep.click();
  await saved(page);
  await keep.click();
  await note.getByRole('alert').getByText(/^Not done: the browser’s storage cannot be used \(Internal error\.\)/).waitFor();
  assert.equal(await keep.isChecked(), true);
  await create(page, 'afterwards');
  await saved(page);
  await takeBack();
  await page.reload();
  await page.getByRole('link', { name: 'afterwards', exact: true }).waitFor();
  await keep.click();
  await note.getByText(/^Saved at/).waitFor({ state: 'detached' });
  assert.deepEqual(await stored(page), []);
  await context.close();
});

test('a full storage is told with what to do; what was kept before stays, and the next attempt saves all', async () => {
  const { page, context } = await all.open();
  const { keep, note } = parts(page);
  const debug = await context.newCDPSession(page);
  const { origin } = new URL(all.server.address);
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
  const { page, context } = await all.open();
  await create(page, 'damaged');
  await parts(page).keep.click();
  await saved(page);
  await page.goto(`${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
  const text = '{"format":"codebolt-event-log","version":99}\n';
  await stored(page, { snapshot: [...new TextEncoder().encode(text)] });
  await page.goto(`${all.server.address}?host=memory:`);
  await parts(page).connection.getByText(/^What is kept in this browser cannot be read \(.*line 1: /).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download what is kept' }).click()]);
  assert.equal(readFileSync(await file.path(), 'utf8'), text);
  await page.getByRole('button', { name: 'Delete what is kept' }).click();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await connected(page);
  await page.getByText('This host has no instances yet.').waitFor();
  await context.close();
});

test('what was written and not saved yet when the page is left is saved then', async () => {
  const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
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
