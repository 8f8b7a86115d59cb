/** What the page's URL carries: tab, stream, selected event and query. Links, reload, back and forward lead there. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fill, newInstance, openConnected, startAll } from './steps.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
let id = '';
before(async () => {
  all = await startAll();
  id = await newInstance(all, 'linked');
  await fill(all, id, 3_000, (index) => ({
    streamId: `order-${1 + (index % 12)}`,
    eventType: `Type${index}`,
    payload: { index },
  }));
});
after(() => all.end());

/** @param {import('playwright-core').Page} page */
const parts = (page) => ({
  events: page.getByRole('listbox', { name: 'Events, newest first' }),
  streams: page.getByRole('listbox', { name: 'Streams' }),
  selected: page.getByRole('region', { name: 'Selected event' }),
  hash: () => new URL(page.url()).hash,
});

test('streams are sorted as a person sorts them: order-2 before order-10', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  const { streams } = parts(page);
  await streams.getByRole('option', { name: 'order-12' }).waitFor();
  const names = await streams.getByRole('option').locator('.ellipsis').allInnerTexts();
  assert.deepEqual(names, ['All streams', ...Array.from({ length: 12 }, (_, index) => `order-${index + 1}`)]);
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  const suggested = page.locator('datalist').first().locator('option');
  await suggested.nth(11).waitFor({ state: 'attached' });
  assert.deepEqual(await suggested.evaluateAll((options) => options.map((option) => option.value)), names.slice(1));
  await end();
});

test('a selected event stands in the URL: reload, back, forward and a link show it, selected and in sight', async () => {
  const { page, context, end } = await openConnected(all, { at: `/instances/${id}` });
  const { events, streams, selected, hash } = parts(page);
  await events.getByRole('option').first().getByText('Type2999').waitFor();
  await events.getByRole('option').nth(1).click();
  await selected.getByRole('heading', { name: 'Type2998' }).waitFor();
  assert.equal(hash(), `#/instances/${id}?event=2999`);
  await streams.getByRole('option', { name: 'order-3', exact: true }).or(streams.getByRole('option', { name: /^order-3\b/ })).first().click();
  await page.getByText('250 events, newest first').waitFor();
  await events.getByRole('option').nth(2).click();
  await selected.getByRole('heading', { name: 'Type2966' }).waitFor();
  const link = page.url();
  assert.equal(hash(), `#/instances/${id}?stream=order-3&event=248`);

  await page.goBack();
  await page.goBack();
  await selected.getByRole('heading', { name: 'Type2998' }).waitFor();
  await page.getByRole('heading', { name: /^All events/ }).waitFor();
  await page.goBack();
  await selected.getByText('Select an event').waitFor();
  for (let steps = 0; steps < 3; steps += 1) await page.goForward();
  await selected.getByRole('heading', { name: 'Type2966' }).waitFor();
  assert.equal(page.url(), link);
  await page.reload();
  await selected.getByRole('heading', { name: 'Type2966' }).waitFor();
  await page.getByRole('heading', { name: /^Stream order-3/ }).waitFor();

  const other = await context.newPage();
  await other.goto(`${all.host.page}#/instances/${id}?event=7`);
  await parts(other).selected.getByRole('heading', { name: 'Type6', exact: true }).waitFor();
  const row = parts(other).events.getByRole('option', { selected: true });
  await row.getByText('Type6', { exact: true }).waitFor();
  assert.ok(
    await row.evaluate((option) => {
      const list = option.closest('[role=listbox]').getBoundingClientRect();
      const { top, bottom } = option.getBoundingClientRect();
      return top >= list.top - 1 && bottom <= list.bottom + 1;
    }),
    'the selected row is in sight',
  );
  await other.goto(`${all.host.page}#/instances/${id}?event=99999`);
  await parts(other).selected.getByText('There is no event 99,999 in this list.').waitFor();
  await end();
});

test('stepping through events with the keyboard leaves one step in the history, and the URL at the last one', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  const { events, selected, hash } = parts(page);
  await events.getByRole('option').first().getByText('Type2999').waitFor();
  await events.focus();
  const before = await page.evaluate(() => history.length);
  for (let steps = 0; steps < 80; steps += 1) await page.keyboard.press('ArrowDown');
  await selected.getByRole('heading', { name: 'Type2920' }).waitFor();
  await page.waitForFunction(() => location.hash.endsWith('?event=2921'));
  assert.equal(await page.evaluate(() => history.length), before + 1);
  await page.goBack();
  await selected.getByText('Select an event').waitFor();
  assert.equal(hash(), `#/instances/${id}`);
  await end();
});

test('a query stands in the URL: back leads to the one before with its result, reload and a link run it', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}/query` });
  await page.getByRole('button', { name: 'Add a condition' }).click();
  const condition = page.getByRole('group', { name: 'Condition 1' });
  await condition.getByLabel('Field').fill('payload.index');
  await condition.getByLabel('Operator').selectOption('between');
  await condition.getByLabel('Value').fill('10, 19');
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('1–10 of 10 events').waitFor();
  await condition.getByLabel('Value').fill('10, 14');
  await page.getByLabel('Fields').fill('event_type');
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('1–5 of 5 events').waitFor();
  const link = page.url();
  assert.deepEqual(
    [...new URLSearchParams(new URL(link).hash.split('?')[1])],
    [
      ['select', 'event_type'],
      ['field', 'payload.index'],
      ['operator', 'between'],
      ['value', '10, 14'],
      ['run', ''],
    ],
  );

  await page.goBack();
  await page.getByText('1–10 of 10 events').waitFor();
  assert.equal(await condition.getByLabel('Value').inputValue(), '10, 19');
  assert.equal(await page.getByLabel('Fields').inputValue(), '');
  await page.goForward();
  await page.getByText('1–5 of 5 events').waitFor();
  await page.reload();
  await page.getByText('1–5 of 5 events').waitFor();
  assert.equal(await condition.getByLabel('Operator').inputValue(), 'between');

  // Another browser knows nothing of what was typed here.
  const stranger = await all.browser.newContext();
  const other = await stranger.newPage();
  await other.goto(link);
  await other.getByText('1–5 of 5 events').waitFor();
  assert.equal(await other.getByLabel('Fields').inputValue(), 'event_type');
  await stranger.close();

  await page.getByLabel('Limit').fill('3');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  assert.equal(await page.getByLabel('Limit').inputValue(), '3', 'what was typed is there after a look elsewhere');
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.equal(await page.getByLabel('Limit').inputValue(), '');
  await page.reload();
  assert.equal(await page.getByRole('group', { name: 'Condition 1' }).count(), 0, 'an emptied form stays empty');
  assert.equal(await page.getByLabel('Fields').inputValue(), '');
  await end();
});

test('the charts’ stream and fields stand in the URL', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}/charts?stream=order-2&by=stream_id` });
  await page.getByRole('img', { name: 'Events by stream_id' }).waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Stream' }).inputValue(), 'order-2');
  await page.getByLabel('By field').fill('event_type');
  await page.waitForFunction(() => location.hash.endsWith('?stream=order-2'));
  await page.reload();
  await page.getByRole('img', { name: 'Events by event_type' }).waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Stream' }).inputValue(), 'order-2');
  await end();
});
