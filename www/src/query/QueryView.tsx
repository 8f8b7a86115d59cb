import { useSignal } from '@preact/signals';
import type { EventLogDSL } from 'codebolt-wasm';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { parameters, setParameters } from '../page/route';
import { CodeBlock } from '../shared/CodeBlock';
import { useDraftInAddress } from '../shared/draft-in-address';
import { focusFirstFault } from '../shared/Field';
import { useKnown } from '../shared/known';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';
import { faultOfRefusal, faultsOf, type Faults } from './faults';
import { EMPTY, frameOf, javascriptOf, queryOf, type QueryForm } from './model';
import { formFrom, isRunIn, parametersOf } from './query-address';
import { QueryBuilder } from './QueryBuilder';
import { QueryResult } from './QueryResult';
import type { Found } from './result';
import './query.css';

interface Props {
  id: string;
  name: string;
}

interface Answer {
  /** What the host refused, at its fields; and of which form. */
  faults?: Faults;
  form?: QueryForm;
  /** What belongs to no field. */
  problem?: string;
}

/** A query put together, seen as code and as a frame, and its result. */
export function QueryView({ id, name }: Props) {
  const form = useDraftInAddress(`query:${id}`, EMPTY, formFrom, (written) => parametersOf(written, false));
  const known = useKnown(id);
  const found = useSignal<Found | undefined>(undefined);
  const answer = useSignal<Answer>({});
  const isTried = useSignal(false);
  const isBusy = useSignal(false);
  const element = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  /** Whether to lead to the result, which may lie below what is seen. */
  const isToBeSeen = useRef(false);
  /** What was asked last, and by which address. */
  const asked = useRef({ number: 0, address: '' });
  const query = queryOf(form.value, name);

  const run = async (wanted: EventLogDSL) => {
    const number = ++asked.current.number;
    isBusy.value = true;
    const start = performance.now();
    const outcome = await ask((log) => log.queryEvents(wanted));
    if (number !== asked.current.number) return false;
    isBusy.value = false;
    if (outcome.ok) {
      answer.value = {};
      isTried.value = false;
      found.value = { query: wanted, result: outcome.data.result, milliseconds: performance.now() - start };
      return true;
    }
    const faults = outcome.refused ? faultOfRefusal(outcome.problem) : undefined;
    answer.value = faults ? { faults, form: form.value } : { problem: outcome.problem };
    if (faults && element.current) focusFirstFault(element.current);
    return false;
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isTried.value = true;
    if (Object.keys(faultsOf(form.value, true)).length > 0) {
      answer.value = {};
      if (element.current) focusFirstFault(element.current);
      return;
    }
    const address = parametersOf(form.value, true);
    asked.current.address = `${address}`;
    setParameters(address, 'replace');
    isToBeSeen.current = true;
    if (!(await run(query))) isToBeSeen.current = false;
  };
  const edit = () => {
    const runButton = element.current?.querySelector<HTMLElement>('[type="submit"]');
    element.current?.scrollIntoView({ block: 'end' });
    runButton?.focus();
  };
  const change = (changed: QueryForm) => {
    form.value = changed;
    // A query that was run stays one step back.
    setParameters(parametersOf(changed, false), isRunIn(parameters.value) ? 'push' : 'follow');
  };

  useEffect(() => {
    const address = `${parameters.value}`;
    if (!isRunIn(parameters.value) || asked.current.address === address) return;
    asked.current.address = address;
    if (Object.keys(faultsOf(form.value, true)).length === 0) void run(queryOf(form.value, name));
  }, [id, parameters.value]);
  useLayoutEffect(() => {
    if (!isToBeSeen.current || !found.value) return;
    isToBeSeen.current = false;
    heading.current?.scrollIntoView({ block: 'start' });
    heading.current?.focus({ preventScroll: true });
  }, [found.value]);

  const refused = answer.value.form === form.value ? answer.value.faults : undefined;
  const faults = { ...faultsOf(form.value, isTried.value), ...refused };
  return (
    <div class="query">
      <form ref={element} class="panel stack" onSubmit={submit} noValidate aria-label="Query">
        <QueryBuilder form={form.value} known={known.value} faults={faults} onChange={change} />
        <div class="query-run">
          <button type="submit" class="button primary" aria-disabled={isBusy.value}>
            Run query
          </button>
        </div>
        {refused && <Note kind="bad">The host refused the query: {Object.values(refused).join(' ')}</Note>}
        {!refused && isTried.value && Object.keys(faults).length > 0 && (
          <Note kind="bad">Not sent: {Object.values(faults).join(' ')}</Note>
        )}
        {answer.value.problem && <Note kind="bad">{answer.value.problem}</Note>}
      </form>
      <div class="query-preview">
        <div class="stack">
          <CodeBlock title="JavaScript" code={javascriptOf(query)} />
          <CodeBlock wrap title="Frame on the wire" code={frameOf(query)} />
        </div>
      </div>
      <section class="query-result" aria-labelledby="result-heading">
        <div class="result-heading">
          <h2 id="result-heading" ref={heading} tabIndex={-1}>
            Result
          </h2>
          <button type="button" class="button quiet small" onClick={edit}>
            Edit the query
          </button>
        </div>
        {found.value ? (
          <QueryResult found={found.value} onRun={run} isBusy={isBusy.value} />
        ) : (
          <div class="empty">
            <p>
              <strong>Nothing asked yet.</strong>
            </p>
            <p>Put a query together, or start from one of those above, and run it. An empty query lists the first 100 events.</p>
          </div>
        )}
      </section>
    </div>
  );
}
