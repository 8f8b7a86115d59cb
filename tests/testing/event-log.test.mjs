/** `eventLog` by the host's own code, in WebAssembly. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { TestHost } from 'codebolt-wasm-testing';

test('instances, events and queries are those of the host', async () => {
  const host = await TestHost.start();
  const { eventLog, close } = /** @type {any} */ (host.connect());
  const { instance } = (await eventLog.createInstance('orders', 'all of them')).data;
  assert.match((await eventLog.createInstance('orders')).error, /exists/);
  await eventLog.appendEvents({ instanceId: instance.id, events: [1, 2, 3].map((total) => ({ stream_id: 's', event_type: 'placed', payload: { total } })) });
  const { result } = (await eventLog.queryEvents({ from: { instance: 'orders' }, where: [{ field: 'payload.total', operator: 'gte', value: 2 }], reduce: { type: 'sum', field: 'payload.total' } })).data;
  assert.equal(result.aggregation, 5);
  assert.equal((await eventLog.getInstanceStats(instance.id)).data.eventCount, 3);
  await close();
  const bytes = await host.eventLogSnapshot();
  await host.close();
  const again = await TestHost.start({ eventLog: bytes });
  const other = /** @type {any} */ (again.connect());
  assert.equal((await other.eventLog.getInstanceStats(instance.id)).data.eventCount, 3);
  await other.close();
  await again.close();
});

test('each host has an event log of its own, and a handler takes precedence', async () => {
  const [one, two] = await Promise.all([TestHost.start(), TestHost.start()]);
  const [a, b] = /** @type {any[]} */ ([one.connect(), two.connect()]);
  await a.eventLog.createInstance('mine');
  assert.deepEqual((await b.eventLog.listInstances()).data.instances, []);
  two.on('eventLog.listInstances', { success: false, error: 'closed' });
  assert.equal((await b.eventLog.listInstances()).error, 'closed');
  await Promise.all([a.close(), b.close()]);
  await Promise.all([one.close(), two.close()]);
});

test('a module that cannot be loaded refuses, says why and what to do, and fails the test', async () => {
  const module = 'node_modules/codebolt-wasm-testing/event-log_bg.wasm';
  const folder = mkdtempSync(path.join(process.cwd(), 'node_modules', 'without-'));
  cpSync(path.dirname(module), folder, { recursive: true });
  rmSync(path.join(folder, path.basename(module)));
  const { TestHost: Other } = await import(pathToFileURL(path.join(folder, 'index.js')).href);
  const host = await Other.start();
  const codebolt = host.connect();
  const reply = await codebolt.eventLog.createInstance('orders');
  assert.equal(reply.success, false);
  assert.match(reply.error, /the event log in memory could not be loaded \(ENOENT.*\).*host\.on\('eventLog\.createInstance', …\)/);
  await codebolt.close();
  await assert.rejects(host.close(), { code: 'LOAD_FAILED' });
  rmSync(folder, { recursive: true });
});
