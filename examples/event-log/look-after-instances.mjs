// The life of an instance: found, renamed, counted, deleted.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvent, deleteInstance, getInstance, getInstanceStats, getOrCreateInstance, listInstances, unwrap, updateInstance } =
  codebolt.eventLog;

const name = `draft-${crypto.randomUUID()}`;

// Two at once: one creates it, the other is told that it exists and takes that one.
const [mine, yours] = await Promise.all([getOrCreateInstance(name, 'First ideas'), getOrCreateInstance(name)]);
console.log(`${mine.name}: id ${mine.id}`);
assert.equal(mine.id, yours.id);

const renamed = unwrap(await updateInstance(mine.id, { name: `${name}-final` })).instance;
console.log(`now called ${renamed.name}, still for: ${renamed.description}`);
assert.equal(renamed.id, mine.id);
assert.equal(renamed.description, 'First ideas');

unwrap(await appendEvent({ instanceId: mine.id, eventType: 'Noted', payload: { text: 'a title' } }));
const stats = unwrap(await getInstanceStats(mine.id));
console.log(`${stats.eventCount} event, last changed ${stats.updatedAt}`);
assert.equal(stats.eventCount, 1);

assert.ok(unwrap(await listInstances()).instances.some(({ id }) => id === mine.id));
unwrap(await deleteInstance(mine.id));
const gone = await getInstance(mine.id);
console.log(`after deleting it: ${gone.error}`);
assert.equal(gone.success, false);

await codebolt.close();
