/** The package in browsers as they are: no bundler, modules straight from node_modules. */
import path from 'node:path';
import { after, test } from 'node:test';
import { launch } from '../browsers.mjs';
import { assertRoundTrip, hostUrl, programs, project } from '../project.mjs';
import { serve } from '../web-server.mjs';

const folder = `/${path.basename(programs())}`;
const server = await serve(project);
const browsers = { Chromium: await launch('chrome'), Firefox: await launch('firefox') };
after(() => Promise.all([server, ...Object.values(browsers)].map((part) => part.close())));

for (const [name, browser] of Object.entries(browsers)) {
  for (const [page, what, runtime] of [
    ['page.html', 'a page with an import map', 'page'],
    ['dedicated-worker.html', 'a dedicated worker', 'worker'],
    ['shared-worker.html', 'a shared worker', 'worker'],
  ]) {
    test(`${name} creates, appends, queries and closes: ${what}`, async () => {
      assertRoundTrip(await server.open(browser, `${folder}/${page}`, { host: hostUrl }), runtime);
    });
  }
}
