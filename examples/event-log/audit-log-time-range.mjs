// An audit log: who did what, and which of it happened between two instants.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import codebolt from 'codebolt-wasm';

const { appendEvent, createInstance, deleteInstance, queryEvents, unwrap } = codebolt.eventLog;

// A name of this run's own, so that earlier runs are not counted.
const name = `audit-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'Who read or changed a patient record'));

const note = async (user, action, record) =>
  unwrap(
    await appendEvent({
      instanceId: name,
      streamId: `record-${record}`,
      eventType: action,
      payload: { record },
      metadata: { user, address: '10.0.0.7' },
    }),
  ).event;

await note('ada', 'RecordOpened', 17);
await wait(5);
const from = (await note('ben', 'RecordOpened', 17)).timestamp;
await note('ben', 'RecordChanged', 17);
const to = (await note('ada', 'RecordClosed', 17)).timestamp;
await wait(5);
await note('cleo', 'RecordOpened', 18);

// `between` includes both ends. Instants may be ISO text, a Date or milliseconds.
const inRange = unwrap(
  await queryEvents({
    from: { instance: name },
    where: [{ field: 'timestamp', operator: 'between', value: [from, new Date(to)] }],
    orderBy: { field: 'timestamp', direction: 'asc' },
  }),
).result;
for (const { timestamp, event_type, metadata } of inRange.events) console.log(timestamp, metadata.user, event_type);
assert.deepEqual(
  inRange.events.map((event) => event.event_type),
  ['RecordOpened', 'RecordChanged', 'RecordClosed'],
);

const byBen = unwrap(
  await queryEvents({
    from: { instance: name },
    where: [
      { field: 'timestamp', operator: 'gte', value: from },
      { field: 'metadata.user', operator: 'eq', value: 'ben' },
    ],
  }),
).result;
console.log(`ben: ${byBen.total} of them`);
assert.equal(byBen.total, 2);

unwrap(await deleteInstance(name));
await codebolt.close();
