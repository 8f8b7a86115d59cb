/** Serves a folder to browsers, as they want it, and takes what the pages report. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** How long a page may take until it reports. */
const LIMIT = 30_000;

/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Answer */

/** @param {string} root */
export const serve = async (root) => {
  /** Answers in place of files, by path. @type {Map<string, Answer>} */
  const answers = new Map();
  /** Who waits for a page's report, by the page's number. @type {Map<string, (report: any) => void>} */
  const reports = new Map();
  /** The paths asked for so far. @type {string[]} */
  const requests = [];
  let pages = 0;

  /** @type {Answer} */
  const answer = async (request, response) => {
    const url = new URL(request.url ?? '', origin);
    requests.push(url.pathname);
    if (request.method === 'POST') {
      let text = '';
      for await (const part of request) text += part;
      reports.get(url.pathname)?.(JSON.parse(text));
      return response.end();
    }
    const other = answers.get(url.pathname);
    if (other) return other(request, response);
    const file = path.join(root, path.normalize(decodeURIComponent(url.pathname)));
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return response.writeHead(404, { 'content-type': 'text/html' }).end('<p>nothing here');
    const csp = url.searchParams.get('csp');
    response.writeHead(200, {
      'content-type': /** @type {Record<string, string>} */ (TYPES)[path.extname(file)] ?? 'application/octet-stream',
      'cache-control': 'no-store',
      ...(csp && { 'content-security-policy': csp }),
    });
    createReadStream(file).pipe(response);
  };
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;

  return {
    origin,
    answers,
    requests,

    /**
     * Opens a page and gives what it reports: it posts JSON to the path in its parameter `report`.
     * @param {import('puppeteer-core').Browser} browser
     * @param {string} page
     * @param {Record<string, string>} parameters
     * @param {string} [at] another server's address, which has to hand on the report
     */
    async open(browser, page, parameters, at = origin) {
      const report = `/report/${++pages}`;
      const url = new URL(page, at);
      for (const [name, value] of Object.entries({ ...parameters, report: origin + report })) url.searchParams.set(name, value);
      const tab = await browser.newPage();
      /** @type {string[]} */
      const said = [];
      tab.on('console', (message) => said.push(message.text()));
      tab.on('pageerror', (error) => said.push(String(error)));
      tab.on('response', (response) => response.ok() || said.push(`${response.status()} ${response.url()}`));
      try {
        /** @type {any} */
        const reported = new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`${url} reported nothing; its console:\n${said.join('\n')}`)), LIMIT);
          reports.set(report, (value) => {
            clearTimeout(timer);
            resolve(value);
          });
        });
        const [, outcome] = await Promise.all([tab.goto(url.href), reported]);
        if (outcome.error) throw new Error(`${page}: ${outcome.error}; its console:\n${said.join('\n')}`);
        return outcome;
      } finally {
        reports.delete(report);
        await tab.close();
      }
    },

    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
};
