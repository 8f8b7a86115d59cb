import { useSignal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../shared/Dialog';
import { countOf } from '../shared/format';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';

interface Props {
  instance: EventLogInstance;
  onClose: () => void;
  onDone: () => void;
}

function whatGoes(events: number | undefined): string {
  if (events === undefined) return 'This deletes the instance and all its events.';
  if (events === 0) return 'This deletes the instance. It has no events.';
  return `This deletes the instance and its ${countOf(events, 'event')}.`;
}

/** Asks before an instance is deleted, and says how much goes with it. */
export function DeleteDialog({ instance, onClose, onDone }: Props) {
  const events = useSignal<number | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  useEffect(() => {
    void ask((log) => log.getInstanceStats(instance.id)).then((outcome) => {
      if (outcome.ok) events.value = outcome.data.eventCount;
    });
  }, [instance.id]);

  const remove = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const outcome = await ask((log) => log.deleteInstance(instance.id));
    isBusy.value = false;
    if (outcome.ok) onDone();
    else problem.value = outcome.problem;
  };
  return (
    <Dialog title={`Delete “${instance.name}”?`} onClose={onClose}>
      <p>
        {whatGoes(events.value)} There is no way back.
      </p>
      {problem.value && <Note kind="bad">{problem.value}</Note>}
      <div class="actions">
        <button type="button" class="button" onClick={onClose} autoFocus>
          Keep it
        </button>
        <button type="button" class="button danger solid" aria-disabled={isBusy.value} onClick={remove}>
          Delete “{instance.name}”
        </button>
      </div>
    </Dialog>
  );
}
