/** The query builder, its result, and the charts. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fill, newInstance, openConnected, startAll } from './steps.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
let id = '';
before(async () => {
  all = await startAll();
  id = await newInstance(all, 'shop');
  await fill(all, id, 240, (index) => ({
    streamId: index % 4 ? 'web' : 'phone',
    eventType: ['Placed', 'Paid', 'Shipped'][index % 3],
    payload: { total: index, customer: index % 2 ? 'ada, "countess"' : '=1+1' },
  }));
});
after(() => all.end());

const openQuery = () => openConnected(all, { at: `/instances/${id}/query` });

test('every part of the query language can be filled in; the frame shown is the frame sent, and the code says the same', async () => {
  const { page, end } = await openQuery();
  await page.getByLabel('Stream').fill('web');
  for (const [number, [field, operator, value]] of [
    ['payload.total', 'between', '10, 200'],
    ['event_type', 'in', 'Placed, Paid'],
    ['payload.customer', 'contains', 'ada'],
  ].entries()) {
    await page.getByRole('button', { name: 'Add a condition' }).click();
    const condition = page.getByRole('group', { name: `Condition ${number + 1}` });
    await condition.getByLabel('Field').fill(field);
    await condition.getByLabel('Operator').selectOption(operator);
    await condition.getByLabel('Value').fill(value);
  }
  await page.getByLabel('Fields').fill('event_type, payload.total');
  await page.getByLabel('Order by').fill('payload.total');
  await page.getByLabel('Direction').selectOption('desc');
  await page.getByLabel('Limit').fill('20');
  await page.getByLabel('Offset').fill('1');

  const query = {
    from: { instance: 'shop', stream: 'web' },
    where: [
      { field: 'payload.total', operator: 'between', value: [10, 200] },
      { field: 'event_type', operator: 'in', value: ['Placed', 'Paid'] },
      { field: 'payload.customer', operator: 'contains', value: 'ada' },
    ],
    select: ['event_type', 'payload.total'],
    orderBy: { field: 'payload.total', direction: 'desc' },
    limit: 20,
    offset: 1,
  };
  const shown = await page.getByRole('region', { name: 'Frame on the wire' }).innerText();
  assert.equal(shown, `{"type":"eventLog.queryEvents","requestId":"…","params":${JSON.stringify({ query })}}`);
  const code = await page.getByRole('region', { name: 'JavaScript' }).innerText();
  const argument = code.slice(code.indexOf('queryEvents(') + 'queryEvents('.length, code.indexOf(');\n'));
  assert.deepEqual(Function(`return (${argument})`)(), query);

  // The socket was opened before; a new one is one whose frames can be listened to.
  const sent = new Promise((resolve) => {
    page.once('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => String(payload).includes('"offset":1}') && resolve(String(payload))),
    );
  });
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByRole('table').waitFor();
  assert.equal((await sent).replace(/"requestId":"[0-9a-f-]{36}"/, '"requestId":"…"'), shown);

  const { data } = await all.log.queryEvents(query);
  const rows = await page.getByRole('table').locator('tbody tr').allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s+/)), data.result.events.map((event) => [event.event_type, `${event['payload.total']}`]));
  await end();
});

test('a reduction gives a number, or a table of groups', async () => {
  const { page, end } = await openQuery();
  await page.getByLabel('Function').selectOption('avg');
  await page.getByLabel('Field', { exact: true }).fill('payload.total');
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('119.5', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Count by type' }).click();
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('1–3 of 3 groups').waitFor();
  const rows = await page.getByRole('table').locator('tbody tr').allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s+/)), [
    ['Paid', '80'],
    ['Placed', '80'],
    ['Shipped', '80'],
  ]);
  await end();
});


test('the result is paged through to its end and back, beyond the first answer too', async () => {
  const { page, end } = await openQuery();
  await page.getByRole('button', { name: 'Run query' }).click();
  const next = page.getByRole('button', { name: 'Next' });
  const previous = page.getByRole('button', { name: 'Previous' });
  for (const range of ['1–50', '51–100', '101–150', '151–200', '201–240']) {
    await page.getByText(`${range} of 240 events`).waitFor();
    if (range !== '201–240') await next.click();
  }
  assert.equal(await next.isDisabled(), true);
  const lastRow = page.getByRole('table').locator('tbody tr').last();
  assert.match(await lastRow.innerText(), /"total":239/);
  await previous.click();
  await page.getByText('151–200 of 240 events').waitFor();
  await previous.click();
  await page.getByText('101–150 of 240 events').waitFor();
  await previous.click();
  await page.getByText('51–100 of 240 events').waitFor();
  await end();
});

test('a result can be kept as JSON and as CSV, with awkward texts and no formula in it', async () => {
  const { page, end } = await openQuery();
  await page.getByLabel('Fields').fill('payload.total, payload.customer');
  await page.getByLabel('Limit').fill('2');
  await page.getByRole('button', { name: 'Run query' }).click();
  /** @param {string} name */
  const kept = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  const json = await kept('2 as JSON');
  assert.equal(json.name, 'events.json');
  assert.deepEqual(JSON.parse(json.text), [
    { 'payload.total': 0, 'payload.customer': '=1+1' },
    { 'payload.total': 1, 'payload.customer': 'ada, "countess"' },
  ]);
  const csv = await kept('2 as CSV');
  assert.equal(csv.name, 'events.csv');
  assert.equal(csv.text, `payload.total,payload.customer\r\n0,'=1+1\r\n1,"ada, ""countess"""\r\n`);
  await end();
});

test('the charts show all events over time, by any field, and the distribution of a number', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}/charts` });
  /** @param {string} title */
  const numbers = async (title) => {
    const panel = page.getByRole('region', { name: title, exact: true });
    await panel.locator('canvas').waitFor();
    const isPainted = await panel.locator('canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    });
    assert.ok(isPainted, `${title} is painted`);
    const details = panel.locator('details');
    if (!(await details.evaluate((element) => element.open))) await panel.getByText('The numbers as a table').click();
    return panel.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  };
  const overTime = await numbers('Events over time');
  const total = overTime.flatMap((row) => row.slice(1)).reduce((sum, text) => sum + Number(text), 0);
  assert.equal(total, 240);
  assert.equal(overTime[0].length, 4, 'one column a type');

  assert.deepEqual((await numbers('Counts')).map((row) => row[1]), ['80', '80', '80']);
  await page.getByLabel('By field').fill('stream_id');
  await page.getByRole('img', { name: 'Events by stream_id' }).waitFor();
  await page.getByRole('rowheader', { name: 'phone' }).waitFor();
  assert.deepEqual(await numbers('Counts'), [
    ['web', '180'],
    ['phone', '60'],
  ]);

  const distribution = await numbers('Distribution');
  assert.equal(distribution.reduce((sum, row) => sum + Number(row[1]), 0), 240);
  assert.match(await page.getByRole('region', { name: 'Distribution', exact: true }).locator('.facts').innerText(), /Lowest\s+0\s+Median\s+120\s+Mean\s+119\.5/);
  await page.getByLabel('Of the number').fill('payload.customer');
  await page.getByRole('alert').getByText('No event has a number in payload.customer.').waitFor();
  await end();
});

test('events that could not be looked at are not said to be none: the charts are there, with fields to type', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}` });
  await page.getByRole('listbox', { name: 'Events, newest first' }).getByRole('option').first().waitFor();
  // The host refuses what the suggestions are made from.
  const refusals = await page.evaluateHandle(() => {
    const { send } = WebSocket.prototype;
    const counted = { count: 0 };
    WebSocket.prototype.send = function (data) {
      const refused = String(data).replace('"limit":200', '"limit":-1');
      if (refused !== data) counted.count += 1;
      send.call(this, refused);
    };
    return counted;
  });
  await page.getByRole('link', { name: 'Charts', exact: true }).click();
  await page.getByRole('heading', { name: 'Events over time' }).waitFor();
  await page.waitForFunction(({ count }) => count > 0, refusals);
  await page.getByRole('img', { name: /^Events over time/ }).waitFor();
  assert.equal(await page.getByText('Nothing to chart yet.').count(), 0);
  await end();
});
