/** The clients in Chromium: a page each, which the responder's socket connects to. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
/** @type {Record<string, string>} */
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

/** Serves `bench/` and `pkg/`, and nothing else. */
const serve = async () => {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = path.join(root, path.normalize(pathname));
    if (!/^\/(bench|pkg)\//.test(pathname) || !file.startsWith(root)) return response.writeHead(404).end();
    try {
      const content = await readFile(file);
      response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'text/plain' }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.close() };
};

/**
 * Starts a browser with a page for each client. A page's CPU is its main thread's (`TaskDuration` on the thread's own clock);
 * the network runs in another process, the same for both.
 * @param {string} program
 * @param {string} url of the responder
 */
export const startChromium = async (program, url) => {
  const server = await serve();
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--js-flags=--expose-gc'] });
  const workerFor = async (/** @type {string} */ kind) => {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error(`${kind}: ${error.stack}`));
    await page.goto(`${server.origin}/bench/page.html?kind=${kind}&url=${encodeURIComponent(url)}`);
    await page.waitForFunction('globalThis.ready');
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const cpu = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      const found = metrics.find(({ name }) => name === 'TaskDuration');
      if (found === undefined) throw new Error('this browser does not tell TaskDuration');
      return found.value * 1e6;
    };
    return {
      /** @param {string} _order @param {{ row: string, calls: number }} parameters */
      async ask(_order, parameters) {
        // A page in the background is slowed down.
        await page.bringToFront();
        await page.evaluate('gc()');
        const before = await cpu();
        const wall = await page.evaluate((given) => /** @type {any} */ (globalThis).sample(given), parameters);
        return { cpu: ((await cpu()) - before) / parameters.calls, wall };
      },
    };
  };
  return {
    version: browser.version(),
    floor: await workerFor('floor'),
    package: await workerFor('package'),
    async stop() {
      await browser.close();
      server.stop();
    },
  };
};
