// Code that was written for the reference's types goes on compiling: its reply type takes ours, and so do its functions.

import codebolt, { eventLog } from 'codebolt-wasm';
import type {
  EventLogAppendMultipleResponse,
  EventLogAppendResponse,
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

export default [one, list, append, several, query, stats, all];
