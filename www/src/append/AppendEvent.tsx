import { useSignal } from '@preact/signals';
import type { EventLogEntry } from 'codebolt-wasm';
import { instanceAddress } from '../page/route';
import { TextField } from '../shared/Field';
import { count } from '../shared/format';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';
import { useKnown } from '../shared/known';
import { appendDraft } from './append-draft';
import { checkJson } from './json-check';
import { JsonField } from './JsonField';

/** Appends one event. What was typed stays, so that the next one is quickly made. */
export function AppendEvent({ id }: { id: string }) {
  const form = appendDraft(id);
  const stored = useSignal<EventLogEntry | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
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
      problem.value = `Nothing was sent: the ${'fault' in payload ? 'payload' : 'metadata'} is not valid JSON yet.`;
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
    problem.value = outcome.ok ? undefined : outcome.problem;
    if (outcome.ok) stored.value = outcome.data.event;
  };

  return (
    <form class="stack" onSubmit={submit} noValidate>
      <div class="columns">
        <TextField
          label="Stream"
          value={form.value.stream}
          onValue={(stream) => set({ stream })}
          placeholder="default"
          suggestions={known.value.streams}
        />
        <TextField
          label="Type"
          value={form.value.type}
          onValue={(type) => set({ type })}
          placeholder="event"
          suggestions={known.value.types}
        />
      </div>
      <JsonField label="Payload" value={form.value.payload} onValue={(payload) => set({ payload })} rows={8} />
      <JsonField label="Metadata" value={form.value.metadata} onValue={(metadata) => set({ metadata })} rows={2} />
      <div>
        <button type="submit" class="button primary" aria-disabled={isBusy.value}>
          Append event
        </button>
      </div>
      {problem.value && <Note kind="bad">{problem.value}</Note>}
      {stored.value && (
        <Note kind="good">
          <p>
            Stored as number {count(stored.value.sequence_number)} of stream “{stored.value.stream_id}”.
          </p>
          <a class="button small" href={instanceAddress(id)}>
            See the events
          </a>
        </Note>
      )}
    </form>
  );
}
