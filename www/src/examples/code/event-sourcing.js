import codebolt from 'codebolt-wasm';

const created = await codebolt.eventLog.createInstance('shop', 'Steps of orders');
if (!created.success) console.log(created.error);

await codebolt.eventLog.appendEvents({
  instanceId: 'shop',
  events: [
    { streamId: 'order-1', eventType: 'OrderPlaced', payload: { customer: 'grace' } },
    { streamId: 'order-1', eventType: 'ItemAdded', payload: { price: 4.5 } },
    { streamId: 'order-1', eventType: 'ItemAdded', payload: { price: 12 } },
  ],
});

// The state is not stored anywhere: it is what the events add up to.
const reply = await codebolt.eventLog.queryEvents({
  from: { instance: 'shop', stream: 'order-1' },
  where: [{ field: 'event_type', operator: 'eq', value: 'ItemAdded' }],
  reduce: { type: 'sum', field: 'payload.price' },
});
console.log('order-1 comes to', reply.data?.result.aggregation ?? reply.error);

await codebolt.close();
