// What a caller's TypeScript sees of the event log. Each `@ts-expect-error` is an error that the compiler has to find.

import codebolt, { Codebolt, CodeboltError, createInstance, eventLog, initAsync, unwrap } from 'codebolt-wasm';
import type {
  AppendEventParams,
  AppendEventsParams,
  CallOptions,
  CodeboltErrorCode,
  CreateEventLogInstanceParams,
  EventLogAppendMultipleResponse,
  EventLogAppendResponse,
  EventLogBaseResponse,
  EventLogCondition,
  EventLogDSL,
  EventLogEntry,
  EventLogInstance,
  EventLogInstanceListResponse,
  EventLogInstanceResponse,
  EventLogMethods,
  EventLogQueryResponse,
  EventLogQueryResult,
  EventLogStatsResponse,
  ReadEventsOptions,
  UpdateEventLogInstanceParams,
} from 'codebolt-wasm';

/** Exactly the same type, `any` included. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_holds: Same<A, B>): void => {};

interface OrderPlaced {
  customer: string;
  total: number;
}

// The nine operations.
same<Awaited<ReturnType<typeof codebolt.eventLog.createInstance>>, EventLogInstanceResponse>(true);
same<Awaited<ReturnType<typeof eventLog.getInstance>>, EventLogInstanceResponse>(true);
same<Awaited<ReturnType<typeof eventLog.listInstances>>, EventLogInstanceListResponse>(true);
same<Awaited<ReturnType<typeof eventLog.updateInstance>>, EventLogInstanceResponse>(true);
same<Awaited<ReturnType<typeof eventLog.deleteInstance>>, EventLogInstanceResponse>(true);
same<Awaited<ReturnType<typeof eventLog.getInstanceStats>>, EventLogStatsResponse>(true);
same<typeof eventLog, EventLogMethods>(true);
same<typeof codebolt.eventLog, EventLogMethods>(true);
same<typeof createInstance, EventLogMethods['createInstance']>(true);
const instance: Codebolt = codebolt;
const made: Codebolt = new Codebolt({ url: 'ws://localhost:12345/codebolt', reconnect: { maxAttempts: 3 } });

// Detached.
const { appendEvent, appendEvents, queryEvents, readEvents, getOrCreateInstance } = codebolt.eventLog;

export const operations = async (): Promise<void> => {
  // `data` is there when `success` is true, and not when it is false. Where nobody looked, it reads as there, as public code has it.
  const created = await createInstance('orders', 'what for', { timeout: 5, signal: AbortSignal.abort() });
  same<typeof created.data, { instance: EventLogInstance }>(true);
  if (created.success) {
    const { instance } = created.data;
    same<typeof instance, EventLogInstance>(true);
    same<typeof instance.id, string>(true);
    same<typeof instance.description, string | undefined>(true);
    // @ts-expect-error there is no such member
    instance.owner;
  } else {
    const text: string | undefined = created.error;
    same<typeof created.data, never>(true);
    // @ts-expect-error nothing was created
    created.data.instance;
    void text;
  }
  const type: string = created.type;
  const requestId: string = created.requestId;
  same<(typeof created)['message'], string | undefined>(true);

  // @ts-expect-error a name is wanted
  await createInstance();
  // @ts-expect-error a name is a text
  await createInstance(42);
  // @ts-expect-error call options stand after the description
  await createInstance('a', { timeout: 5 });
  // @ts-expect-error milliseconds are a number
  await createInstance('a', undefined, { timeout: '5' });
  // @ts-expect-error an id is wanted
  await eventLog.getInstance();
  // @ts-expect-error only name and description can be changed
  await eventLog.updateInstance('a', { createdAt: '' });
  await eventLog.updateInstance('a', { name: 'b' });

  // Payloads have the type that the caller gives them.
  const appended = await appendEvent<OrderPlaced>({ instanceId: 'orders', payload: { customer: 'ada', total: 1 } });
  same<typeof appended, EventLogAppendResponse<OrderPlaced>>(true);
  if (appended.success) {
    same<typeof appended.data.event, EventLogEntry<OrderPlaced>>(true);
    same<typeof appended.data.event.payload.total, number>(true);
    // @ts-expect-error an order has no such member
    appended.data.event.payload.subtotal;
  }
  const inferred = await appendEvent({ instanceId: 'orders', payload: { n: 1 } });
  same<typeof inferred, EventLogAppendResponse<{ n: number }>>(true);
  const untyped = await queryEvents({ from: { instance: 'orders' } });
  same<typeof untyped, EventLogQueryResponse<Record<string, any>>>(true);
  // Nobody said what they say.
  if (untyped.success) for (const event of untyped.data.result.events ?? []) same<typeof event.payload.amount, any>(true);
  // @ts-expect-error a member is missing
  await appendEvent<OrderPlaced>({ instanceId: 'orders', payload: { customer: 'ada' } });
  // @ts-expect-error an instance is wanted
  await appendEvent({ payload: {} });
  // @ts-expect-error a payload is an object
  await appendEvent({ instanceId: 'orders', payload: 'text' });
  // Both spellings, and none that is neither.
  await appendEvent({ instanceId: 'o', stream_id: 's', event_type: 't', streamId: 's', eventType: 't', autoCreateInstance: true });
  // @ts-expect-error misspelt
  await appendEvent({ instanceId: 'o', eventtype: 't' });

  const several = await appendEvents<OrderPlaced>({ instanceId: 'o', events: [{ payload: { customer: 'a', total: 1 } }] });
  same<typeof several, EventLogAppendMultipleResponse<OrderPlaced>>(true);
  // Events of different shapes, in place and in a variable, or with a type of the caller's.
  const mixed = [
    { streamId: 's', eventType: 'Placed', payload: { total: 1 } },
    { streamId: 's', eventType: 'Paid', payload: { method: 'card', at: new Date() } },
  ];
  const placedAndPaid = await appendEvents({ instanceId: 'o', events: mixed });
  same<typeof placedAndPaid, EventLogAppendMultipleResponse>(true);
  await appendEvents({ instanceId: 'o', events: [{ payload: { total: 1 } }, { payload: { method: 'card' } }, {}] });
  const byInterface: { payload: OrderPlaced }[] = [];
  await appendEvents({ instanceId: 'o', events: byInterface });
  // @ts-expect-error a payload is an object
  await appendEvents({ instanceId: 'o', events: [{ payload: 'text' }] });
  // @ts-expect-error a member is missing
  await appendEvents<OrderPlaced>({ instanceId: 'o', events: [{ payload: { customer: 'a' } }] });

  const count: number = several.success ? several.data.count : 0;
  // @ts-expect-error a list is wanted
  await appendEvents({ instanceId: 'o', events: { payload: {} } });

  // Queries.
  const found = await queryEvents<OrderPlaced>({
    from: { instance: 'orders', stream: 'order-17' },
    where: [
      { field: 'payload.total', operator: 'gte', value: 10 },
      { field: 'timestamp', operator: 'between', value: [new Date(0), Date.now()] },
    ],
    select: ['id'],
    orderBy: { field: 'timestamp', direction: 'desc' },
    limit: 5,
    offset: 0,
  });
  if (found.success) {
    same<typeof found.data.result, EventLogQueryResult<OrderPlaced>>(true);
    const totals: number[] = (found.data.result.events ?? []).map((event) => event.payload.total);
    same<typeof found.data.result.total, number>(true);
    same<typeof found.data.result.aggregation, any>(true);
    void totals;
  }
  // @ts-expect-error no such operator
  await queryEvents({ from: { instance: 'o' }, where: [{ field: 'a', operator: 'like', value: 1 }] });
  // @ts-expect-error no such direction
  await queryEvents({ from: { instance: 'o' }, orderBy: { field: 'a', direction: 'up' } });
  // @ts-expect-error no such reduction
  await queryEvents({ from: { instance: 'o' }, reduce: { type: 'median', field: 'a' } });
  // @ts-expect-error an instance is wanted
  await queryEvents({ from: {} });
  // @ts-expect-error a query is wanted
  await queryEvents();

  const stats = await eventLog.getInstanceStats('o');
  if (stats.success) same<typeof stats.data.eventCount, number>(true);

  // On top of the nine.
  same<Awaited<ReturnType<typeof getOrCreateInstance>>, EventLogInstance>(true);
  await getOrCreateInstance('a', 'b', { timeout: 1 });
  // @ts-expect-error a name is a text
  await getOrCreateInstance(1);
  for await (const event of readEvents<OrderPlaced>({ instanceId: 'o', stream: 's', after: 3, live: true, pollInterval: 5 })) {
    same<typeof event, EventLogEntry<OrderPlaced>>(true);
  }
  for await (const event of readEvents({ instanceId: 'o' })) same<typeof event, EventLogEntry>(true);
  // @ts-expect-error an instance is wanted
  readEvents({ stream: 's' });
  // @ts-expect-error misspelt
  readEvents({ instanceId: 'o', streamId: 's' });

  const { instances } = unwrap(await eventLog.listInstances());
  same<typeof instances, EventLogInstance[]>(true);
  const result = unwrap(await queryEvents<OrderPlaced>({ from: { instance: 'o' } })).result;
  same<typeof result, EventLogQueryResult<OrderPlaced>>(true);
  same<typeof eventLog.unwrap, typeof unwrap>(true);
  // @ts-expect-error an await is missing
  unwrap(eventLog.listInstances());

  void [type, requestId, count];
};

// Errors.
export const handle = (error: unknown): void => {
  if (!(error instanceof CodeboltError)) return;
  const code: CodeboltErrorCode = error.code;
  same<typeof error.sent, boolean | undefined>(true);
  // @ts-expect-error no such code
  if (code === 'OOPS') return;
};

// Every name that code for the reference imports.
const base: EventLogBaseResponse = { type: 't', success: true, timestamp: '', requestId: '' };
const condition: EventLogCondition = { field: 'a', operator: 'in', value: [1] };
const query: EventLogDSL = { from: { instance: 'a' }, where: [condition], reduce: { type: 'sum', field: 'payload.a', groupBy: ['b'] } };
const createParams: CreateEventLogInstanceParams = { name: 'a' };
const updateParams: UpdateEventLogInstanceParams = {};
const appendParams: AppendEventParams = { instanceId: 'a' };
const appendManyParams: AppendEventsParams<OrderPlaced> = { instanceId: 'a', events: [] };
const options: ReadEventsOptions = { instanceId: 'a' };
const callOptions: CallOptions = {};

// @ts-expect-error no such option
new Codebolt({ adress: 'ws://localhost' });
// @ts-expect-error a port is a number
new Codebolt({ port: '1' });
const loaded: Promise<void> = initAsync(new URL('https://example.org/codebolt_wasm_bg.wasm'));

export default [base, query, createParams, updateParams, appendParams, appendManyParams, options, callOptions, loaded, instance, made];
