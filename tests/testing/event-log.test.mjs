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

/** A host whose event log has answered already, so that it answers at once. */
const warm = async () => {
  const host = await TestHost.start();
  const codebolt = /** @type {any} */ (host.connect());
  await codebolt.eventLog.createInstance('orders');
  return { host, codebolt };
};
const append = (codebolt, number) => codebolt.eventLog.appendEvent({ instanceId: 'orders', payload: { number, text: '"success":false' } });

test('what goes to the event log is there for the test as all else is: requests, waiting, the transcript', async () => {
  const { host, codebolt } = await warm();
  const waiting = host.sent('eventLog.appendEvent', { where: ({ frame }) => frame.params.payload.number === 2 });
  for (const number of [1, 2]) assert.equal((await append(codebolt, number)).success, true);
  assert.equal((await append(codebolt, 3)).data.event.payload.number, 3);
  assert.equal((await codebolt.eventLog.getInstance('nothing')).success, false);
  const all = host.requests();
  assert.deepEqual(all.map(({ method }) => method), ['eventLog.createInstance', ...Array(3).fill('eventLog.appendEvent'), 'eventLog.getInstance']);
  assert.deepEqual(host.requests('eventLog.appendEvent').map(({ frame: { params } }) => [params.instanceId, params.payload.number]), [1, 2, 3].map((number) => ['orders', number]));
  assert.equal(host.requests()[1], all[1]);
  assert.deepEqual(Object.keys(all[1]), ['method', 'type', 'params', 'frame', 'connection']);
  assert.equal((await waiting).frame.params.payload.number, 2);
  const lines = host.transcript().split('\n');
  assert.equal(lines.length, 10);
  assert.match(lines[2], /^→ eventLog\.appendEvent \{"params":\{"instanceId":"orders","payload":\{"number":1,/);
  assert.match(lines[9], /^← eventLog\.getInstance \{"success":false,/);
  await host.close();
});

test('a handler and a fault that come in the middle are heeded, and end', async () => {
  const { host, codebolt } = await warm();
  const off = host.on('eventLog.appendEvent', host.refuse('full'));
  assert.equal((await append(codebolt, 1)).error, 'full');
  off();
  assert.equal((await append(codebolt, 2)).success, true);
  const end = host.fault('eventLog.appendEvent', { duplicate: true });
  assert.equal((await append(codebolt, 3)).success, true);
  end();
  assert.equal((await append(codebolt, 4)).success, true);
  assert.deepEqual(host.faultsDone, ['duplicate of eventLog.appendEvent']);
  assert.equal((await codebolt.eventLog.getInstanceStats('orders')).data.eventCount, 3);
  await host.close();
});

test('requests are done in their order, also while the module is loading', async () => {
  const host = await TestHost.start();
  const codebolt = /** @type {any} */ (host.connect());
  const replies = [codebolt.eventLog.createInstance('orders')];
  for (let number = 1; number <= 300; number++) {
    replies.push(append(codebolt, number));
    if (number % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const [, ...appended] = await Promise.all(replies);
  assert.deepEqual(appended.map(({ data }) => [data.event.payload.number, data.event.sequenceNumber ?? data.event.sequence_number]), appended.map((_, index) => [index + 1, index + 1]));
  await host.close();
});

test('a frame for the event log that is not JSON is the agent’s fault', async () => {
  const { host } = await warm();
  const socket = /** @type {any} */ (new host.WebSocket('ws://test-host/codebolt'));
  await new Promise((resolve) => (socket.onopen = resolve));
  socket.send('{"type":"eventLog.listInstances","requestId":"1","params":{}');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(host.errors.map((error) => /** @type {any} */ (error).code), ['NOT_JSON']);
  assert.equal(host.requests().length, 1);
  await assert.rejects(host.close(), { code: 'NOT_JSON' });
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
