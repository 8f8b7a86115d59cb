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
import { faultsOf, isStillRefused, refusedField, type RefusedField } from './faults';
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
  /** The form itself found a fault, and nothing was sent. */
  isKeptBack?: true;
  /** What the host refused, at its field. */
  refused?: RefusedField;
  /** What belongs to no field. */
  problem?: string;
}

/** A query put together, seen as code and as a frame, and its result. */
export function QueryView({ id, name }: Props) {
  const form = useDraftInAddress(`query:${id}`, EMPTY, formFrom, (written) => parametersOf(written, false));
  const known = useKnown(id);
  const found = useSignal<Found | undefined>(undefined);
  const answer = useSignal<Answer>({});
  /** The form whose result is shown, as an address. */
  const shownOf = useSignal('');
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
      found.value = { query: wanted, result: outcome.data.result, milliseconds: performance.now() - start };
      return true;
    }
    const refused = outcome.refused ? refusedField(outcome.problem, form.value) : undefined;
    answer.value = refused ? { refused } : { problem: outcome.problem };
    if (refused && element.current) focusFirstFault(element.current);
    return false;
  };
  const runForm = async () => {
    const of = `${parametersOf(form.value, false)}`;
    const isDone = await run(queryOf(form.value, name));
    if (isDone) shownOf.value = of;
    return isDone;
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    if (Object.keys(faultsOf(form.value, true)).length > 0) {
      answer.value = { isKeptBack: true };
      if (element.current) focusFirstFault(element.current);
      return;
    }
    const address = parametersOf(form.value, true);
    asked.current.address = `${address}`;
    setParameters(address, 'replace');
    isToBeSeen.current = true;
    if (!(await runForm())) isToBeSeen.current = false;
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
    if (Object.keys(faultsOf(form.value, true)).length === 0) void runForm();
  }, [id, parameters.value]);
  useLayoutEffect(() => {
    if (!isToBeSeen.current || !found.value) return;
    isToBeSeen.current = false;
    heading.current?.scrollIntoView({ block: 'start' });
    heading.current?.focus({ preventScroll: true });
  }, [found.value]);

  const { isKeptBack = false, problem } = answer.value;
  const refused = answer.value.refused && isStillRefused(answer.value.refused, form.value) ? answer.value.refused : undefined;
  const faults = { ...faultsOf(form.value, isKeptBack), ...(refused && { [refused.field]: refused.text }) };
  const isFormer = found.value !== undefined && shownOf.value !== `${parametersOf(form.value, false)}`;
  return (
    <div class="query">
      <form ref={element} class="panel stack" onSubmit={submit} noValidate aria-label="Query">
        <QueryBuilder form={form.value} known={known.value} faults={faults} onChange={change} />
        <div class="query-run">
          <button type="submit" class="button primary" aria-disabled={isBusy.value}>
            Run query
          </button>
        </div>
        {refused && <Note kind="bad">The host refused the query: {refused.text}</Note>}
        {isKeptBack && Object.keys(faults).length > 0 && <Note kind="bad">Not sent: {Object.values(faults).join(' ')}</Note>}
        {problem && <Note kind="bad">{problem}</Note>}
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
            Result {isFormer && <span class="muted small">of the query before it was changed</span>}
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
              <strong>No query yet.</strong>
            </p>
            <p>Build a query, or start from one of those above, and run it. An empty query lists the first 100 events.</p>
          </div>
        )}
      </section>
    </div>
  );
}
