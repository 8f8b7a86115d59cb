// Imports a table into the log, a few hundred rows at a time. A batch is stored whole or not at all.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvents, deleteInstance, getInstanceStats, getOrCreateInstance, queryEvents, unwrap } = codebolt.eventLog;

const table = ['day;station;degrees', ...Array.from({ length: 1200 }, (_, day) => `${day};${day % 3};${day % 30}`)].join('\n');

const name = `weather-${crypto.randomUUID()}`;
const { id } = await getOrCreateInstance(name, 'Temperatures of three stations');

const [header, ...rows] = table.split('\n').map((line) => line.split(';'));
const events = rows.map((row) => {
  const measured = Object.fromEntries(header.map((column, index) => [column, Number(row[index])]));
  return { streamId: `station-${measured.station}`, eventType: 'Measured', payload: measured, metadata: { source: 'table' } };
});

const batchSize = 500;
for (let start = 0; start < events.length; start += batchSize) {
  // One after the other: so the order of the table is the order in the log.
  const { count } = unwrap(await appendEvents({ instanceId: id, events: events.slice(start, start + batchSize) }));
  console.log(`stored rows ${start + 1} to ${start + count}`);
}

const stats = unwrap(await getInstanceStats(id));
assert.equal(stats.eventCount, 1200);
const means = unwrap(
  await queryEvents({ from: { instance: id }, reduce: { type: 'avg', field: 'payload.degrees', groupBy: ['stream_id'] } }),
).result.aggregation;
console.table(means);
assert.deepEqual(means, [
  { stream_id: 'station-0', value: 13.5 },
  { stream_id: 'station-1', value: 14.5 },
  { stream_id: 'station-2', value: 15.5 },
]);

// A batch with one bad event leaves nothing behind.
const refused = await appendEvents({ instanceId: id, events: [{ eventType: 'Measured', payload: {} }, { eventType: 7 }] });
console.log(`a batch with a bad event: ${refused.error}`);
assert.equal(refused.success, false);
assert.equal(unwrap(await getInstanceStats(id)).eventCount, 1200);

unwrap(await deleteInstance(id));
await codebolt.close();
