/** Instances in the page: made, found, renamed, counted, deleted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createInstance, fill, openConnected, startAll } from './steps.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
before(async () => {
  all = await startAll();
});
after(() => all.end());

test('an empty host says what to do next, and an instance that is created shows up in the list and in the host', async () => {
  const { page, end } = await openConnected(all);
  await page.getByText('This host has no instances yet.').waitFor();
  await page.getByRole('link', { name: 'Run an example' }).waitFor();

  await createInstance(page, 'orders', 'Every step of every order');
  await page.getByText('“orders” was created.').waitFor();
  const card = page.getByRole('listitem').filter({ hasText: 'orders' });
  await card.getByText('Every step of every order').waitFor();
  await card.getByText('0 events').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), '', 'the form is ready for the next one');

  const { data } = await all.log.getInstance('orders');
  assert.equal(data.instance.description, 'Every step of every order');
  await end();
});

test('a name that is taken shows the host’s answer, keeps the form and leads to the existing instance', async () => {
  const { data } = await all.log.createInstance('taken');
  const { page, end } = await openConnected(all);
  await createInstance(page, 'taken', 'A second one');
  const answer = page.getByRole('alert');
  await answer.getByText(/already exists/).waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'taken');
  assert.equal(await page.getByLabel('Description (optional)').inputValue(), 'A second one');
  await answer.getByRole('button', { name: 'Open the existing “taken”' }).click();
  await page.getByRole('heading', { level: 1, name: 'taken' }).waitFor();
  assert.ok(page.url().endsWith(`#/instances/${data.instance.id}`));
  await end();
});

test('an instance without a name is not sent', async () => {
  const { page, end } = await openConnected(all);
  await createInstance(page, '   ', '');
  await page.getByRole('alert').getByText('An instance needs a name.').waitFor();
  await end();
});

test('the list counts events as they come, and the filter narrows it', async () => {
  await all.log.createInstance('counted');
  await all.log.createInstance('other');
  const { page, end } = await openConnected(all);
  const card = page.getByRole('listitem').filter({ hasText: 'counted' });
  await card.getByText('0 events').waitFor();
  await fill(all, 'counted', 3);
  await card.getByText('3 events').waitFor();
  await page.getByLabel('Filter by name or description').fill('COUNT');
  await page.getByText(/^1 of \d+ instances$/).waitFor();
  assert.equal(await page.getByRole('listitem').count(), 1);
  await end();
});

test('renaming changes name and description; a taken name is refused in the dialog, which stays as it was', async () => {
  await all.log.createInstance('before');
  await all.log.createInstance('occupied');
  const { page, end } = await openConnected(all);
  await page.getByRole('button', { name: 'Rename: before' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('occupied');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText(/exists/).waitFor();
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), 'occupied');
  await dialog.getByLabel('Name', { exact: true }).fill('afterwards');
  await dialog.getByLabel('Description').fill('Renamed');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'afterwards' }).waitFor();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await all.log.getInstance('afterwards')).data.instance.description, 'Renamed');
  await end();
});

test('statistics say how many events, streams and types there are', async () => {
  await all.log.createInstance('numbers');
  await fill(all, 'numbers', 12, (index) => ({ streamId: `s${index % 3}`, eventType: `T${index % 4}` }));
  const { page, end } = await openConnected(all);
  await page.getByRole('button', { name: 'Statistics: numbers' }).click();
  const facts = page.getByRole('dialog').locator('.facts');
  await facts.getByText('Event types').waitFor();
  assert.match(await facts.innerText(), /Events\s+12\s+Streams\s+3\s+Event types\s+4/);
  await end();
});

test('deleting asks first and names what goes; it can be called off, and done', async () => {
  await all.log.createInstance('doomed');
  await fill(all, 'doomed', 2);
  const { page, end } = await openConnected(all);
  const remove = page.getByRole('button', { name: 'Delete: doomed' });
  await remove.click();
  await page.getByRole('dialog').getByText('deletes the instance and its 2 events').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal((await all.log.getInstance('doomed')).success, true);
  assert.equal(await remove.evaluate((button) => button === document.activeElement), true, 'the focus is back');

  await remove.click();
  await page.getByRole('button', { name: 'Delete “doomed”' }).click();
  await page.getByRole('link', { name: 'doomed' }).waitFor({ state: 'detached' });
  assert.equal((await all.log.getInstance('doomed')).success, false);
  await end();
});
