/** Events over time, stacked by type: equal spans between the first event and the last. */
import type { EventLogCondition } from 'codebolt-wasm';
import { countsBy, NoChart, reduced, type Bars, type Scope } from './reductions';

const MOST_TYPES = 7;
export const OTHER = 'other types';

export async function overTime(from: Scope, spans: number): Promise<Bars> {
  const [first, last] = await Promise.all(
    (['min', 'max'] as const).map(async (type) => new Date(String(await reduced(from, { type, field: 'timestamp' }))).getTime()),
  );
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) {
    throw new NoChart('There are no events here.');
  }
  const length = spanLength((last - first + 1) / spans);
  const start = Math.floor(first / length) * length;
  const starts = Array.from({ length: Math.floor((last - start) / length) + 1 }, (_, index) => start + index * length);
  const counted = await Promise.all(
    starts.map((from_) => {
      const where: EventLogCondition[] = [
        { field: 'timestamp', operator: 'gte', value: from_ },
        { field: 'timestamp', operator: 'lt', value: from_ + length },
      ];
      return countsBy(from, 'event_type', where);
    }),
  );
  return { labels: starts.map((time) => label(time, length, last - start)), series: stack(counted) };
}

/** One series a type, the most frequent first; the rare ones together. */
function stack(counted: readonly { event_type?: unknown; value: number }[][]): Bars['series'] {
  const totals = new Map<string, number>();
  for (const groups of counted) {
    for (const { event_type, value } of groups) totals.set(String(event_type), (totals.get(String(event_type)) ?? 0) + value);
  }
  const types = [...totals].sort((one, two) => two[1] - one[1]).map(([type]) => type);
  const own = types.slice(0, types.length > MOST_TYPES + 1 ? MOST_TYPES : types.length);
  const sumOf = (groups: (typeof counted)[number], isWanted: (type: string) => boolean) =>
    groups.reduce((sum, { event_type, value }) => (isWanted(String(event_type)) ? sum + value : sum), 0);
  const series = own.map((type) => ({ label: type, values: counted.map((groups) => sumOf(groups, (name) => name === type)) }));
  if (own.length < types.length) {
    series.push({ label: OTHER, values: counted.map((groups) => sumOf(groups, (name) => !own.includes(name))) });
  }
  return series;
}

const NICE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5];

/** The next length, in milliseconds, that a person would choose. */
function spanLength(least: number): number {
  return NICE.find((length) => length >= least) ?? Math.ceil(least / 864e5) * 864e5;
}

function label(time: number, length: number, whole: number): string {
  const date = new Date(time);
  const day = date.toLocaleDateString(undefined, { day: '2-digit', month: 'short' });
  if (length >= 864e5) return day;
  const clock = date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(length < 60e3 && { second: '2-digit' }),
    ...(length < 1e3 && { fractionalSecondDigits: 3 as const }),
  });
  return whole > 864e5 ? `${day} ${clock}` : clock;
}
