/** What the tests of the page's own host begin with: no host, and a plain server of the page's files. */
import { createInstance } from './steps.mjs';
import { openPage, serveStatically, startBrowser } from './surroundings.mjs';

/** A server of files, a browser, and `open`, which opens the page on its own host, in a context of its own unless one is given. */
export async function startWithoutHost() {
  const server = await serveStatically();
  const browser = await startBrowser();
  return {
    server,
    browser,
    /** @param {{ context?: import('playwright-core').BrowserContext, at?: string }} [where] `at`: what stands after `#` */
    async open({ context, at = '/' } = {}) {
      const address = `${server.address}?host=memory:#${at}`;
      if (!context) return openPage(browser, address);
      const page = await context.newPage();
      await page.goto(address);
      return { page, context, faults: [] };
    },
    async end() {
      await browser.close();
      server.close();
    },
  };
}

/** @param {import('playwright-core').Page} page */
export const parts = (page) => ({
  connection: page.getByRole('region', { name: 'Connection' }),
  note: page.getByRole('region', { name: 'Host in this page' }),
  keep: page.getByRole('switch', { name: 'Keep in this browser' }),
  events: page.getByRole('listbox', { name: 'Events, newest first' }),
});

/** @param {import('playwright-core').Page} page */
export const connected = (page) => parts(page).connection.getByText('Connected', { exact: true }).waitFor();
/** @param {import('playwright-core').Page} page */
export const saved = (page) => parts(page).note.getByText(/^Saved at/).waitFor();

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
export async function create(page, name) {
  await createInstance(page, name, '');
  await page.getByText(`“${name}” was created.`).waitFor();
}

/**
 * Appends an event to the instance that is open.
 * @param {import('playwright-core').Page} page
 * @param {string} type
 */
export async function append(page, type) {
  await page.getByRole('link', { name: 'Append', exact: true }).click();
  await page.getByLabel('Type', { exact: true }).fill(type);
  await page.getByRole('button', { name: 'Append event' }).click();
  await page.getByRole('link', { name: 'See the events' }).waitFor();
}

/**
 * The keys of what the browser's storage holds, after other bytes were put there.
 * @param {import('playwright-core').Page} page
 * @param {Record<string, number[]>} [put]
 */
export const stored = (page, put = {}) =>
  page.evaluate(
    (values) =>
      /** @type {Promise<string[]>} */ (
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('codebolt-event-log', 1);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const store = opening.result.transaction('kept', 'readwrite').objectStore('kept');
            for (const [key, value] of Object.entries(values)) store.put(new Uint8Array(value), key);
            const asking = store.getAllKeys();
            store.transaction.oncomplete = () => {
              opening.result.close();
              resolve(asking.result.map(String));
            };
          };
        })
      ),
    put,
  );

/**
 * Has the worker's script begin with something else, until that is taken back.
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} code
 */
export async function beginWorkersWith(context, code) {
  const script = /\/worker-[^/]*\.js$/;
  await context.route(script, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
  return () => context.unroute(script);
}
