/** What stands between a program and its requests: msw, nock, and global-agent with a proxy that is really there. */
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, test } from 'node:test';
import { makeProject, run } from '../builds/project.mjs';
import { roundTrips, THREE_ROUNDS } from './round-trips.mjs';
import { environment } from './silent-host.mjs';

/** Runs a program that prints its outcome as JSON. @param {string} text @param {Record<string, string>} [more] */
const outcomeOf = async (text, more = {}) => {
  const folder = makeProject('mocks', { ...roundTrips, 'program.mjs': text });
  return JSON.parse(await run(process.execPath, ['program.mjs'], { cwd: folder, env: { ...environment, ...more }, limit: 60_000 }));
};

for (const [order, before, after] of [
  ['before the package is imported', 'server.listen({ onUnhandledRequest: "bypass" });', ''],
  ['after the client has opened', '', 'server.listen({ onUnhandledRequest: "bypass" });'],
]) {
  test(`msw that listens ${order} lets every frame through, in both clients, and still mocks`, async () => {
    const outcome = await outcomeOf(`
      import { http, HttpResponse } from 'msw';
      import { setupServer } from 'msw/node';
      import { environment, never, trips } from './trips.mjs';
      const server = setupServer(http.get('http://api.example/x', () => HttpResponse.json({ mocked: true })));
      ${before}
      const { Codebolt } = await import('codebolt-wasm');
      const { url, silentUrl } = environment;
      const first = new Codebolt({ url });
      const silent = new Codebolt({ url: silentUrl });
      await Promise.all([first.waitForReady(), silent.waitForReady()]);
      ${after}
      const second = new Codebolt({ url });
      const outcome = {
        first: await trips(first),
        second: await trips(second),
        never: await never(silent),
        mocked: await (await fetch('http://api.example/x')).json(),
      };
      server.close();
      outcome.later = await trips(first);
      await Promise.all([first, second, silent].map((client) => client.close()));
      console.log(JSON.stringify(outcome));
    `);
    assert.deepEqual(outcome, { first: THREE_ROUNDS, second: THREE_ROUNDS, never: 'REQUEST_TIMEOUT', mocked: { mocked: true }, later: THREE_ROUNDS });
  });
}

test('nock lets an open client and an allowed host through, and refuses another with a clear error', async () => {
  const outcome = await outcomeOf(`
    import nock from 'nock';
    import { environment, never, trips } from './trips.mjs';
    import { Codebolt } from 'codebolt-wasm';
    const { url, silentUrl } = environment;
    const open = new Codebolt({ url });
    await open.waitForReady();
    nock('http://api.example').get('/x').reply(200, { mocked: true });
    nock.enableNetConnect(/127\\.0\\.0\\.1|localhost/);
    const within = new Codebolt({ url });
    const silent = new Codebolt({ url: silentUrl });
    const outcome = {
      open: await trips(open),
      within: await trips(within),
      never: await never(silent),
      mocked: await (await fetch('http://api.example/x')).json(),
    };
    nock.disableNetConnect();
    const refused = new Codebolt({ url });
    const error = await refused.request('x').catch((error) => error);
    outcome.refused = [error.code, /nock|disallowed/i.test(error.message)];
    outcome.stillOpen = await trips(open);
    await Promise.all([open, within, silent].map((client) => client.close()));
    console.log(JSON.stringify(outcome));
  `);
  assert.deepEqual(outcome, {
    open: THREE_ROUNDS,
    within: THREE_ROUNDS,
    never: 'REQUEST_TIMEOUT',
    mocked: { mocked: true },
    refused: ['CONNECT_FAILED', true],
    stillOpen: THREE_ROUNDS,
  });
});

/** A proxy as companies have one: it tunnels, and hands plain requests and their upgrades on. */
const startProxy = async () => {
  let passed = 0;
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  const join = (/** @type {net.Socket} */ near, /** @type {net.Socket} */ far) => {
    passed += 1;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => (near.destroy(), far.destroy()));
    }
    near.pipe(far).pipe(near);
  };
  const proxy = http.createServer();
  proxy.on('connect', (request, near, head) => {
    const [host, port] = String(request.url).split(':');
    const far = net.connect(Number(port), host, () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.write(head);
      join(/** @type {net.Socket} */ (near), far);
    });
  });
  proxy.on('upgrade', (request, near, head) => {
    const { hostname, port, pathname, search } = new URL(String(request.url));
    const far = net.connect(Number(port), hostname, () => {
      const headers = request.rawHeaders.flatMap((text, index, all) => (index % 2 === 0 ? [`${text}: ${all[index + 1]}\r\n`] : []));
      far.write(`GET ${pathname}${search} HTTP/1.1\r\n${headers.join('')}\r\n`);
      far.write(head);
      join(/** @type {net.Socket} */ (near), far);
    });
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', () => resolve(undefined)));
  after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${/** @type {net.AddressInfo} */ (proxy.address()).port}`, passed: () => passed };
};

test('global-agent sends the connection through its proxy, and every frame comes to the host', async () => {
  const proxy = await startProxy();
  const outcome = await outcomeOf(
    `import { bootstrap } from 'global-agent';
     import { environment, never, trips } from './trips.mjs';
     bootstrap();
     const { Codebolt } = await import('codebolt-wasm');
     const codebolt = new Codebolt({ url: environment.url });
     const silent = new Codebolt({ url: environment.silentUrl });
     const outcome = { trips: await trips(codebolt), never: await never(silent) };
     await Promise.all([codebolt.close(), silent.close()]);
     console.log(JSON.stringify(outcome));
     process.exit();`,
    { GLOBAL_AGENT_HTTP_PROXY: proxy.url },
  );
  assert.deepEqual(outcome, { trips: THREE_ROUNDS, never: 'REQUEST_TIMEOUT' });
  assert.equal(proxy.passed(), 2, 'both connections went through the proxy');
});
