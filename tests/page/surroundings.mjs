/** What the page's tests stand on: a real host that serves the built page, and a real Chromium that opens it. */
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGUMENTS } from '../chromium.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A folder for passing files, from which the package is found by its name. */
export const SCRATCH = join(root, 'target');
/** The built page. */
export const PAGE = join(root, 'www', 'dist');
/** Where the screenshots go, for people to look at. */
export const SCREENSHOTS = process.env.CODEBOLT_SCREENSHOTS ?? join(root, 'target', 'page-screenshots');
/** Where the documentation's screenshots go: among the screenshots, unless they are to be renewed. */
export const IMAGES = process.env.CODEBOLT_RENEW_IMAGES ? join(root, 'docs', 'images') : SCREENSHOTS;

const suffix = process.platform === 'win32' ? '.exe' : '';
/** The host's program. */
export const hostBinary = process.env.CODEBOLT_HOST_BINARY ?? ['release', 'debug'].map((profile) => join(root, 'target', profile, `codebolt-host${suffix}`)).find((path) => existsSync(path)) ?? 'codebolt-host';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];

/** Starts Chromium. */
export function startBrowser() {
  const executablePath = process.env.CODEBOLT_CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  if (!executablePath) throw new Error('there is no Chromium; name one with CODEBOLT_CHROMIUM');
  return chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
}

/** What is still to be done when the process ends, the newest first. @type {(() => void)[]} */
const atExit = [];
process.on('exit', () => {
  for (const clean of atExit.reverse()) clean();
});

/** A folder that is gone when the process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'codebolt-page-'));
  atExit.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Starts a host with the page. `port` 0 takes a free one; the same `data` has the events of the run before.
 * @param {{ data?: string, port?: number }} [options]
 */
export async function startHost({ data = join(temporaryFolder(), 'page.db'), port = 0 } = {}) {
  if (!existsSync(join(PAGE, 'index.html'))) throw new Error('the page is not built; run `cargo xtask build --only page`');
  const child = spawn(hostBinary, ['--port', String(port), '--data', data, '--www', PAGE], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that fails before it ends its host leaves neither a host behind nor a test run that waits for it.
  atExit.push(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const url = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${said}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('listening on ')) resolve(line.slice('listening on '.length).trim());
    });
  });
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) /** @type {import('node:net').Socket} */ (pipe).unref();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = new URL(url);
  return {
    url,
    data,
    port: Number(address.port),
    page: `http://${address.host}/`,
    /** Ends it at once, as a crash would. */
    async kill() {
      child.ref();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * Opens the page in a context of its own, and collects what goes wrong in it.
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(`thrown: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    // A refused connection is logged by the browser itself; the page has to tell it, not to hide it.
    if (message.type() === 'error' && !message.text().includes('WebSocket connection to')) faults.push(`logged: ${message.text()}`);
  });
  await page.goto(address);
  return { context, page, faults };
}

/** A plain server of the page's files, in a folder of its own. It knows no sockets and no .wasm. */
export async function serveStatically() {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://server').pathname.replace(/^\/some\/folder\//, '/');
    const file = join(PAGE, path.endsWith('/') ? `${path}index.html` : path);
    const isThere = request.url?.startsWith('/some/folder/') && (await stat(file).catch(() => undefined))?.isFile();
    response.writeHead(isThere ? 200 : 404, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    if (isThere) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}/some/folder/`, close: () => server.close() };
}
