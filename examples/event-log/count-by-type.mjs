// How many events there are of each type: the host counts, and only the counts travel.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvents, createInstance, deleteInstance, queryEvents, unwrap } = codebolt.eventLog;

const name = `helpdesk-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'What happens to tickets of the help desk'));
const types = ['Opened', 'Answered', 'Opened', 'Answered', 'Answered', 'Closed'];
unwrap(
  await appendEvents({
    instanceId: name,
    events: types.map((eventType, index) => ({ eventType, streamId: `ticket-${index % 2}`, payload: { minutes: index * 5 } })),
  }),
);

const reduce = async (reduction, stream) =>
  unwrap(await queryEvents({ from: { instance: name, stream }, reduce: reduction })).result.aggregation;

const perType = await reduce({ type: 'count', groupBy: ['event_type'] });
console.table(perType);
assert.deepEqual(perType, [
  { event_type: 'Answered', value: 3 },
  { event_type: 'Closed', value: 1 },
  { event_type: 'Opened', value: 2 },
]);

// Without groups the answer is a bare value.
const inTicket = await reduce({ type: 'count' }, 'ticket-0');
const longest = await reduce({ type: 'max', field: 'payload.minutes' });
console.log(`ticket-0 has ${inTicket} events; the longest step took ${longest} minutes`);
assert.equal(inTicket, 3);
assert.equal(longest, 25);

unwrap(await deleteInstance(name));
await codebolt.close();
