import { useSignal } from '@preact/signals';
import type { EventLogDSL, EventLogQueryResult } from 'codebolt-wasm';
import { CodeBlock } from '../shared/CodeBlock';
import { draft } from '../shared/draft';
import { useKnown } from '../shared/known';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';
import { EMPTY, frameOf, javascriptOf, queryOf } from './model';
import { QueryBuilder } from './QueryBuilder';
import { QueryResult } from './QueryResult';
import './query.css';

export interface Found {
  query: EventLogDSL;
  result: EventLogQueryResult;
  milliseconds: number;
}

interface Props {
  id: string;
  name: string;
}

/** A query put together, seen as code and as a frame, and its result. */
export function QueryView({ id, name }: Props) {
  const form = draft(`query:${id}`, EMPTY);
  const known = useKnown(id);
  const found = useSignal<Found | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const query = queryOf(form.value, name);

  const run = async (asked: EventLogDSL) => {
    if (isBusy.value) return false;
    isBusy.value = true;
    const start = performance.now();
    const outcome = await ask((log) => log.queryEvents(asked));
    isBusy.value = false;
    problem.value = outcome.ok ? undefined : outcome.problem;
    if (!outcome.ok) return false;
    found.value = { query: asked, result: outcome.data.result, milliseconds: performance.now() - start };
    return true;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void run(query);
  };
  return (
    <div class="query">
      <form class="panel stack" onSubmit={submit} noValidate aria-label="Query">
        <QueryBuilder form={form.value} known={known.value} onChange={(changed) => (form.value = changed)} />
        <div class="query-run">
          <button type="submit" class="button primary" aria-disabled={isBusy.value}>
            Run query
          </button>
        </div>
        {problem.value && <Note kind="bad">{problem.value}</Note>}
      </form>
      <div class="query-preview stack">
        <CodeBlock title="JavaScript" code={javascriptOf(query)} />
        <CodeBlock wrap title="Frame on the wire" code={frameOf(query)} />
      </div>
      <section class="query-result" aria-labelledby="result-heading">
        <h2 id="result-heading">Result</h2>
        {found.value ? (
          <QueryResult found={found.value} onRun={run} isBusy={isBusy.value} />
        ) : (
          <div class="empty">
            <p>
              <strong>No query yet.</strong>
            </p>
            <p>Build a query, or start from one of those above, and run it. An empty query lists the first 100 events.</p>
          </div>
        )}
      </section>
    </div>
  );
}
