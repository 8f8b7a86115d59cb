/** The six examples. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fill, newInstance, openConnected, startAll } from './steps.mjs';
import { SCRATCH, startHost } from './surroundings.mjs';

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

/**
 * Saves a program beside an installed package, runs it to its end as a user would, and gives what it printed.
 * @param {string} name
 * @param {string} code
 * @param {string} url the host's address
 */
async function runInNode(name, code, url) {
  const { hostname, port } = new URL(url);
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, 'page-example-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, code);
    const env = { ...process.env, CODEBOLT_SERVER_URL: hostname, SOCKET_PORT: port };
    delete env.NODE_TEST_CONTEXT;
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    // It has to end by itself.
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const ended = await new Promise((resolve) => child.on('close', (status, signal) => resolve(signal ?? status)));
    clearTimeout(timer);
    assert.equal(ended, 0, `${name} ended with ${ended}:\n${stderr}`);
    return { stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import('playwright-core').Page} page @param {string} button */
async function copied(page, button) {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.getByRole('button', { name: button, exact: true }).getByText('Copied').waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

const MAY_COPY = { options: { permissions: ['clipboard-read', 'clipboard-write'] } };
const IN_NODE = [/^created \{[^]*name: 'visits'/, /The audit log is ready\.\nstored \{[^]*SettingChanged/, /^visitors: .+\nmachines: .+\ncalls: /, /kept for two years/, /^order-1 comes to 16\.5$/m, /The same instance, twice\./];

test('each example copies as a program that runs in Node beside the installed package, and ends by itself', async () => {
  const { page, end } = await openConnected(all, { at: '/examples', ...MAY_COPY });
  // A host that has nothing yet, as the reader's.
  const host = await startHost();
  for (const [index, expected] of IN_NODE.entries()) {
    const name = await page.locator('.example figcaption > span').nth(index).innerText();
    assert.match(name, /^[a-z-]+\.mjs$/);
    const code = await copied(page, `Copy: Code of example ${index + 1}`);
    const { stdout, stderr } = await runInNode(name, code, host.url);
    assert.match(stdout, expected, name);
    assert.equal(stderr, '', name);
  }
  assert.match(await copied(page, 'Copy: Code of example 6'), /eventLog\.getOrCreateInstance\(/);
  await host.kill();
  await end();
});

test('the code of a query copies as a program that runs in Node and prints the result', async () => {
  const id = await newInstance(all, "o'clock");
  await fill(all, id, 7, () => ({ eventType: 'Ticked' }));
  const { page, end } = await openConnected(all, { at: `/instances/${id}/query`, ...MAY_COPY });
  await page.getByRole('heading', { level: 1, name: "o'clock" }).waitFor();
  await page.getByRole('button', { name: 'Count by type' }).click();
  const { stdout } = await runInNode('query.mjs', await copied(page, 'Copy: JavaScript'), all.host.url);
  assert.match(stdout, /event_type: 'Ticked', value: 7/);
  await end();
});
