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

/** Has the host's second snapshot fail: what it writes into the browser's storage. @param {string} error */
const secondSnapshotFails = (error) => `
  let snapshots = 0;
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const { instance, module } = await original.apply(WebAssembly, given);
      const memoryhost_snapshot = (...values) => {
        snapshots += 1;
        if (snapshots === 2) throw ${error};
        return instance.exports.memoryhost_snapshot(...values);
      };
      return { instance: { exports: { ...instance.exports, memoryhost_snapshot } }, module };
    };
  }`;

test('data that cannot be saved because the host does not give them are saved by the next attempt', async () => {
  const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
  const { keep, note } = parts(page);
  await beginWorkersWith(context, secondSnapshotFails(`new RangeError('Array buffer allocation failed')`));
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await create(page, 'before');
  await keep.click();
  await saved(page);
  await create(page, 'afterwards');
  await note.getByRole('alert').getByText(/^Not kept: the host’s data could not be read \(Array buffer allocation failed\)/).waitFor();
  await note.getByRole('button', { name: 'Try again' }).click();
  await note.getByRole('alert').waitFor({ state: 'detached' });
  await saved(page);
  await page.reload();
  await page.getByRole('link', { name: 'afterwards', exact: true }).waitFor();
  await context.close();
});

test('a host whose module fails while it is saved is started anew with what is kept', async () => {
  const { page, context } = await openPage(all.browser, `${all.server.address}?host=ws://127.0.0.1:9/codebolt`);
  const { keep, note } = parts(page);
  const takeBack = await beginWorkersWith(context, secondSnapshotFails(`new WebAssembly.RuntimeError('unreachable')`));
  await page.getByRole('button', { name: 'Try it here, nothing to install' }).click();
  await create(page, 'before');
  await keep.click();
  await saved(page);
  await takeBack();
  await create(page, 'the last straw');
  await note.getByRole('alert').getByText(/^The host in this page failed: .*unreachable.*It was started anew with what is kept; what was not saved yet is gone\.$/).waitFor();
  await connected(page);
  await page.getByRole('link', { name: 'before', exact: true }).waitFor();
  await create(page, 'afterwards');
  await saved(page);
  await context.close();
});
