// Code that was written for the reference's types goes on compiling: its reply type takes ours, and so do its functions.

import codebolt, { eventLog } from 'codebolt-wasm';
import type {
  CodeboltError,
  EventLogAppendMultipleResponse,
  EventLogAppendResponse,
  EventLogCondition,
  EventLogEntry,
  EventLogInstance,
  EventLogInstanceListResponse,
  EventLogInstanceResponse,
  EventLogQueryResponse,
  EventLogStatsResponse,
} from 'codebolt-wasm';

/** What the reference declares every reply to be, in its own shape. */
interface ReferenceReply<Data = unknown> {
  type: string;
  success: boolean;
  data?: Data;
  message?: string;
  error?: string;
}

declare const replies: {
  instance: EventLogInstanceResponse;
  list: EventLogInstanceListResponse;
  append: EventLogAppendResponse;
  several: EventLogAppendMultipleResponse;
  query: EventLogQueryResponse;
  stats: EventLogStatsResponse;
};

const one: ReferenceReply<{ instance: EventLogInstance }> = replies.instance;
const list: ReferenceReply<{ instances: EventLogInstance[] }> = replies.list;
const append: ReferenceReply<{ event: { id: string; sequence_number: number; payload: Record<string, unknown> } }> = replies.append;
const several: ReferenceReply<{ events: { id: string }[]; count: number }> = replies.several;
const query: ReferenceReply<{ result: { events?: { id: string }[]; aggregation?: unknown; total: number } }> = replies.query;
const stats: ReferenceReply<{ eventCount: number }> = replies.stats;
const all: ReferenceReply[] = Object.values(replies);

// The usual idioms of its documentation.
export const createOrFind = async (name: string, description?: string): Promise<EventLogInstance | undefined> => {
  await codebolt.waitForReady();
  const result = await eventLog.createInstance(name, description);
  if (result.success) return result.data?.instance;
  if (result.error?.includes('exists')) {
    const known = await codebolt.eventLog.listInstances();
    return known.data?.instances.find((instance) => instance.name === name);
  }
  throw new Error(result.error);
};

export const log = async (record: (reply: ReferenceReply) => void): Promise<void> => {
  record(await eventLog.appendEvent({ instanceId: 'a', event_type: 'b', payload: { c: 1 } }));
  record(await eventLog.queryEvents({ from: { instance: 'a' } }));
};

/** Its functions, in their own shape: ours can stand for them. */
interface TheirQuery {
  from: { instance: string; stream?: string };
  where?: EventLogCondition[];
  select?: string[];
  orderBy?: { field: string; direction: 'asc' | 'desc' };
  limit?: number;
  offset?: number;
  reduce?: { type: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'collect'; field?: string; groupBy?: string[] };
}
interface TheirEventLog {
  createInstance: (name: string, description?: string) => Promise<ReferenceReply<{ instance: EventLogInstance }>>;
  listInstances: () => Promise<ReferenceReply<{ instances: EventLogInstance[] }>>;
  appendEvent: (params: { instanceId: string; payload?: Record<string, any> }) => Promise<ReferenceReply<{ event: { id: string } }>>;
  queryEvents: (query: TheirQuery) => Promise<ReferenceReply<{ result: { events?: { id: string; payload: any }[]; total: number } }>>;
}
const theirs: TheirEventLog = codebolt.eventLog;
const errorOf = (error: CodeboltError): { code: string; message: string; details?: any; timestamp?: string } => error;

// A query in a variable of its type, and what `select` gives, where its types are expected.
export const generic = async (query: TheirQuery): Promise<EventLogEntry[] | undefined> => (await codebolt.eventLog.queryEvents(query)).data?.result.events;
export const selected = async (): Promise<EventLogQueryResponse> => codebolt.eventLog.queryEvents({ from: { instance: 'a' }, select: ['id', 'payload'] });
export const counted = async (): Promise<EventLogQueryResponse> => codebolt.eventLog.queryEvents({ from: { instance: 'a' }, reduce: { type: 'count' } });

export default [theirs, errorOf, one, list, append, several, query, stats, all];
