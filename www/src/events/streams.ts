import { naturally } from '../shared/format';
import { ask } from '../shared/outcome';

export interface Stream {
  name: string;
  events: number;
}

/** The streams of an instance with their event counts, in natural order: `order-2` before `order-10`. */
export async function streamsOf(instance: string): Promise<{ streams: Stream[] } | { problem: string }> {
  const outcome = await ask((log) => log.queryEvents({ from: { instance }, reduce: { type: 'count', groupBy: ['stream_id'] } }));
  if (!outcome.ok) return { problem: outcome.problem };
  const groups = outcome.data.result.aggregation;
  if (!Array.isArray(groups)) return { problem: 'The host’s reply has no groups.' };
  return {
    streams: groups
      .map((group: { stream_id?: unknown; value?: unknown }) => ({ name: String(group.stream_id), events: Number(group.value) }))
      .sort((one, two) => naturally(one.name, two.name)),
  };
}
