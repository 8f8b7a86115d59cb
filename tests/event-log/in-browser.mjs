/** Chromium on a page that can import from the checkout. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { delimiter, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

/** The browser's program, by the names that Debian and others give it. */
const program = () => {
  for (const name of ['chromium', 'google-chrome', 'chromium-browser', 'chrome']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error('no Chromium or Chrome is on PATH; `cargo xtask setup` installs one where it can');
};

/** Serves the package and these tests, and nothing else, on a free port. */
const serve = async () => {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    if (path === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html><title>tests</title>');
    if (!/^[\\/](pkg|tests[\\/]event-log)[\\/]/.test(path)) return response.writeHead(404).end();
    try {
      const content = await readFile(join(root, path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return server;
};

/**
 * Runs `work(page)` on a blank page of the server, and ends all afterwards.
 * @template Result
 * @param {(page: import('playwright-core').Page) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export const inBrowser = async (work) => {
  const server = await serve();
  const browser = await chromium.launch({
    executablePath: program(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`);
    return await work(page);
  } finally {
    await browser.close();
    server.close();
  }
};
