import { inline } from '../shared/format';
import { countsBy, type Bars, type Scope } from './reductions';

const MOST = 15;

/** The most frequent values of a field; the rest together. */
export async function counts(from: Scope, field: string): Promise<Bars> {
  const groups = await countsBy(from, field);
  const sorted = groups
    .map((group) => ({ label: group[field] === null ? '(none)' : inline(group[field]), value: group.value }))
    .sort((one, two) => two.value - one.value);
  const own = sorted.slice(0, sorted.length > MOST + 1 ? MOST : sorted.length);
  const rest = sorted.slice(own.length);
  if (rest.length > 0) own.push({ label: `${rest.length} other values`, value: rest.reduce((sum, { value }) => sum + value, 0) });
  return { labels: own.map(({ label }) => label), series: [{ label: 'Events', values: own.map(({ value }) => value) }] };
}
