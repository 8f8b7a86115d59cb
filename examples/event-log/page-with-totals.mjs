// Pages of ten, newest first, with the total that a table's footer shows.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvents, createInstance, deleteInstance, queryEvents, unwrap } = codebolt.eventLog;

const name = `visits-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'Visits of the museum'));
const visits = Array.from({ length: 34 }, (_, index) => ({
  streamId: 'door',
  eventType: index % 4 === 0 ? 'GroupCame' : 'VisitorCame',
  payload: { ticket: index + 1 },
}));
unwrap(await appendEvents({ instanceId: name, events: visits }));

const pageSize = 10;
const page = async (number) =>
  unwrap(
    await queryEvents({
      from: { instance: name, stream: 'door' },
      where: [{ field: 'event_type', operator: 'eq', value: 'VisitorCame' }],
      orderBy: { field: 'sequence_number', direction: 'desc' },
      limit: pageSize,
      offset: number * pageSize,
    }),
  ).result;

const tickets = [];
let number = 0;
for (;;) {
  // `total` counts all that meet the conditions, whatever the page.
  const { events, total, offset } = await page(number++);
  console.log(`page ${number} of ${Math.ceil(total / pageSize)}: ${offset + 1} to ${offset + events.length} of ${total}`);
  assert.equal(total, 25);
  tickets.push(...events.map((event) => event.payload.ticket));
  if (offset + events.length >= total) break;
}
assert.equal(number, 3);
assert.equal(new Set(tickets).size, 25);
assert.deepEqual(tickets, tickets.toSorted((a, b) => b - a));

unwrap(await deleteInstance(name));
await codebolt.close();
