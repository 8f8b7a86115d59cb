/** The distribution of a number in the events: a histogram, and its median, mean and extremes. */
import { ask } from '../shared/outcome';
import { count } from '../shared/format';
import { NoChart, type Bars, type Scope } from './reductions';

const PAGE = 10_000;
const MOST = 200_000;
const BINS = 24;

export interface Distribution extends Bars {
  facts: [string, number][];
  /** Whether there are more events than were read. */
  isCut: boolean;
}

/** Reads the field of all events, a page at a time, so that the median is exact. */
export async function distribution(from: Scope, field: string): Promise<Distribution> {
  const values: number[] = [];
  let offset = 0;
  let total = Infinity;
  while (offset < Math.min(total, MOST)) {
    const outcome = await ask((log) => log.queryEvents({ from, select: [field], limit: PAGE, offset }));
    if (!outcome.ok) throw new NoChart(outcome.problem);
    const events = (outcome.data.result.events ?? []) as unknown as Record<string, unknown>[];
    for (const event of events) {
      const value = event[field];
      if (typeof value === 'number') values.push(value);
    }
    total = outcome.data.result.total;
    if (events.length === 0) break;
    offset += events.length;
  }
  if (values.length === 0) throw new NoChart(`No event has a number in ${field}.`);
  return { ...histogram(Float64Array.from(values).sort()), isCut: total > offset };
}

export function histogram(sorted: Float64Array): Omit<Distribution, 'isCut'> {
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  const least = at(0);
  const most = at(1);
  const width = binWidth(most - least, sorted.every(Number.isInteger));
  const start = Math.floor(least / width) * width;
  const bins = new Array<number>(Math.max(1, Math.floor((most - start) / width) + 1)).fill(0);
  for (const value of sorted) {
    const index = Math.min(bins.length - 1, Math.floor((value - start) / width));
    bins[index] = (bins[index] ?? 0) + 1;
  }
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return {
    labels: bins.map((_, index) => count(start + index * width)),
    series: [{ label: 'Events', values: bins }],
    facts: [
      ['Values', sorted.length],
      ['Lowest', least],
      ['Median', at(0.5)],
      ['Mean', mean],
      ['95th percentile', at(0.95)],
      ['Highest', most],
    ],
  };
}

/** 1, 2 or 5 times a power of ten, so that there are not more bins than wanted. */
function binWidth(range: number, areWhole: boolean): number {
  if (range === 0) return 1;
  const least = range / BINS;
  const power = 10 ** Math.floor(Math.log10(least));
  const width = [1, 2, 5, 10].map((times) => times * power).find((candidate) => candidate >= least) ?? least;
  return areWhole ? Math.max(1, width) : width;
}
