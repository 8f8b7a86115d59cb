// What a caller's TypeScript sees of the event log. Each `@ts-expect-error` is an error that the compiler has to find.

import codebolt, { Codebolt, CodeboltError, createInstance, eventLog, initAsync, unwrap } from 'codebolt-wasm';
import type {
  AppendEventParams,
  AppendEventsParams,
  CallOptions,
  CodeboltErrorCode,
  CodeboltOptions,
  CreateEventLogInstanceParams,
  EventLogAppendMultipleResponse,
  EventLogAppendResponse,
  EventLogBaseResponse,
  EventLogCondition,
  EventLogDSL,
  EventLogEntry,
  EventLogEventsResult,
  EventLogInstance,
  EventLogInstanceListResponse,
  EventLogInstanceResponse,
  EventLogMethods,
  EventLogPayload,
  EventLogQueryResponse,
  EventLogQueryResult,
  EventLogReply,
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
    const text: string = created.error;
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
  same<typeof untyped, EventLogReply<{ result: EventLogEventsResult<Record<string, any>> }>>(true);
  // It is what the type by name promises, and more.
  const asNamed: EventLogQueryResponse = untyped;
  void asNamed;
  // Nobody said what they say.
  if (untyped.success) for (const event of untyped.data.result.events) same<typeof event.payload.amount, any>(true);
  // @ts-expect-error a member is missing
  await appendEvent<OrderPlaced>({ instanceId: 'orders', payload: { customer: 'ada' } });
  // @ts-expect-error an instance is wanted
  await appendEvent({ payload: {} });
  // A payload is any JSON value.
  const texts = await appendEvent({ instanceId: 'orders', payload: 'text' });
  same<typeof texts, EventLogAppendResponse<'text'>>(true);
  await appendEvent<string[] | null>({ instanceId: 'orders', payload: null });
  // @ts-expect-error JSON has no function
  await appendEvent<() => void>({ instanceId: 'orders', payload: 1n });
  // @ts-expect-error nor has it such whole numbers
  await appendEvent({ instanceId: 'orders', payload: 1n });
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
  same<typeof placedAndPaid, EventLogAppendMultipleResponse<any>>(true);
  const manyAsNamed: EventLogAppendMultipleResponse = placedAndPaid;
  void manyAsNamed;
  await appendEvents({ instanceId: 'o', events: [{ payload: { total: 1 } }, { payload: { method: 'card' } }, {}] });
  const byInterface: { payload: OrderPlaced }[] = [];
  await appendEvents({ instanceId: 'o', events: byInterface });
  await appendEvents({ instanceId: 'o', events: [{ payload: 'text' }, { payload: [1] }] });
  // @ts-expect-error a member is missing
  await appendEvents<OrderPlaced>({ instanceId: 'o', events: [{ payload: { customer: 'a' } }] });

  const count: number = several.success ? several.data.count : 0;
  // @ts-expect-error a list is wanted
  await appendEvents({ instanceId: 'o', events: { payload: {} } });

  // What `codebolt-host` takes and answers besides.
  const once = await appendEvent({ instanceId: 'o', eventId: 'e', expectedVersion: 0 });
  if (once.success) same<typeof once.data.duplicate, boolean | undefined>(true);
  const batch = await appendEvents({ instanceId: 'o', events: [{ eventId: 'e', expectedVersion: 1 }], expectedVersion: 1 });
  if (batch.success) {
    same<typeof batch.data.duplicates, number | undefined>(true);
    same<typeof batch.data.withoutPayloads, boolean | undefined>(true);
  }
  const listed = await eventLog.listInstances({ offset: 1, limit: 2, timeout: 5 });
  if (listed.success) same<typeof listed.data.more, boolean | undefined>(true);
  // @ts-expect-error an offset is a number
  await eventLog.listInstances({ offset: '1' });

  // Queries.
  const found = await queryEvents<OrderPlaced>({
    from: { instance: 'orders', stream: 'order-17' },
    where: [
      { field: 'payload.total', operator: 'gte', value: 10 },
      { field: 'timestamp', operator: 'between', value: [new Date(0), Date.now()] },
    ],
    orderBy: { field: 'timestamp', direction: 'desc' },
    limit: 5,
    offset: 0,
  });
  if (found.success) {
    same<typeof found.data.result, EventLogEventsResult<OrderPlaced>>(true);
    const totals: number[] = found.data.result.events.map((event) => event.payload.total);
    same<typeof found.data.result.more, boolean | undefined>(true);
    same<typeof found.data.result.total, number>(true);
    same<typeof found.data.result.aggregation, any>(true);
    void totals;
  }
  // A direction has a default.
  await queryEvents({ from: { instance: 'o' }, orderBy: { field: 'timestamp' } });
  // `select` gives objects of what was asked for, and of nothing else.
  const selected = unwrap(await queryEvents({ from: { instance: 'o' }, select: ['id', 'eventType', 'log_position', 'payload.total'] }));
  for (const event of selected.result.events) {
    same<typeof event.id, string>(true);
    same<typeof event.eventType, string>(true);
    same<typeof event.log_position, number>(true);
    same<(typeof event)['payload.total'], any>(true);
    same<typeof event.timestamp, never>(true);
    // @ts-expect-error the payload was not asked for
    event.payload.total;
    // @ts-expect-error nor this
    event.streamId;
  }
  // Code for the reference's types takes them.
  const entries: EventLogEntry[] = selected.result.events;
  const fields: string[] = ['id'];
  const dynamic = unwrap(await queryEvents({ from: { instance: 'o' }, select: fields }));
  for (const event of dynamic.result.events) same<typeof event.anything, any>(true);
  // `aggregation` follows from `reduce`.
  const counted = unwrap(await queryEvents({ from: { instance: 'o' }, reduce: { type: 'count' } }));
  same<typeof counted.result.aggregation, number>(true);
  same<typeof counted.result.events, undefined>(true);
  const averaged = unwrap(await queryEvents({ from: { instance: 'o' }, reduce: { type: 'avg', field: 'payload.total' } }));
  same<typeof averaged.result.aggregation, number | null>(true);
  const newest = unwrap(await queryEvents({ from: { instance: 'o' }, reduce: { type: 'max', field: 'timestamp' } }));
  same<typeof newest.result.aggregation, number | string | null>(true);
  const collected = unwrap(await queryEvents({ from: { instance: 'o' }, reduce: { type: 'collect' } }));
  same<typeof collected.result.aggregation, EventLogEntry[]>(true);
  const values = unwrap(await queryEvents({ from: { instance: 'o' }, reduce: { type: 'collect', field: 'payload.total' } }));
  same<typeof values.result.aggregation, any[]>(true);
  const grouped = unwrap(
    await queryEvents({ from: { instance: 'o' }, reduce: { type: 'sum', field: 'payload.total', groupBy: ['event_type', 'payload.customer'] } }),
  );
  for (const group of grouped.result.aggregation) {
    same<typeof group.event_type, string>(true);
    same<typeof group.value, number | null>(true);
    same<(typeof group)['payload.customer'], any>(true);
    // @ts-expect-error it was not grouped by this
    group.stream_id;
  }
  // Of a query that may be any, the answer may be any.
  const anyQuery: EventLogDSL = { from: { instance: 'o' } };
  same<Awaited<ReturnType<typeof queryEvents>>, EventLogQueryResponse<EventLogPayload>>(true);
  const anyAnswer = await queryEvents(anyQuery);
  same<typeof anyAnswer, EventLogQueryResponse<Record<string, any>>>(true);
  void entries;
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
  same<typeof result, EventLogEventsResult<OrderPlaced>>(true);
  const general: EventLogQueryResult<OrderPlaced> = result;
  void general;
  same<typeof eventLog.unwrap, typeof unwrap>(true);
  // @ts-expect-error an await is missing
  unwrap(eventLog.listInstances());

  void [type, requestId, count];
};

// With `throwOnError` a refusal rejects, so that `data` is there.
const throwing = new Codebolt({ url: 'ws://localhost:12345/codebolt', throwOnError: true });
same<typeof throwing, Codebolt<{ throwOnError: true }>>(true);
const asAny: Codebolt = throwing;
const plain = new Codebolt({ throwOnError: false });
const decided: CodeboltOptions = { throwOnError: true };
const asDecided = new Codebolt(decided);
class Agent extends Codebolt {
  async create(): Promise<EventLogInstance | undefined> {
    const reply = await this.eventLog.createInstance('a');
    return reply.success ? reply.data.instance : undefined;
  }
}
export const withData = async (): Promise<unknown[]> => {
  const created = await throwing.eventLog.createInstance('a');
  same<typeof created.success, true>(true);
  same<typeof created.data, { instance: EventLogInstance }>(true);
  const { data } = await throwing.eventLog.queryEvents<OrderPlaced>({ from: { instance: 'a' } });
  same<typeof data.result.events, EventLogEntry<OrderPlaced>[]>(true);
  const { data: counted } = await throwing.eventLog.queryEvents({ from: { instance: 'a' }, reduce: { type: 'count' } });
  same<typeof counted.result.aggregation, number>(true);
  for (const one of [plain, asDecided, new Agent()]) {
    const reply = await one.eventLog.createInstance('a');
    same<typeof reply, EventLogInstanceResponse>(true);
  }
  return [asAny, await throwing.eventLog.getOrCreateInstance('a')];
};

// Methods can be replaced, as those of the reference can, and may be read without their object.
eventLog.getInstance = codebolt.eventLog.getInstance;

// Errors.
export const handle = (error: unknown): void => {
  if (!(error instanceof CodeboltError)) return;
  const code: CodeboltErrorCode = error.code;
  same<typeof error.sent, boolean | undefined>(true);
  same<typeof error.closeCode, number | undefined>(true);
  // What is there follows from the code.
  if (error.code === 'CONNECTION_CLOSED') {
    same<typeof error.closeCode, number>(true);
    same<typeof error.sent, boolean>(true);
    same<typeof error.closeReason, string>(true);
  } else if (error.code === 'HOST_ERROR') {
    same<typeof error.type, string>(true);
    const reason: unknown = error.reply.error;
    same<typeof error.reply.success, false>(true);
    void reason;
  }
  const plainly: Error = error;
  const closed = new CodeboltError('CONNECTION_CLOSED', 'text', { closeCode: 1000 });
  same<typeof closed.code, 'CONNECTION_CLOSED'>(true);
  void plainly;
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
