import codebolt from '@codebolt/codeboltjs';

await codebolt.waitForReady();
const { createInstance, queryEvents } = codebolt.eventLog;
const created = await createInstance(`orders ${Date.now()} ${process.pid}`, 'An order log');
const instanceId = created.data.instance.id;
await codebolt.eventLog.appendEvents({
  instanceId,
  events: [
    { stream_id: 'a', event_type: 'placed', payload: { total: 12 } },
    { stream_id: 'b', event_type: 'placed', payload: { total: 30 } },
  ],
});
const sum = await queryEvents({ from: { instance: instanceId }, reduce: { type: 'sum', field: 'payload.total' } });
const again = await createInstance(created.data.instance.name);
console.log(JSON.stringify({ ready: codebolt.ready, sum: sum.data.result.aggregation, again: again.success }));
process.exit(0);
