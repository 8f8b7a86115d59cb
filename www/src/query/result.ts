/** What a query came to, as rows and columns. */
import type { EventLogDSL, EventLogQueryResult } from 'codebolt-wasm';

export type Row = Record<string, unknown>;

/** A query that was run, and what the host answered. */
export interface Found {
  query: EventLogDSL;
  result: EventLogQueryResult;
  milliseconds: number;
}

export interface Table {
  columns: string[];
  rows: Row[];
  /** The position of the first row among all that match. */
  offset: number;
  /** How many match, or how many groups there are. */
  total: number;
  /** Whether further rows have to be asked of the host. */
  isPaged: boolean;
}

const WHOLE = ['sequence_number', 'stream_id', 'event_type', 'timestamp', 'payload', 'metadata'];

/** The events or the groups as a table; `undefined` for a single value. */
export function tableOf(query: EventLogDSL, result: EventLogQueryResult): Table | undefined {
  if (query.reduce) {
    const groups = result.aggregation;
    if (!Array.isArray(groups)) return undefined;
    const isGrouped = (query.reduce.groupBy?.length ?? 0) > 0;
    const rows: Row[] = isGrouped ? (groups as Row[]) : groups.map((value: unknown) => ({ value }));
    const columns = isGrouped ? [...(query.reduce.groupBy ?? []), 'value'] : ['value'];
    return { columns, rows, offset: 0, total: rows.length, isPaged: false };
  }
  const rows = (result.events ?? []) as unknown as Row[];
  return {
    columns: query.select?.length ? [...new Set(query.select)] : WHOLE,
    rows,
    offset: result.offset ?? query.offset ?? 0,
    total: result.total,
    isPaged: true,
  };
}
