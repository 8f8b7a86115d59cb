import { useSignal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { goTo, instanceAddress } from '../page/route';
import { draft } from '../shared/draft';
import { TextField } from '../shared/Field';
import { inFormWords } from '../shared/host-words';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';
import { findByName, LABELS, refreshInstances } from './instances';

const form = draft('create', { name: '', description: '' });

interface Answer {
  problem?: string;
  /** The part of the request that it is about. */
  part?: string | undefined;
  existing?: EventLogInstance;
  created?: EventLogInstance;
}

/** Creates an instance. For a name that is taken it shows the host's answer, and the way to the one that has it. */
export function CreateInstance() {
  const answer = useSignal<Answer>({});
  const isBusy = useSignal(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    const { name, description } = form.value;
    if (name.trim() === '') {
      answer.value = { problem: 'An instance needs a name.', part: 'params.name' };
      return;
    }
    isBusy.value = true;
    const outcome = await ask((log) => log.createInstance(name.trim(), description.trim() || undefined));
    if (outcome.ok) {
      answer.value = { created: outcome.data.instance };
      form.value = { name: '', description: '' };
      void refreshInstances();
    } else {
      // A host that is not ours may send no code.
      const isTaken = outcome.code === undefined ? outcome.problem.includes('exists') : outcome.code === 'ALREADY_EXISTS';
      const existing = isTaken ? await findByName(name.trim()) : undefined;
      const { part, text } = inFormWords(outcome.problem, LABELS);
      answer.value = { problem: text, part, ...(existing && { existing }) };
    }
    isBusy.value = false;
  };

  const { problem, part, existing, created } = answer.value;
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <TextField
        label="Name"
        value={form.value.name}
        fault={part === 'params.name' ? problem : undefined}
        onValue={(name) => (form.value = { ...form.value, name })}
        hint="Unique on the host, for example orders"
      />
      <TextField
        label="Description (optional)"
        value={form.value.description}
        fault={part === 'params.description' ? problem : undefined}
        onValue={(description) => (form.value = { ...form.value, description })}
      />
      <div>
        <button type="submit" class="button primary" aria-disabled={isBusy.value}>
          Create instance
        </button>
      </div>
      {problem && (
        <Note kind="bad">
          <p>{problem}</p>
          {existing && (
            <button type="button" class="button small" onClick={() => goTo(instanceAddress(existing.id))}>
              Open the existing “{existing.name}”
            </button>
          )}
        </Note>
      )}
      {created && (
        <Note kind="good">
          <p>“{created.name}” was created.</p>
          <a class="button small" href={instanceAddress(created.id)}>
            Open “{created.name}”
          </a>
        </Note>
      )}
    </form>
  );
}
