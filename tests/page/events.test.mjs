/** An instance's events in the page: streams, the list, live arrivals, appending, generating. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fill, newInstance, openConnected, startAll } from './steps.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
before(async () => {
  all = await startAll();
});
after(() => all.end());

/** @param {import('playwright-core').Page} page */
const events = (page) => page.getByRole('listbox', { name: 'Events, newest first' });

test('events are listed newest first, a stream narrows them, and a selected one is shown whole', async () => {
  const id = await newInstance(all, 'listed');
  await fill(all, id, 60, (index) => ({
    streamId: index % 2 ? 'odd' : 'even',
    eventType: `Type${index}`,
    payload: { index },
    metadata: { by: 'test' },
  }));
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await events(page).getByRole('option').first().getByText('Type59').waitFor();
  await page.getByRole('listbox', { name: 'Streams' }).getByRole('option', { name: 'even' }).click();
  await events(page).getByRole('option').first().getByText('Type58').waitFor();
  await page.getByText('30 events, newest first').waitFor();
  await events(page).getByRole('option').nth(1).click();
  const chosen = page.getByRole('region', { name: 'Selected event' });
  await chosen.getByRole('heading', { name: 'Type56' }).waitFor();
  assert.match(await chosen.getByRole('region', { name: 'Payload' }).innerText(), /"index": 56/);
  assert.match(await chosen.getByRole('region', { name: 'Metadata' }).innerText(), /"by": "test"/);
  await end();
});

test('events of others come in live at the top, and who reads farther down stays where they are', async () => {
  const id = await newInstance(all, 'live');
  await fill(all, id, 300);
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await events(page).getByRole('option').first().getByText('Counted').waitFor();
  await fill(all, id, 1, () => ({ eventType: 'FromAnother' }));
  await events(page).getByRole('option').first().getByText('FromAnother').waitFor();

  await events(page).evaluate((list) => (list.scrollTop = 2_000));
  const topRow = () =>
    events(page).evaluate((list) => {
      const top = list.getBoundingClientRect().top;
      const row = [...list.querySelectorAll('[role=option]')].find((option) => option.getBoundingClientRect().top >= top);
      return { text: row?.querySelector('.event-stream')?.textContent, at: Math.round((row?.getBoundingClientRect().top ?? 0) - top) };
    });
  await page.waitForFunction(() => !document.querySelector('.is-waiting'));
  const former = await topRow();
  await fill(all, id, 7, () => ({ eventType: 'Later' }));
  await page.getByRole('button', { name: '7 new events' }).waitFor();
  assert.deepEqual(await topRow(), former);
  await page.getByRole('button', { name: '7 new events' }).click();
  await events(page).getByRole('option').first().getByText('Later').waitFor();
  await end();
});

test('events and streams whose request was lost with the connection are asked for anew', async () => {
  const id = await newInstance(all, 'lost');
  await fill(all, id, 300);
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await events(page).getByRole('option').first().getByText('Counted').waitFor();
  /** Has the connection end in place of the next frame with this text. @param {string} text */
  const loseOn = (text) =>
    page.evaluate((wanted) => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (data) {
        if (!String(data).includes(wanted)) return send.call(this, data);
        WebSocket.prototype.send = send;
        this.close(3000);
      };
    }, text);
  const isLost = () => page.waitForFunction(() => /\[native code\]/.test(String(WebSocket.prototype.send)));

  await loseOn('"offset":0');
  await events(page).evaluate((list) => (list.scrollTop = list.scrollHeight));
  await isLost();
  await events(page).getByRole('option').last().getByText('Counted').waitFor();
  await page.waitForFunction(() => !document.querySelector('.is-waiting'));

  await loseOn('groupBy');
  await fill(all, id, 1, () => ({ streamId: 'another', eventType: 'Counted' }));
  await isLost();
  await page.getByRole('listbox', { name: 'Streams' }).getByRole('option', { name: 'another' }).waitFor();
  await end();
});

test('a payload of HTML is shown as text, in the list, in full and in a query’s result, and nothing of it runs', async () => {
  const id = await newInstance(all, '<b>bold</b>');
  const hostile = '<img src=x onerror="window.wasRun = true">';
  await fill(all, id, 1, () => ({ streamId: hostile, eventType: hostile, payload: { text: hostile, [hostile]: 1 } }));
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await page.getByRole('heading', { level: 1, name: '<b>bold</b>' }).waitFor();
  const row = events(page).getByRole('option').first();
  await row.getByText(hostile).first().waitFor();
  await row.click();
  await page.getByRole('heading', { level: 2, name: hostile, exact: true }).waitFor();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByRole('cell', { name: hostile, exact: true }).first().waitFor();
  await page.getByRole('link', { name: 'Charts', exact: true }).click();
  await page.locator('canvas').first().waitFor();
  assert.equal(await page.locator('main img, main b').count(), 0);
  assert.equal(await page.evaluate(() => 'wasRun' in window), false);
  await end();
});

test('an event is appended from its form, which stays filled for the next one', async () => {
  const id = await newInstance(all, 'appended');
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await page.getByText('No events yet.').waitFor();
  await page.getByRole('link', { name: 'Append events' }).click();
  await page.getByLabel('Stream').fill('order-1');
  await page.getByLabel('Type').fill('OrderPlaced');
  await page.getByLabel('Payload').fill('{ "total": 12.5 }');
  await page.getByLabel('Metadata').fill('{ "user": "ada" }');
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByText('Stored as number 1 of stream “order-1”.').waitFor();
  assert.equal(await page.getByLabel('Payload').inputValue(), '{ "total": 12.5 }');
  const { data } = await all.log.queryEvents({ from: { instance: id } });
  assert.deepEqual(data.result.events.map(({ event_type, payload, metadata }) => ({ event_type, payload, metadata })), [
    { event_type: 'OrderPlaced', payload: { total: 12.5 }, metadata: { user: 'ada' } },
  ]);
  await end();
});

test('JSON that is wrong is told with its place, leads there, and is not sent; nothing typed is lost by looking elsewhere', async () => {
  const id = await newInstance(all, 'faulty');
  const { page, end } = await openConnected(all, { at: `/instances/${id}/append` });
  const wrong = '{\n  "a": 1,\n  "b" 2\n}';
  await page.getByLabel('Payload').fill(wrong);
  await page.getByText('Line 3, column 7: expected a colon.').waitFor();
  await page.getByRole('button', { name: 'Go to the place' }).click();
  assert.deepEqual(
    await page.getByLabel('Payload').evaluate((area) => [document.activeElement === area, area.selectionStart]),
    [true, wrong.indexOf('2')],
  );
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('alert').getByText('Not sent').waitFor();
  assert.equal((await all.log.getInstanceStats(id)).data.eventCount, 0);
  await page.getByRole('link', { name: 'Examples' }).click();
  await page.getByRole('heading', { level: 1, name: 'Examples' }).waitFor();
  await page.goBack();
  assert.equal(await page.getByLabel('Payload').inputValue(), wrong);
  await page.reload();
  assert.equal(await page.getByLabel('Payload').inputValue(), wrong);
  await end();
});

test('a generated batch shows its progress and is stored whole', async () => {
  const id = await newInstance(all, 'generated');
  const { page, end } = await openConnected(all, { at: `/instances/${id}/append` });
  await page.getByLabel('How many').fill('100,001');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('alert').getByText('Expected a whole number from 1 to 100,000, got “100,001”').waitFor();
  await page.getByLabel('How many').fill('2500');
  await page.getByLabel('What about').selectOption('requests');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByText('2,500 of 2,500 events appended').waitFor();
  assert.equal(await page.getByRole('progressbar').evaluate((bar) => bar.value / bar.max), 1);
  assert.equal((await all.log.getInstanceStats(id)).data.eventCount, 2500);
  await end();
});

test('a generation of 100,000 can be cancelled, and the page says exactly how many were stored', async () => {
  const id = await newInstance(all, 'cancelled');
  const { page, end } = await openConnected(all, { at: `/instances/${id}/append` });
  await page.getByLabel('How many').fill('100000');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  const said = await page.getByText(/· cancelled$/).innerText();
  const stored = Number(said.split(' of ')[0].replaceAll(',', ''));
  assert.ok(stored > 0 && stored < 100_000, said);
  assert.equal((await all.log.getInstanceStats(id)).data.eventCount, stored);
  await end();
});

test('100,000 events are one list with few rows in the document, and both ends of it are quickly there', async () => {
  const id = await newInstance(all, 'many');
  await fill(all, id, 100_000);
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await page.getByText('100,000 events, newest first').waitFor();
  const option = (/** @type {number} */ number) => events(page).getByText(`#${number}`, { exact: true });
  await option(100_000).waitFor();
  await events(page).focus();
  await page.keyboard.press('End');
  await option(1).waitFor();
  await page.keyboard.press('Home');
  await option(100_000).waitFor();

  // Scrolled as a person does, some 2,000 rows in 90 frames: few rows at any time, and no page of events asked for twice.
  /** @type {number[]} */
  const offsets = [];
  const socket = page.waitForEvent('websocket');
  await page.getByRole('button', { name: 'Connect' }).click();
  (await socket).on('framesent', ({ payload }) => {
    const { query } = JSON.parse(String(payload)).params ?? {};
    // Live arrivals are asked for beyond the end.
    if (query?.limit === 100 && query.offset < 100_000) offsets.push(query.offset);
  });
  await page.getByText('Live', { exact: true }).waitFor();
  const most = await events(page).evaluate(
    (list) =>
      new Promise((resolve) => {
        let frames = 0;
        let rows = 0;
        const step = () => {
          rows = Math.max(rows, list.querySelectorAll('[role=option]').length);
          list.scrollTop += 900;
          frames += 1;
          if (frames < 90) requestAnimationFrame(step);
          else resolve(rows);
        };
        requestAnimationFrame(step);
      }),
  );
  assert.ok(most < 100, `${most} rows at once`);
  await page.waitForFunction(() => !document.querySelector('.is-waiting'));
  assert.ok(offsets.length >= 15 && offsets.length <= 25, `pages asked for: ${offsets}`);
  assert.equal(new Set(offsets).size, offsets.length, `pages asked for: ${offsets}`);
  await end();
});
