/** The host's instances, with their event counts, newest first. */
import { effect, signal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { hostChanges } from '../connection/connection';
import { ask } from '../shared/outcome';

/** What the forms for an instance call the parts of its requests. */
export const LABELS = { 'params.name': 'Name', 'params.description': 'Description' } as const;

/** How many instances are counted and shown at first, and with each "more". */
export const SHOWN_AT_ONCE = 50;

export const instances = signal<EventLogInstance[]>();
export const counts = signal<ReadonlyMap<string, number>>(new Map());
/** Why the list could not be had. */
export const listProblem = signal<string>();
export const filter = signal('');
export const shown = signal(SHOWN_AT_ONCE);

effect(() => {
  // Another host: its own list is asked for.
  hostChanges.value;
  instances.value = undefined;
  counts.value = new Map();
});

/** What the filter lets through. */
export function matching(all: readonly EventLogInstance[]): EventLogInstance[] {
  const wanted = filter.value.trim().toLowerCase();
  if (wanted === '') return [...all];
  return all.filter(({ name, description }) => `${name}\n${description ?? ''}`.toLowerCase().includes(wanted));
}

/** Asks for the list, then for the counts of those that are shown. */
export async function refreshInstances(): Promise<void> {
  const listed = await ask((log) => log.listInstances());
  if (!listed.ok) {
    listProblem.value = listed.problem;
    return;
  }
  listProblem.value = undefined;
  const newestFirst = [...listed.data.instances].sort((one, two) => two.createdAt.localeCompare(one.createdAt));
  const seen = matching(newestFirst).slice(0, shown.value);
  const stats = await Promise.all(seen.map(({ id }) => ask((log) => log.getInstanceStats(id))));
  const fresh = new Map(counts.value);
  stats.forEach((outcome) => {
    if (outcome.ok) fresh.set(outcome.data.instanceId, outcome.data.eventCount);
  });
  counts.value = fresh;
  instances.value = newestFirst;
}

/** The instance of that name, if the host has one. */
export async function findByName(name: string): Promise<EventLogInstance | undefined> {
  const listed = await ask((log) => log.listInstances());
  return listed.ok ? listed.data.instances.find((instance) => instance.name === name) : undefined;
}
