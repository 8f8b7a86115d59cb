/** What the responder says, as a host would: the same texts every time, but for the id. */

const TIME = '2026-01-02T03:04:05.678Z';
const INSTANCE = { id: '0196a1c0-0000-7000-8000-000000000001', name: 'orders', createdAt: TIME, updatedAt: TIME };

/** @param {number} number */
const event = (number) => ({
  id: `0196a1c0-0000-7000-8000-${String(number).padStart(12, '0')}`,
  instanceId: INSTANCE.id,
  stream_id: 'order-17',
  event_type: 'item-added',
  payload: { item: `article ${number}`, amount: number % 7, price: number / 100, gift: number % 2 === 0 },
  metadata: { user: 'u-1', source: 'bench' },
  timestamp: TIME,
  sequence_number: number,
});

/** @type {Record<string, object>} */
const data = {
  createInstance: { instance: INSTANCE },
  appendEvent: { event: event(1) },
  // A host answers with all events. Here only their number, for the row is about sending.
  appendEvents: { events: [], count: 1000 },
  queryEvents: { result: { events: Array.from({ length: 1000 }, (_, index) => event(index + 1)), total: 1000 } },
  getInstanceStats: { ...INSTANCE, eventCount: 1 },
};

const texts = new Map(
  Object.entries(data).map(([type, members]) => [
    type,
    [`{"type":"eventLog.${type}","requestId":"`, `","success":true,"data":${JSON.stringify(members)}}`],
  ]),
);

/**
 * @param {string} type
 * @param {string} id
 */
export const reply = (type, id) => {
  const text = texts.get(type);
  if (text === undefined) throw new Error(`the responder has no reply of type ${type}`);
  return text[0] + id + text[1];
};
