// What the compiler knows of a call, from how it is written.
import { Codebolt, CodeboltError } from 'codebolt-wasm';
import type { EventLogEntry } from 'codebolt-wasm';
import type { ThreadDetails } from 'codebolt-wasm/types';

interface OrderPlaced {
  customer: string;
  total: number;
}

// With `throwOnError` a refusal rejects, so that `data` is there.
const codebolt = new Codebolt({ throwOnError: true });
const { appendEvent, queryEvents } = codebolt.eventLog;

export const record = async (payload: OrderPlaced): Promise<EventLogEntry<OrderPlaced>> => {
  const { data } = await appendEvent({ instanceId: 'orders', eventType: 'OrderPlaced', payload });
  return data.event;
};

// Payloads have the type that is named; `events` is there because nothing is reduced.
export const totals = async (): Promise<number[]> => {
  const { data } = await queryEvents<OrderPlaced>({ from: { instance: 'orders' }, limit: 20 });
  return data.result.events.map((event) => event.payload.total);
};

// `select` gives objects of the fields asked for.
export const lines = async (): Promise<string[]> => {
  const { data } = await queryEvents({ from: { instance: 'orders' }, select: ['id', 'payload.total'] });
  return data.result.events.map((event) => `${event.id}: ${event['payload.total']}`);
};

// `aggregation` is what `reduce` asks for: a number here, and there a list of groups.
export const counts = async (): Promise<[number, Record<string, number>]> => {
  const all = await queryEvents({ from: { instance: 'orders' }, reduce: { type: 'count' } });
  const byType = await queryEvents({ from: { instance: 'orders' }, reduce: { type: 'count', groupBy: ['event_type'] } });
  const groups = byType.data.result.aggregation.map((group) => [group.event_type, group.value] as const);
  return [all.data.result.aggregation, Object.fromEntries(groups)];
};

// What an error tells follows from its code.
export const describe = (error: unknown): string => {
  if (!(error instanceof CodeboltError)) return String(error);
  switch (error.code) {
    case 'CONNECTION_CLOSED':
      return `closed with ${error.closeCode}; the request was ${error.sent ? '' : 'not '}sent`;
    case 'HOST_ERROR':
      return `${error.type} was refused: ${error.reply.error}`;
    default:
      return error.message;
  }
};

// The types of the other modules are in `codebolt-wasm/types`.
export const titleOf = (thread: ThreadDetails): string => thread.threadId;
