/** The six examples. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openConnected, startAll } from './steps.mjs';

/** @type {Awaited<ReturnType<typeof startAll>>} */
let all;
before(async () => {
  all = await startAll();
});
after(() => all.end());

const EXPECTED = [/created \{[^]*"name": "visits"/, /"event_type": "SettingChanged"/, /visitors: .+\nmachines: .+\ncalls: /, /kept for two years/, /comes to 16\.5/, /The same instance, twice\./];

test('each of the six examples shows its code and runs with one click, and what it made is in the host', async () => {
  const { page, end } = await openConnected(all, { at: '/examples' });
  for (const [index, expected] of EXPECTED.entries()) {
    const card = page.getByRole('listitem').nth(index);
    assert.match(await card.getByRole('region', { name: `Code of example ${index + 1}` }).innerText(), /codebolt\.eventLog\./);
    await card.getByRole('button', { name: `Run example ${index + 1}` }).click();
    const output = card.getByRole('log');
    await output.locator('pre').first().waitFor();
    await page.waitForFunction(
      ([number, text]) => new RegExp(text).test(document.querySelectorAll('[role=log]')[number].innerText.replaceAll(/\n+/g, '\n')),
      /** @type {const} */ ([index, expected.source]),
    );
  }
  const { data } = await all.log.listInstances();
  assert.deepEqual(data.instances.map(({ name }) => name).sort(), [
    ...['audit', 'calls', 'machines', 'security', 'shared-log', 'shop', 'visitors', 'visits'],
  ]);
  await end();
});

test('an example run a second time shows the host’s refusal as what it is: a reply', async () => {
  const { page, end } = await openConnected(all, { at: '/examples' });
  await page.getByRole('button', { name: 'Run example 1' }).click();
  await page.getByRole('log').first().getByText(/the host says: .*already exists/).waitFor();
  await end();
});
