/** What an instance's newest events are made of: suggestions for forms. */
import { useSignal, type Signal } from '@preact/signals';
import type { EventLogEntry } from 'codebolt-wasm';
import { useEffect } from 'preact/hooks';
import { isOpen } from '../connection/connection';
import { naturally } from './format';
import { ask } from './outcome';

const SAMPLE = 200;
const MOST_FIELDS = 100;

export interface Known {
  streams: string[];
  types: string[];
  /** Every field that a query can name. */
  fields: string[];
  /** Those that hold numbers. */
  numericFields: string[];
  /** Whether the events have been looked at. */
  isRead: boolean;
}

const ALWAYS = ['event_type', 'stream_id', 'timestamp', 'sequence_number', 'id'];
const NOTHING: Known = { streams: [], types: [], fields: ALWAYS, numericFields: [], isRead: false };

export function useKnown(id: string): Signal<Known> {
  const known = useSignal<Known>(NOTHING);
  useEffect(() => {
    if (!isOpen.value) return;
    let isCurrent = true;
    void readKnown(id).then((read) => {
      // Of events that could not be read nothing is known, least of all that there are none.
      if (isCurrent && read) known.value = read;
    });
    return () => {
      isCurrent = false;
    };
  }, [id, isOpen.value]);
  return known;
}

async function readKnown(instance: string): Promise<Known | undefined> {
  const outcome = await ask((log) =>
    log.queryEvents({ from: { instance }, orderBy: { field: 'timestamp', direction: 'desc' }, limit: SAMPLE }),
  );
  return outcome.ok ? knownFrom(outcome.data.result.events ?? []) : undefined;
}

export function knownFrom(events: readonly EventLogEntry[]): Known {
  const fields = new Map<string, boolean>();
  for (const { payload, metadata } of events) {
    collect('payload', payload, fields);
    collect('metadata', metadata, fields);
  }
  const unique = (of: (event: EventLogEntry) => string) => [...new Set(events.map(of))].sort(naturally);
  return {
    streams: unique((event) => event.stream_id),
    types: unique((event) => event.event_type),
    fields: [...ALWAYS, ...fields.keys()],
    numericFields: [...fields].filter(([, isNumber]) => isNumber).map(([name]) => name),
    isRead: true,
  };
}

/** Notes the paths to all plain values, and whether they are numbers. Names that a path cannot hold bare are left out. */
function collect(path: string, value: unknown, into: Map<string, boolean>): void {
  if (into.size >= MOST_FIELDS) return;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (/^[\w-]+$/.test(name)) collect(`${path}.${name}`, inner, into);
    }
  } else if (path.includes('.')) {
    into.set(path, (into.get(path) ?? true) && typeof value === 'number');
  }
}
