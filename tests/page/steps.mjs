/** What most of the page's tests begin with. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Codebolt } from 'codebolt-wasm';
import { openPage, startBrowser, startHost } from './surroundings.mjs';

const axe = readFileSync(new URL('../../www/node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** A host, a browser, and a client of the host in this process: what another agent would be. */
export async function startAll() {
  // The host first: where there is none, no browser is left open that would keep the run from ending.
  const host = await startHost();
  const browser = await startBrowser();
  const codebolt = new Codebolt({ url: host.url });
  return {
    host,
    browser,
    log: codebolt.eventLog,
    async end() {
      await codebolt.close();
      await browser.close();
      await host.kill();
    },
  };
}

/**
 * Opens the page and waits for its connection. `end` fails when something was thrown or logged as an error meanwhile.
 * @param {Awaited<ReturnType<typeof startAll>>} all
 * @param {{ at?: string, options?: import('playwright-core').BrowserContextOptions }} [where] `at`: what stands after `#`
 */
export async function openConnected({ browser, host }, { at = '/', options } = {}) {
  const { context, page, faults } = await openPage(browser, `${host.page}#${at}`, options);
  await page.getByRole('region', { name: 'Connection' }).getByText('Connected', { exact: true }).waitFor();
  return {
    page,
    context,
    async end() {
      assert.deepEqual(faults, []);
      await context.close();
    },
  };
}

/**
 * Fills in and sends the form for a new instance.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {string} description
 */
export async function createInstance(page, name, description) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Description (optional)').fill(description);
  await page.getByRole('button', { name: 'Create instance' }).click();
}

/**
 * Makes an instance and gives its id.
 * @param {Awaited<ReturnType<typeof startAll>>} all
 * @param {string} name
 */
export async function newInstance({ log }, name) {
  const reply = await log.createInstance(name);
  assert.ok(reply.success, reply.error);
  return reply.data.instance.id;
}

/**
 * Appends events as another agent would.
 * @param {Awaited<ReturnType<typeof startAll>>} all
 * @param {string} instanceId
 * @param {number} howMany
 * @param {(index: number) => object} [make]
 */
export async function fill({ log }, instanceId, howMany, make = (index) => ({ eventType: 'Counted', payload: { index } })) {
  for (let done = 0; done < howMany; done += 5_000) {
    const events = Array.from({ length: Math.min(5_000, howMany - done) }, (_, index) => make(done + index));
    const reply = await log.appendEvents({ instanceId, events });
    assert.ok(reply.success, reply.error);
  }
}

/**
 * What axe finds in the page as it is.
 * @param {import('playwright-core').Page} page
 */
export async function judgedByAxe(page) {
  // The page's policy allows no foreign scripts; what the debugger evaluates is not bound by it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  return found.violations.map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`);
}
