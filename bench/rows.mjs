/** What is measured. */

const PAYLOAD = {
  order: 'o-20260102-000017',
  customer: { id: 'c-4711', name: 'Grace Example', city: 'Ulm' },
  note: 'x'.repeat(700),
  lines: [
    { article: 'a-1', amount: 2, price: 19.99 },
    { article: 'a-2', amount: 1, price: 5.5 },
    { article: 'a-3', amount: 12, price: 0.35 },
  ],
};

const APPEND = {
  instanceId: 'orders',
  stream_id: 'order-17',
  event_type: 'order-placed',
  payload: PAYLOAD,
};

const BATCH = {
  instanceId: 'orders',
  events: Array.from({ length: 1000 }, (_, number) => ({
    stream_id: 'order-17',
    event_type: 'item-added',
    payload: { item: `article ${number}`, amount: number % 7, price: number / 100, gift: number % 2 === 0 },
    metadata: { user: 'u-1', source: 'bench' },
  })),
};

const QUERY = { from: { instance: 'orders', stream: 'order-17' }, limit: 1000 };

/**
 * A row: `call` is made `calls` times a sample, `inFlight` of them at a time.
 * @typedef {object} Row
 * @property {string} name
 * @property {string} group
 * @property {number} inFlight
 * @property {number} calls
 * @property {(eventLog: any, number: number) => Promise<any>} call
 * @property {{ node?: { cpu?: number, wall?: number }, chromium?: { cpu?: number, wall?: number } }} [goals] ratios
 */

const create = (/** @type {any} */ eventLog, /** @type {number} */ number) => eventLog.createInstance(`orders ${number}`, 'a test');
const append = (/** @type {any} */ eventLog) => eventLog.appendEvent(APPEND);

/** @type {Row[]} */
export const ROWS = [
  {
    name: 'createInstance, one at a time',
    group: 'create',
    inFlight: 1,
    calls: 12_000,
    call: create,
    goals: { node: { cpu: 1 }, chromium: { cpu: 0.75 } },
  },
  { name: 'createInstance, 16 in flight', group: 'create', inFlight: 16, calls: 16_000, call: create },
  {
    name: 'createInstance, 256 in flight',
    group: 'create',
    inFlight: 256,
    calls: 25_600,
    call: create,
    goals: { node: { cpu: 0.5, wall: 0.7 }, chromium: { cpu: 0.65 } },
  },
  {
    name: 'createInstance, 4096 in flight',
    group: 'create',
    inFlight: 4096,
    calls: 40_960,
    call: create,
    goals: { node: { cpu: 0.5 } },
  },
  { name: 'appendEvent of 1 KB, one at a time', group: 'append', inFlight: 1, calls: 12_000, call: append },
  { name: 'appendEvent of 1 KB, 16 in flight', group: 'append', inFlight: 16, calls: 16_000, call: append },
  { name: 'appendEvent of 1 KB, 256 in flight', group: 'append', inFlight: 256, calls: 25_600, call: append },
  { name: 'appendEvent of 1 KB, 4096 in flight', group: 'append', inFlight: 4096, calls: 40_960, call: append },
  {
    name: 'appendEvents of 1000 events',
    group: 'large',
    inFlight: 1,
    calls: 200,
    call: (eventLog) => eventLog.appendEvents(BATCH),
    goals: { node: { cpu: 1 }, chromium: { cpu: 1.05 } },
  },
  {
    name: 'queryEvents, reply of 1000 events',
    group: 'large',
    inFlight: 1,
    calls: 200,
    call: (eventLog) => eventLog.queryEvents(QUERY),
    goals: { node: { cpu: 1.05 }, chromium: { cpu: 1.05 } },
  },
];

/**
 * Makes a row's calls: as many loops as calls are to be in flight, each awaiting its reply before its next call.
 * @param {any} eventLog
 * @param {Row} row
 * @param {number} calls
 */
export const makeCalls = async (eventLog, row, calls) => {
  let made = 0;
  const loop = async () => {
    while (made < calls) {
      made += 1;
      const reply = await row.call(eventLog, made);
      if (reply.success !== true) throw new Error(`no success: ${JSON.stringify(reply)}`);
    }
  };
  await Promise.all(Array.from({ length: row.inFlight }, loop));
};
