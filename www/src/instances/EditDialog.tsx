import { useSignal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { Dialog } from '../shared/Dialog';
import { TextField } from '../shared/Field';
import { inFormWords, type Refusal } from '../shared/host-words';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';
import { LABELS } from './instances';

interface Props {
  instance: EventLogInstance;
  onClose: () => void;
  onDone: (changed: EventLogInstance) => void;
}

/** Changes an instance's name and description. */
export function EditDialog({ instance, onClose, onDone }: Props) {
  const name = useSignal(instance.name);
  const description = useSignal(instance.description ?? '');
  const problem = useSignal<Refusal | undefined>(undefined);
  const isBusy = useSignal(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    const updates = { name: name.value.trim(), description: description.value.trim() };
    const outcome = await ask((log) => log.updateInstance(instance.id, updates));
    isBusy.value = false;
    if (outcome.ok) onDone(outcome.data.instance);
    else problem.value = inFormWords(outcome.problem, LABELS);
  };
  const faultOf = (part: keyof typeof LABELS) => (problem.value?.part === part ? problem.value.text : undefined);
  return (
    <Dialog title={`Rename “${instance.name}”`} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        <TextField label="Name" value={name.value} fault={faultOf('params.name')} onValue={(value) => (name.value = value)} />
        <TextField
          label="Description"
          value={description.value}
          fault={faultOf('params.description')}
          onValue={(value) => (description.value = value)}
        />
        {problem.value && <Note kind="bad">{problem.value.text}</Note>}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" aria-disabled={isBusy.value}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
