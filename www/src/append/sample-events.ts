/** Made-up events of three kinds, with something to count, to chart and to query in each. */
import type { EventLogEventInput } from 'codebolt-wasm';

export const KINDS = [
  ['orders', 'Orders of a shop'],
  ['requests', 'Requests to a web service'],
  ['agents', 'Runs of agents'],
] as const;

export type Kind = (typeof KINDS)[number][0];

const pick = <Value>(values: readonly [Value, ...Value[]]): Value => values[Math.floor(Math.random() * values.length)] ?? values[0];
const whole = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from + 1));
/** Mostly small, now and then large: as durations and sums are. */
const skewed = (middle: number): number => Math.round(middle * Math.exp((Math.random() + Math.random() + Math.random() - 1.5) * 1.6) * 100) / 100;

const MAKERS: Record<Kind, () => EventLogEventInput> = {
  orders: () => {
    const order = `order-${whole(1, 40)}`;
    return {
      streamId: order,
      eventType: pick(['OrderPlaced', 'ItemAdded', 'ItemAdded', 'ItemAdded', 'PaymentReceived', 'OrderShipped', 'OrderCancelled']),
      payload: {
        order,
        customer: pick(['ada', 'grace', 'alan', 'edsger', 'barbara', 'donald']),
        sku: pick(['tea', 'cups', 'kettle', 'honey']),
        quantity: whole(1, 6),
        total: skewed(40),
      },
      metadata: { source: pick(['web', 'app', 'phone']) },
    };
  },
  requests: () => {
    const statusCode = pick([200, 200, 200, 200, 200, 201, 204, 304, 400, 404, 404, 500, 503]);
    return {
      streamId: pick(['api', 'search', 'login', 'images']),
      eventType: statusCode >= 500 ? 'RequestFailed' : statusCode >= 400 ? 'RequestRefused' : 'RequestServed',
      payload: {
        method: pick(['GET', 'GET', 'GET', 'POST', 'PUT']),
        path: pick(['/', '/orders', '/orders/17', '/search', '/login']),
        statusCode,
        durationMs: skewed(80),
      },
    };
  },
  agents: () => {
    const type = pick(['ToolCalled', 'ToolCalled', 'ToolCalled', 'MessageSent', 'FileChanged', 'RunStarted', 'RunFinished']);
    return {
      streamId: `run-${whole(1, 25)}`,
      eventType: type,
      payload: {
        agent: pick(['planner', 'coder', 'reviewer']),
        ...(type === 'ToolCalled' && { tool: pick(['read', 'search', 'edit', 'test']), succeeded: Math.random() < 0.9 }),
        ...(type === 'FileChanged' && { file: pick(['src/main.rs', 'README.md', 'tests/all.rs']) }),
        tokens: whole(20, 4000),
        durationMs: skewed(900),
      },
    };
  },
};

/** As many events of a kind. */
export const makeEvents = (kind: Kind, howMany: number): EventLogEventInput[] => Array.from({ length: howMany }, MAKERS[kind]);
