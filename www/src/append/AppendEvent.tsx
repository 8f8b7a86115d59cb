import { useSignal } from '@preact/signals';
import type { EventLogEntry } from 'codebolt-wasm';
import { instanceAddress } from '../page/route';
import { TextField } from '../shared/Field';
import { count } from '../shared/format';
import { inFormWords, type Refusal } from '../shared/host-words';
import type { JsonChange } from '../shared/json-changes';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';
import { useKnown } from '../shared/known';
import { appendDraft } from './append-draft';
import { checkJson } from './json-check';
import { JsonField } from './JsonField';

const LABELS = {
  'params.streamId': 'Stream',
  'params.eventType': 'Type',
  'params.payload': 'Payload',
  'params.metadata': 'Metadata',
} as const;

interface Stored {
  event: EventLogEntry;
  /** Parts that were not sent as typed. */
  changes: readonly JsonChange[];
}

/** Appends one event. The form keeps its values for the next event. */
export function AppendEvent({ id }: { id: string }) {
  const form = appendDraft(id);
  const stored = useSignal<Stored | undefined>(undefined);
  const problem = useSignal<Refusal | undefined>(undefined);
  const isBusy = useSignal(false);
  const known = useKnown(id);
  const set = (change: Partial<typeof form.value>) => (form.value = { ...form.value, ...change });

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    stored.value = undefined;
    const { stream, type } = form.value;
    const payload = checkJson(form.value.payload);
    const metadata = checkJson(form.value.metadata);
    if ('fault' in payload || 'fault' in metadata) {
      const where = 'fault' in payload ? 'payload' : 'metadata';
      problem.value = { part: undefined, text: `Not sent: the ${where} has the fault that is marked below its field.` };
      return;
    }
    isBusy.value = true;
    const outcome = await ask((log) =>
      log.appendEvent({
        instanceId: id,
        ...(stream.trim() && { streamId: stream.trim() }),
        ...(type.trim() && { eventType: type.trim() }),
        payload: payload.value as Record<string, unknown>,
        metadata: metadata.value as Record<string, unknown>,
      }),
    );
    isBusy.value = false;
    problem.value = outcome.ok ? undefined : inFormWords(outcome.problem, LABELS);
    if (outcome.ok) stored.value = { event: outcome.data.event, changes: [...payload.changes, ...metadata.changes] };
  };
  const faultOf = (part: keyof typeof LABELS) => (problem.value?.part === part ? problem.value.text : undefined);

  return (
    <form class="stack" onSubmit={submit} noValidate>
      <div class="columns">
        <TextField
          label="Stream"
          value={form.value.stream}
          fault={faultOf('params.streamId')}
          onValue={(stream) => set({ stream })}
          placeholder="default"
          suggestions={known.value.streams}
        />
        <TextField
          label="Type"
          value={form.value.type}
          fault={faultOf('params.eventType')}
          onValue={(type) => set({ type })}
          placeholder="event"
          suggestions={known.value.types}
        />
      </div>
      <JsonField
        label="Payload"
        value={form.value.payload}
        refusal={faultOf('params.payload')}
        onValue={(payload) => set({ payload })}
        rows={8}
      />
      <JsonField
        label="Metadata"
        value={form.value.metadata}
        refusal={faultOf('params.metadata')}
        onValue={(metadata) => set({ metadata })}
        rows={2}
      />
      <div>
        <button type="submit" class="button primary" aria-disabled={isBusy.value}>
          Append event
        </button>
      </div>
      {problem.value && <Note kind="bad">{problem.value.text}</Note>}
      {stored.value && (
        <Note kind="good">
          <p>
            Stored as number {count(stored.value.event.sequence_number)} of stream “{stored.value.event.stream_id}”.
          </p>
          {stored.value.changes.length > 0 && <p>Not as typed: {stored.value.changes.map(({ text }) => `${text}.`).join(' ')}</p>}
          <a class="button small" href={instanceAddress(id)}>
            See the events
          </a>
        </Note>
      )}
    </form>
  );
}
