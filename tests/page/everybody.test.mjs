/** For everybody: by keyboard alone, in both themes, on small and large screens, and as axe judges it. With screenshots. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fill, judgedByAxe, newInstance, openConnected, startAll } from './steps.mjs';
import { IMAGES, SCREENSHOTS } from './surroundings.mjs';

const TYPES = ['OrderPlaced', 'ItemAdded', 'ItemAdded', 'PaymentReceived', 'ItemAdded', 'OrderShipped', 'OrderCancelled'];

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
let id = '';
before(async () => {
  all = await startAll();
  mkdirSync(SCREENSHOTS, { recursive: true });
  await all.log.createInstance('audit', 'Who changed what, and from where');
  await all.log.createInstance('requests', 'Requests to the web service, and what they came to');
  id = await newInstance(all, 'orders');
  await all.log.updateInstance(id, { description: 'Every step of every order of the shop' });
  for (let wave = 0; wave < 24; wave += 1) {
    const size = 30 + Math.round(25 * Math.sin(wave / 3)) + wave;
    await fill(all, id, size, (index) => ({
      streamId: `order-${1 + ((index * 7 + wave) % 23)}`,
      eventType: TYPES[(index * 3 + wave) % 7],
      payload: {
        customer: ['ada', 'grace', 'alan', 'barbara'][index % 4],
        sku: ['tea', 'cups', 'kettle'][index % 3],
        total: Math.round(4000 * Math.exp(Math.sin(index * 12.9898 + wave * 78.233) * 1.2)) / 100,
        quantity: 1 + (index % 6),
      },
      metadata: { source: 'web' },
    }));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
});
after(() => all.end());

/** The main views, each with what makes it worth looking at. */
const VIEWS = {
  instances: { at: () => '/', ready: (page) => page.getByRole('listitem').nth(2).waitFor() },
  events: {
    at: () => `/instances/${id}`,
    ready: async (page, isWide) => {
      const rows = page.getByRole('listbox', { name: 'Events, newest first' }).getByRole('option');
      await rows.nth(2).getByText('#').waitFor();
      await page.getByRole('option', { name: 'order-9' }).or(page.getByText('23 streams')).first().waitFor();
      if (isWide) await rows.nth(2).click();
    },
  },
  append: {
    at: () => `/instances/${id}/append`,
    ready: (page) => page.getByLabel('Payload').fill('{\n  "customer": "ada",\n  "total": 12.5,\n}'),
  },
  query: {
    at: () => `/instances/${id}/query`,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Newest 50' }).click();
      await page.getByRole('button', { name: 'Add a condition' }).click();
      await page.getByLabel('Field', { exact: true }).fill('payload.total');
      await page.getByLabel('Operator').selectOption('gte');
      await page.getByLabel('Value').fill('50');
      await page.getByLabel('Limit').fill('12');
      await page.getByRole('button', { name: 'Run query' }).click();
      await page.getByRole('table').waitFor();
    },
  },
  faults: {
    at: () => `/instances/${id}/query?stream=order-1&limit=many&field=&operator=eq&value=ada&field=payload.total&operator=gt&value=9007199254740993`,
    ready: async (page) => {
      await page.getByRole('group', { name: 'Condition 2' }).waitFor();
      await page.getByRole('button', { name: 'Run query' }).click();
      await page.getByRole('alert').getByText('Not sent').waitFor();
      await page.getByRole('group', { name: 'Condition 1' }).getByLabel('Field').fill('payload.customer');
      await page.getByRole('button', { name: 'Run query' }).click();
      await page.getByRole('alert').getByText('The host refused the query').waitFor();
      await page.getByRole('button', { name: 'Add a condition' }).click();
      await page.getByRole('group', { name: 'Condition 3' }).getByLabel('Value').fill('ada');
    },
  },
  numbers: {
    at: () => `/instances/${id}/append`,
    ready: async (page) => {
      await page.getByLabel('Payload').fill('{\n  "account": 9007199254740993,\n  "price": 1.10\n}');
      await page.getByText('not sent as typed').waitFor();
    },
  },
  charts: { at: () => `/instances/${id}/charts`, ready: (page) => page.locator('canvas').nth(2).waitFor() },
  examples: {
    at: () => '/examples',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Run example 5' }).click();
      await page.getByText(/^order-1 comes to/).waitFor();
    },
  },
};

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`at ${width} px and ${colorScheme}, axe finds nothing in any view and nothing sticks out sideways`, async () => {
      const { page, end } = await openConnected(all, { options: { viewport: { width, height }, colorScheme } });
      for (const [name, { at, ready }] of Object.entries(VIEWS)) {
        await page.evaluate((address) => (location.hash = address), at());
        await ready(page, width > 1000);
        assert.deepEqual(await judgedByAxe(page), [], name);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits`);
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      await page.evaluate((address) => (location.hash = address), '/');
      await page.getByRole('button', { name: 'Delete: audit' }).click();
      await page.getByRole('dialog').getByText('no way back').waitFor();
      assert.deepEqual(await judgedByAxe(page), [], 'dialog');
      await page.screenshot({ path: join(SCREENSHOTS, `dialog-${width}-${colorScheme}.png`) });
      await end();
    });
  }
}

test('at 390 px the header is one row; the address and the theme come when they are wanted', async () => {
  for (const width of [360, 390]) {
    const { page, end } = await openConnected(all, { options: { viewport: { width, height: 844 } } });
    const header = page.getByRole('banner');
    const height = () => header.evaluate((element) => element.getBoundingClientRect().height);
    assert.ok((await height()) <= 56, `${await height()} px high`);
    await header.getByRole('link', { name: 'Instances', exact: true }).waitFor();
    await header.getByText('Connected', { exact: true }).waitFor();
    const toggle = page.getByRole('button', { name: 'Settings' });
    assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
    assert.equal(await page.getByLabel('Host address', { exact: true }).isVisible(), false);
    assert.equal(await page.locator('.theme select').isVisible(), false);
    await toggle.click();
    assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
    await page.locator('.theme select').selectOption('dark');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(await judgedByAxe(page), []);
    await page.getByLabel('Host address', { exact: true }).fill('ws://127.0.0.1:9/codebolt');
    await page.keyboard.press('Enter');
    await page.getByText('No host answers at').waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, `header-open-${width}.png`) });
    await toggle.click();
    assert.ok(await page.getByText('No host answers at').isVisible(), 'what is wrong is not hidden');
    await page.getByRole('button', { name: /^Back to/ }).click();
    await header.getByText('Connected', { exact: true }).waitFor();
    assert.ok((await height()) <= 56);
    await end();
  }
});

test('the theme follows the system, can be chosen, and the choice is kept', async () => {
  const { page, end } = await openConnected(all, { options: { colorScheme: 'dark' } });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.getByLabel('Theme').selectOption('light');
  const light = await ground();
  assert.notEqual(light, dark);
  await page.reload();
  assert.equal(await ground(), light);
  await page.getByLabel('Theme').selectOption('system');
  assert.equal(await ground(), dark);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(await ground(), light);
  await end();
});

test('with the keyboard alone one creates an instance, opens it, appends an event and reads it', async () => {
  const { page, end } = await openConnected(all);
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? (element instanceof HTMLInputElement ? (element.labels?.[0]?.innerText ?? '') : (element?.textContent ?? ''));
    });
  /** @param {string} name */
  const tabTo = async (name) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if ((await focused()) === name) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not lead to “${name}”`);
  };
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo('Name');
  await page.keyboard.type('by-keyboard');
  await page.keyboard.press('Enter');
  await page.getByText('“by-keyboard” was created.').waitFor();
  await tabTo('Open “by-keyboard”');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'by-keyboard' }).waitFor();
  await tabTo('Append events');
  await page.keyboard.press('Enter');
  await tabTo('Stream');
  await page.keyboard.type('keys');
  await tabTo('Append event');
  await page.keyboard.press('Enter');
  await tabTo('See the events');
  await page.keyboard.press('Enter');
  await page.getByText('1 event, newest first').waitFor();
  await tabTo('Events, newest first');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('region', { name: 'Selected event' }).getByText('keys').waitFor();
  await end();
});

test('nothing moves while the page gets its data', async () => {
  const { page, end } = await openConnected(all);
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const cdp = await page.context().newCDPSession(page);
  // On a slow machine the page stands for a while without its data.
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 8 });
  for (const { at, ready } of [VIEWS.instances, VIEWS.events, VIEWS.charts]) {
    await page.goto(`${all.host.page}?${Math.random()}#${at()}`);
    await ready(page, false);
    await page.waitForTimeout(800);
    const shift = await page.evaluate(() => globalThis.shift);
    assert.ok(shift < 0.1, `${at()} moved by ${shift}`);
  }
  await end();
});

test('the screenshots for the documentation are made', async () => {
  const { page, end } = await openConnected(all, { at: VIEWS.events.at(), options: { viewport: { width: 1440, height: 820 }, colorScheme: 'light' } });
  await VIEWS.events.ready(page, true);
  await page.locator('.event-details').getByText('Payload').waitFor();
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: join(IMAGES, 'page-events.png') });
  await page.getByRole('link', { name: 'Charts', exact: true }).click();
  await page.locator('canvas').nth(2).waitFor();
  await page.screenshot({ path: join(IMAGES, 'page-charts.png') });
  await end();
});
