/** The numbers behind the charts, all worked out by the host. */
import type { EventLogCondition, EventLogDSL } from 'codebolt-wasm';
import { ask } from '../shared/outcome';

export interface Series {
  label: string;
  values: number[];
}

export interface Bars {
  labels: string[];
  series: Series[];
}

export class NoChart extends Error {}

export interface Scope {
  instance: string;
  stream?: string;
}

type Reduce = NonNullable<EventLogDSL['reduce']>;
type Group = Record<string, unknown> & { value: number };

/** The result of a reduction. Throws the host's refusal. */
export async function reduced(from: Scope, reduce: Reduce, where: EventLogCondition[] = []): Promise<unknown> {
  const outcome = await ask((log) => log.queryEvents({ from, ...(where.length > 0 && { where }), reduce }));
  if (!outcome.ok) throw new NoChart(outcome.problem);
  return outcome.data.result.aggregation;
}

/** The counts of events by a field. */
export async function countsBy(from: Scope, field: string, where?: EventLogCondition[]): Promise<Group[]> {
  const groups = await reduced(from, { type: 'count', groupBy: [field] }, where);
  if (!Array.isArray(groups)) throw new NoChart('The host’s reply has no groups.');
  return groups as Group[];
}
