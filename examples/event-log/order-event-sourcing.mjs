// An order whose state is nothing but the sum of its events, rebuilt by reading them from the first.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvent, createInstance, deleteInstance, readEvents, unwrap } = codebolt.eventLog;

const name = `orders-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'Orders of the bakery, a stream for each'));

/** What each event does to the state of an order. It changes nothing but its result. */
const apply = {
  Placed: (_, { customer }) => ({ customer, items: {}, paid: 0, status: 'open' }),
  ItemAdded: (order, { item, count, price }) => ({ ...order, items: { ...order.items, [item]: { count, price } } }),
  ItemRemoved: (order, { item }) => {
    const { [item]: _, ...items } = order.items;
    return { ...order, items };
  },
  Paid: (order, { amount }) => ({ ...order, paid: order.paid + amount }),
  PickedUp: (order) => ({ ...order, status: 'done' }),
};

/** The state of an order, as of now or after an earlier event. */
const rebuild = async (orderId, upTo = Infinity) => {
  let order;
  for await (const event of readEvents({ instanceId: name, stream: orderId })) {
    if (event.sequence_number > upTo) break;
    order = apply[event.event_type](order, event.payload);
  }
  return order;
};

const record = async (orderId, eventType, payload) =>
  unwrap(await appendEvent({ instanceId: name, streamId: orderId, eventType, payload })).event.sequence_number;

await record('order-1', 'Placed', { customer: 'Ada' });
await record('order-1', 'ItemAdded', { item: 'rye bread', count: 2, price: 4.5 });
await record('order-1', 'ItemAdded', { item: 'croissant', count: 3, price: 2 });
await record('order-2', 'Placed', { customer: 'Ben' });
const withTheCake = await record('order-1', 'ItemAdded', { item: 'plum cake', count: 1, price: 18 });
await record('order-1', 'ItemRemoved', { item: 'plum cake' });
await record('order-1', 'Paid', { amount: 15 });
await record('order-1', 'PickedUp', {});

const order = await rebuild('order-1');
const sum = Object.values(order.items).reduce((total, { count, price }) => total + count * price, 0);
console.log(`order-1 of ${order.customer}: ${Object.keys(order.items).join(', ')}; ${sum} due, ${order.paid} paid, ${order.status}`);
assert.deepEqual(order, {
  customer: 'Ada',
  items: { 'rye bread': { count: 2, price: 4.5 }, croissant: { count: 3, price: 2 } },
  paid: 15,
  status: 'done',
});
assert.equal(sum, order.paid);

const earlier = await rebuild('order-1', withTheCake);
console.log(`as it was after event ${withTheCake}: ${Object.keys(earlier.items).join(', ')}; ${earlier.status}`);
assert.deepEqual(Object.keys(earlier.items), ['rye bread', 'croissant', 'plum cake']);
assert.equal(earlier.status, 'open');

unwrap(await deleteInstance(name));
await codebolt.close();
