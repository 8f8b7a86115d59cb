import { useSignal } from '@preact/signals';
import { instanceAddress } from '../page/route';
import { draft } from '../shared/draft';
import { SelectField, TextField } from '../shared/Field';
import { count, countOf } from '../shared/format';
import { Note } from '../shared/Note';
import { cancelGeneration, generate, generation, isRunning, MOST } from './generation';
import { KINDS, type Kind } from './sample-events';

const form = draft('generate', { howMany: '10000', kind: 'orders' as Kind });

/** Fills an instance with made-up events. */
export function GenerateEvents({ id }: { id: string }) {
  const fault = useSignal<string | undefined>(undefined);
  const now = generation.value;
  const runs = isRunning();
  const submit = (event: Event) => {
    event.preventDefault();
    if (runs) return;
    const howMany = Number(form.value.howMany.replace(/[\s,_.]/g, ''));
    if (!Number.isInteger(howMany) || howMany < 1 || howMany > MOST) {
      fault.value = `Expected a whole number from 1 to ${count(MOST)}, got “${form.value.howMany}”.`;
      return;
    }
    fault.value = undefined;
    void generate(id, form.value.kind, howMany);
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <p class="muted">Made-up events to try queries and charts with, sent a thousand at a time.</p>
      <div class="columns">
        <TextField
          label="How many"
          value={form.value.howMany}
          fault={fault.value}
          inputMode="numeric"
          onValue={(howMany) => (form.value = { ...form.value, howMany })}
          hint={`1 to ${count(MOST)}`}
        />
        <SelectField
          label="What about"
          value={form.value.kind}
          options={KINDS}
          onValue={(kind) => (form.value = { ...form.value, kind })}
        />
      </div>
      <div class="actions start">
        <button type="submit" class="button primary" aria-disabled={runs}>
          Generate
        </button>
        <button type="button" class="button" disabled={!runs} onClick={cancelGeneration}>
          Cancel
        </button>
      </div>
      {fault.value && <Note kind="bad">Not sent: {fault.value}</Note>}
      {now && (
        <div class="generation">
          <progress max={now.wanted} value={now.done} aria-label="Events appended" />
          <p aria-live={runs ? 'off' : 'polite'}>
            {count(now.done)} of {countOf(now.wanted, 'event')} appended
            {now.done > 0 && now.milliseconds > 0 && (
              <span class="muted"> · {count(Math.round((now.done / now.milliseconds) * 1000))} a second</span>
            )}
            {now.state === 'cancelling' && ' · cancelling…'}
            {now.state === 'cancelled' && ' · cancelled'}
            {now.instance !== id && ' · to another instance'}
          </p>
          {now.problem && (
            <Note kind="bad">
              It stopped after {countOf(now.done, 'event')}: {now.problem}
            </Note>
          )}
          {now.state === 'done' && (
            <div>
              <a class="button small" href={instanceAddress(now.instance)}>
                See the events
              </a>
            </div>
          )}
        </div>
      )}
    </form>
  );
}
