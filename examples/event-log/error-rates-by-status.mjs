// Which share of requests failed, from a log of API calls: counted by status code.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvents, createInstance, deleteInstance, queryEvents, unwrap } = codebolt.eventLog;

const name = `api-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'Calls of the public API'));
const calls = { '/orders': [200, 200, 500, 201, 404], '/login': [200, 401, 503, 503, 200] };
for (const [path, codes] of Object.entries(calls)) {
  unwrap(
    await appendEvents({
      instanceId: name,
      events: codes.map((statusCode, index) => ({
        streamId: path,
        eventType: 'ApiCall',
        payload: { path, statusCode, milliseconds: 20 + index },
      })),
    }),
  );
}

const perCode = unwrap(
  await queryEvents({ from: { instance: name }, reduce: { type: 'count', groupBy: ['payload.statusCode'] } }),
).result.aggregation;
const all = perCode.reduce((sum, group) => sum + group.value, 0);
const failed = perCode.reduce((sum, group) => sum + (group['payload.statusCode'] >= 500 ? group.value : 0), 0);
for (const group of perCode) console.log(group['payload.statusCode'], '#'.repeat(group.value));
console.log(`${failed} of ${all} calls failed: ${((100 * failed) / all).toFixed(0)} %`);
assert.deepEqual([failed, all], [3, 10]);

// The same per path: one query counts the failures of each, another all calls.
const perPath = async (where) =>
  new Map(
    unwrap(
      await queryEvents({ from: { instance: name }, where, reduce: { type: 'count', groupBy: ['payload.path'] } }),
    ).result.aggregation.map((group) => [group['payload.path'], group.value]),
  );
const totals = await perPath([]);
const failures = await perPath([{ field: 'payload.statusCode', operator: 'between', value: [500, 599] }]);
const rates = [...totals].map(([path, total]) => [path, (failures.get(path) ?? 0) / total]);
for (const [path, rate] of rates) console.log(`${path}: ${rate * 100} % failed`);
assert.deepEqual(Object.fromEntries(rates), { '/login': 0.4, '/orders': 0.2 });

unwrap(await deleteInstance(name));
await codebolt.close();
