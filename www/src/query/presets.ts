/** Queries to start from. */
import { EMPTY, type QueryForm } from './model';

export const PRESETS: readonly (readonly [string, Partial<QueryForm>])[] = [
  ['Newest 50', { orderField: 'timestamp', direction: 'desc', limit: '50' }],
  ['Count by type', { reduce: 'count', groupBy: 'event_type' }],
  ['Count by stream', { reduce: 'count', groupBy: 'stream_id' }],
  ['Last quarter of an hour', { conditions: [{ key: 1, field: 'timestamp', operator: 'gte', value: '-15' }], limit: '100' }],
];

/** A preset as a form; times that it counts from now on are worked out. */
export function formOf(preset: Partial<QueryForm>, now: Date): QueryForm {
  const conditions = (preset.conditions ?? []).map((condition) =>
    condition.field === 'timestamp'
      ? { ...condition, value: new Date(now.getTime() + Number(condition.value) * 60_000).toISOString() }
      : condition,
  );
  return { ...EMPTY, ...preset, conditions };
}
