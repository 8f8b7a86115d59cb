import { useSignal } from '@preact/signals';
import type { EventLogDSL } from 'codebolt-wasm';
import { useEffect, useMemo } from 'preact/hooks';
import { count, countOf, inline } from '../shared/format';
import { RoundedHint } from '../shared/RoundedHint';
import { download } from '../shared/download';
import { csvOf, jsonOf } from './files';
import { tableOf, type Found, type Row, type Table } from './result';

const ROWS = 50;

interface Props {
  found: Found;
  onRun: (query: EventLogDSL) => Promise<boolean>;
  isBusy: boolean;
}

/** A query's result: a value, or a table in pages, to be kept as a file. */
export function QueryResult({ found, onRun, isBusy }: Props) {
  const { query, result, milliseconds } = found;
  const table = useMemo(() => tableOf(query, result), [found]);
  const time = `${count(Math.max(1, Math.round(milliseconds)))} ms`;
  if (!table) {
    return (
      <div class="panel">
        <p class="single-value">{result.aggregation === null ? 'null' : inline(result.aggregation)}</p>
        <p class="muted">
          {query.reduce?.type} {query.reduce?.field ? `of ${query.reduce.field} ` : ''}over {countOf(result.total, 'event')} · {time}
        </p>
        <RoundedHint of={result.aggregation} />
      </div>
    );
  }
  return <TableResult key={query.reduce ? 'groups' : 'events'} found={found} table={table} time={time} onRun={onRun} isBusy={isBusy} />;
}

function TableResult({ found, table, time, onRun, isBusy }: Props & { table: Table; time: string }) {
  const start = useSignal(0);
  const wanted = useSignal<'first' | 'last'>('first');
  // A new result begins at its first rows; stepping back, at its last.
  useEffect(() => {
    const last = Math.max(0, Math.floor((table.rows.length - 1) / ROWS) * ROWS);
    start.value = wanted.value === 'last' ? last : 0;
    wanted.value = 'first';
  }, [table]);

  const { rows, offset, total, columns, isPaged } = table;
  const from = Math.min(start.value, Math.max(0, rows.length - 1));
  const seen = rows.slice(from, from + ROWS);
  const limit = found.query.limit ?? 100;
  const hasNext = from + ROWS < rows.length || (isPaged && offset + rows.length < total && rows.length > 0);
  const hasPrevious = from > 0 || (isPaged && offset > 0);

  const next = async () => {
    if (from + ROWS < rows.length) start.value = from + ROWS;
    else await onRun({ ...found.query, offset: offset + rows.length });
  };
  const previous = async () => {
    if (from > 0) start.value = Math.max(0, from - ROWS);
    else {
      wanted.value = 'last';
      const isDone = await onRun({ ...found.query, offset: Math.max(0, offset - limit) });
      if (!isDone) wanted.value = 'first';
    }
  };
  const first = offset + from + 1;
  const noun = isPaged ? 'event' : found.query.reduce?.groupBy?.length ? 'group' : 'value';
  return (
    <>
      <div class="result-bar">
        <p role="status">
          {rows.length === 0
            ? `No ${noun}s: ${isPaged && total > 0 ? `there are ${count(total)}, all before this offset` : 'nothing meets the conditions'}`
            : `${count(first)}–${count(first + seen.length - 1)} of ${countOf(total, noun)}`}
          <span class="muted"> · {time}</span>
        </p>
        <div class="actions">
          <button type="button" class="button small" disabled={!hasPrevious} aria-disabled={isBusy} onClick={previous}>
            Previous
          </button>
          <button type="button" class="button small" disabled={!hasNext} aria-disabled={isBusy} onClick={next}>
            Next
          </button>
          <button
            type="button"
            class="button small"
            disabled={rows.length === 0}
            onClick={() => download('events.json', 'application/json', jsonOf(rows))}
          >
            {count(rows.length)} as JSON
          </button>
          <button
            type="button"
            class="button small"
            disabled={rows.length === 0}
            onClick={() => download('events.csv', 'text/csv', csvOf(table))}
          >
            {count(rows.length)} as CSV
          </button>
        </div>
      </div>
      <RoundedHint of={rows} />
      {rows.length > 0 && <Rows columns={columns} rows={seen} />}
    </>
  );
}

function Rows({ columns, rows }: { columns: readonly string[]; rows: readonly Row[] }) {
  return (
    <div class="table-scroll" role="region" aria-label="Result table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" class={typeof rows[0]?.[column] === 'number' ? 'number' : ''}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} class={typeof row[column] === 'number' ? 'number' : typeof row[column] === 'object' ? 'mono' : ''}>
                  <div class="cell">{inline(row[column])}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
