/** The page's own host when its files cannot be fetched, or its module fails. */
import { after, before, test } from 'node:test';
import { beginWorkersWith, connected, create, parts, saved, startWithoutHost } from './own-host-steps.mjs';
import { createInstance } from './steps.mjs';
import { openPage } from './surroundings.mjs';

/** @type {Awaited<ReturnType<typeof startWithoutHost>>} */
let all;
before(async () => {
  all = await startWithoutHost();
});
after(() => all.end());

test('a host whose files cannot be fetched says which, and the next attempt fetches them anew', async () => {
  const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
  await context.route(/event-log_bg.*\.wasm$/, (route) => route.fulfill({ status: 404 }));
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await parts(page).connection.getByText(/^The host in this page could not be loaded: .*event-log_bg.*was answered with 404/).waitFor();
  await context.unroute(/event-log_bg.*\.wasm$/);
  await connected(page);
  await context.close();
});

test('a worker that cannot be started says so, and the next attempt starts another one', async () => {
  const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
  await context.route(/\/worker-[^/]*\.js$/, (route) => route.fulfill({ status: 404 }));
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await parts(page).connection.getByText(/^The host in this page failed: its script could not be loaded/).waitFor();
  await context.unroute(/\/worker-[^/]*\.js$/);
  await connected(page);
  await context.close();
});

for (const isKept of [true, false]) {
  test(`a host whose module fails is started anew by itself, ${isKept ? 'with what is kept' : 'and it is said that what it held is gone'}`, async () => {
    const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
    const { keep, note } = parts(page);
    // A trap in the middle of a reply is nobody's to catch.
    const takeBack = await beginWorkersWith(
      context,
      `addEventListener('message', ({ data }) => {
        if (data.name === 'handle' && data.argument.includes('the last straw')) setTimeout(() => { throw new WebAssembly.RuntimeError('unreachable'); });
      });`,
    );
    await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
    await create(page, 'before');
    if (isKept) {
      await keep.click();
      await saved(page);
    }
    await takeBack();
    await createInstance(page, 'the last straw', '');
    await note.getByRole('alert').getByText(/^The host in this page failed: .*unreachable.*It was started anew/).waitFor();
    await connected(page);
    if (isKept) await page.getByRole('link', { name: 'before', exact: true }).waitFor();
    else await note.getByText(/what it held is gone: it was not kept\.$/).waitFor();
    if (!isKept) await page.getByText('This host has no instances yet.').waitFor();
    await note.getByRole('button', { name: 'Understood' }).click();
    await create(page, 'afterwards');
    await context.close();
  });
}
