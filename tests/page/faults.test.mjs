/** What is wrong in a form: marked at its field, in the form's words, and nothing is dropped or changed unseen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { fill, newInstance, openConnected, startAll } from './steps.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
let id = '';
before(async () => {
  all = await startAll();
  id = await newInstance(all, 'faulty');
  await fill(all, id, 120, (index) => ({ eventType: 'Counted', payload: { index } }));
});
after(() => all.end());

const openQuery = () => openConnected(all, { at: `/instances/${id}/query` });

/**
 * What a field says of itself to those who do not see it: its fault and its hint.
 * @param {import('playwright-core').Locator} field
 */
const description = (field) =>
  field.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((name) => document.getElementById(name)?.textContent ?? '')
      .join(' '),
  );

/** @param {import('playwright-core').Locator} field */
const isMarked = (field) => field.evaluate((element) => element.getAttribute('aria-invalid') === 'true');

test('a query’s result is where one looks after running it: in sight, with the focus, and the way back to the form', async () => {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const { page, end } = await openConnected(all, { at: `/instances/${id}/query`, options: { viewport } });
    for (let conditions = 0; conditions < 3; conditions += 1) await page.getByRole('button', { name: 'Add a condition' }).click();
    for (const [index, field] of (await page.getByLabel('Field', { exact: true }).all()).entries()) {
      await field.fill('payload.index');
      await page.getByLabel('Operator').nth(index).selectOption('gte');
      await page.getByLabel('Value').nth(index).fill('3');
    }
    await page.getByRole('button', { name: 'Run query' }).click();
    await page.getByText('1–50 of 117 events').waitFor();
    const heading = page.getByRole('heading', { name: 'Result' });
    assert.equal(await heading.evaluate((element) => document.activeElement === element), true, 'the result has the focus');
    const inSight = (/** @type {import('playwright-core').Locator} */ part) =>
      part.evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
    assert.ok(await inSight(page.getByText('1–50 of 117 events')));
    assert.ok(await inSight(page.getByRole('table').locator('tbody tr').first()));
    // Paging leaves the view where it is.
    const scrolled = await page.evaluate(() => scrollY);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('51–100 of 117 events').waitFor();
    assert.equal(await page.evaluate(() => scrollY), scrolled);
    await page.getByRole('button', { name: 'Edit the query' }).click();
    assert.ok(await inSight(page.getByRole('button', { name: 'Run query' })));
    assert.equal(await page.getByRole('button', { name: 'Run query' }).evaluate((element) => document.activeElement === element), true);
    await end();
  }
});

test('a condition whose field is empty is marked and not dropped; nothing is sent until it is filled in or removed', async () => {
  const { page, end } = await openQuery();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  const condition = page.getByRole('group', { name: 'Condition 1' });
  const field = condition.getByLabel('Field');
  assert.equal(await isMarked(field), false, 'one that has just been added is not a fault yet');
  await condition.getByLabel('Value').fill('3');
  assert.equal(await isMarked(field), true);
  assert.match(await page.getByRole('region', { name: 'Frame on the wire' }).innerText(), /"where":\[\{"field":"","operator":"eq","value":3\}\]/);
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByRole('alert').getByText('Not sent: Name a field, or remove the condition.').waitFor();
  assert.match(await description(field), /Name a field, or remove the condition\./);
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  await page.getByText('No query yet.').waitFor();
  await field.fill('payload.index');
  assert.equal(await isMarked(field), false);
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('1–1 of 1 event').waitFor();
  await end();
});

test('what the host refuses of a query stands at its field, in the form’s words, and the query stays', async () => {
  const { page, end } = await openQuery();
  const condition = page.getByRole('group', { name: 'Condition 2' });
  /** @type {readonly [() => import('playwright-core').Locator, string, RegExp][]} */
  const cases = [
    [() => page.getByLabel('Limit'), 'many', /^Limit: expected /],
    [() => page.getByLabel('Offset'), '-1', /^Offset: expected /],
    [() => page.getByLabel('Fields'), 'event_type, a..b', /^Fields: expected /],
    [() => page.getByLabel('Order by'), 'a[', /^Order by: expected /],
    [() => condition.getByLabel('Field'), 'a..b', /^Field: expected /],
    [() => condition.getByLabel('Value'), '{}', /^Value: expected /],
  ];
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  for (const index of [0, 1]) {
    await page.getByRole('group', { name: `Condition ${index + 1}` }).getByLabel('Field').fill('payload.index');
    await page.getByRole('group', { name: `Condition ${index + 1}` }).getByLabel('Value').fill('7');
  }
  for (const [find, wrong, expected] of cases) {
    const field = find();
    const former = await field.inputValue();
    await field.fill(wrong);
    await page.getByRole('button', { name: 'Run query' }).click();
    await page.getByRole('form', { name: 'Query' }).getByRole('alert').getByText('The host refused the query').waitFor();
    assert.equal(await isMarked(field), true, wrong);
    const said = await description(field);
    assert.match(said, expected);
    assert.doesNotMatch(said, /query\.|where\[/, 'the names of the wire are not words of the form');
    assert.equal(await field.inputValue(), wrong);
    assert.equal(await page.locator('[aria-invalid=true]').count(), 1, 'no other field is marked');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await field.fill(former);
    assert.equal(await isMarked(field), false, 'a changed field is no longer the one that was refused');
  }
  await page.getByLabel('Function').selectOption('sum');
  await page.getByRole('button', { name: 'Run query' }).click();
  const of = page.getByRole('group', { name: 'Aggregate' }).getByLabel('Field', { exact: true });
  await page.getByRole('alert').waitFor();
  assert.match(await description(of), /^Field: expected (?!.*query)/);
  await end();
});

test('what the host refuses of an instance or an event stands at its field, in the form’s words', async () => {
  const { page, end } = await openConnected(all);
  const name = page.getByLabel('Name', { exact: true });
  await name.fill('x'.repeat(5_000));
  await page.getByRole('button', { name: 'Create instance' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await isMarked(name), true);
  assert.match(await description(name), /^Name: expected (?!.*params)/);

  await page.getByRole('button', { name: 'Rename: faulty' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(' ');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.match(await description(dialog.getByLabel('Name', { exact: true })), /^Name: expected (?!.*params)/);
  await page.keyboard.press('Escape');

  await page.evaluate((hash) => (location.hash = hash), `/instances/${id}/append`);
  const stream = page.getByLabel('Stream');
  await stream.fill('s'.repeat(5_000));
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await description(stream), /^Stream: expected (?!.*params)/);
  await end();
});

test('numbers that JavaScript would change are named before they are sent, and what would be lost is not sent', async () => {
  const { page, end } = await openConnected(all, { at: `/instances/${id}/append` });
  const payload = page.getByLabel('Payload');
  await payload.fill('{\n  "plain": [0, -1, 0.1, 1e+21, 1.5e-7, 9007199254740992],\n  "text": "9007199254740993"\n}');
  await page.getByText('Valid JSON', { exact: true }).first().waitFor();
  assert.equal(await page.getByText('not sent as typed').count(), 0);

  await payload.fill('{\n  "big": 9007199254740993,\n  "price": 1.10,\n  "a": 1,\n  "a": 2\n}');
  await page.getByText('Valid JSON, but not sent as typed:').waitFor();
  const changes = page.locator('.json-changes li');
  assert.deepEqual(
    (await changes.allInnerTexts()).map((text) => text.replace(/\s*Go there\s*$/, '')),
    [
      '9007199254740993 is sent as 9007199254740992, because JavaScript numbers have about 16 digits; put it in double quotes to send every digit as text.',
      '1.10 is sent as 1.1, which is the same number.',
      'the name "a" occurs twice; only its last value is sent.',
    ],
  );
  await page.getByRole('button', { name: 'Go there: 1.10' }).click();
  assert.equal(await payload.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), '1.10');
  await page.getByRole('button', { name: 'Append event' }).click();
  const stored = page.getByRole('status').getByText(/Not as typed: 9007199254740993 is sent as 9007199254740992/);
  await stored.waitFor();
  const last = { from: { instance: id }, orderBy: { field: 'timestamp', direction: 'desc' }, limit: 1 };
  assert.deepEqual((await all.log.queryEvents(last)).data.result.events[0].payload, { big: 9007199254740992, price: 1.1, a: 2 });

  const { eventCount } = (await all.log.getInstanceStats(id)).data;
  await payload.fill('{\n  "huge": 1e400\n}');
  await page.getByText(/Line 2, column 11: 1e400 is too large for a JavaScript number/).waitFor();
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('alert').getByText('Not sent').waitFor();
  assert.equal((await all.log.getInstanceStats(id)).data.eventCount, eventCount);
  await end();
});

test('a query’s value that JavaScript would change says so, and one that would be lost is not sent', async () => {
  const { page, end } = await openQuery();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  const condition = page.getByRole('group', { name: 'Condition 1' });
  const value = condition.getByLabel('Value');
  await condition.getByLabel('Field').fill('payload.index');
  await value.fill('9007199254740993');
  assert.match(await description(value), /^9007199254740993 is sent as 9007199254740992/);
  await value.fill('"9007199254740993"');
  assert.equal(await description(value), '');
  await condition.getByLabel('Operator').selectOption('in');
  await value.fill('1, 1e400');
  assert.match(await description(value), /^1e400 is too large/);
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByRole('alert').getByText('Not sent: 1e400 is too large').waitFor();
  await value.fill('1, 2');
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('1–2 of 2 events').waitFor();
  await end();
});

test('an event whose numbers JavaScript cannot hold says that they may be rounded here, and the host has every digit', async () => {
  // Another program, which writes its numbers itself.
  const socket = new WebSocket(all.host.url);
  await new Promise((resolve) => socket.once('open', resolve));
  /** @param {string} frame @returns {Promise<string>} */
  const ask = (frame) =>
    new Promise((resolve) => {
      socket.once('message', (data) => resolve(String(data)));
      socket.send(frame);
    });
  const instance = await newInstance(all, 'exact');
  await ask(`{"type":"eventLog.appendEvent","requestId":"1","params":{"instanceId":"${instance}","payload":{"account":9007199254740993}}}`);
  const raw = await ask(`{"type":"eventLog.queryEvents","requestId":"2","params":{"query":{"from":{"instance":"${instance}"}}}}`);
  assert.match(raw, /"account":9007199254740993/);
  socket.close();
  const { page, end } = await openConnected(all, { at: `/instances/${instance}?event=1` });
  const hint = /may be rounded here.*The host keeps every digit/;
  await page.getByRole('region', { name: 'Selected event' }).getByText(hint).waitFor();
  await page.evaluate((hash) => (location.hash = hash), `/instances/${instance}/query?run`);
  await page.getByText('1–1 of 1 event').waitFor();
  await page.getByRole('region', { name: 'Result', exact: true }).getByText(hint).waitFor();
  await page.getByLabel('Function').selectOption('max');
  await page.getByRole('group', { name: 'Aggregate' }).getByLabel('Field', { exact: true }).fill('payload.account');
  await page.getByRole('button', { name: 'Run query' }).click();
  await page.getByText('max of payload.account over 1 event').waitFor();
  await page.getByRole('region', { name: 'Result', exact: true }).getByText(hint).waitFor();
  await end();
});
