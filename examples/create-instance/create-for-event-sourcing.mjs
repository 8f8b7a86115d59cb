// An instance for event sourcing: what happened is stored, and state is computed from it.
import codebolt from 'codebolt-wasm';

const { eventLog } = codebolt;
const name = 'parcel-events';

const created = await eventLog.createInstance(name, 'A stream for each parcel, from pick-up to delivery');
if (created.success) {
  console.log(`created ${name}: id ${created.data.instance.id}`);
  const { instance } = created.data;
  // All of them are stored, in this order, or none is.
  const appended = await eventLog.appendEvents({
    instanceId: instance.id,
    events: [
      { streamId: 'parcel-1', eventType: 'PickedUp', payload: { at: 'Bern' } },
      { streamId: 'parcel-1', eventType: 'Moved', payload: { to: 'Basel' } },
      { streamId: 'parcel-1', eventType: 'Delivered', payload: { to: 'Ms Keller' } },
    ],
  });
  if (!appended.success) throw new Error(appended.error);
  console.log(`appended ${appended.data.count} events`);
} else if (created.error?.includes('exists')) {
  console.log(`${name} exists from an earlier run; its events are still there`);
} else {
  throw new Error(created.error);
}

const found = await eventLog.queryEvents({
  from: { instance: name, stream: 'parcel-1' },
  orderBy: { field: 'sequence_number', direction: 'asc' },
});
if (!found.success) throw new Error(found.error);
const history = found.data.result.events ?? [];
console.log(`parcel-1: ${history.map((event) => event.event_type).join(' → ')}`);

await codebolt.close();
