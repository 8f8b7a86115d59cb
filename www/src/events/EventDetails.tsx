import type { EventLogEntry } from 'codebolt-wasm';
import { appendDraft } from '../append/append-draft';
import { goTo, instanceAddress } from '../page/route';
import { CodeBlock } from '../shared/CodeBlock';
import { Dialog } from '../shared/Dialog';
import { count, moment } from '../shared/format';
import { isWide } from '../shared/media';
import { RoundedHint } from '../shared/RoundedHint';

interface Props {
  id: string;
  event: EventLogEntry | undefined;
  /** The number of a selected event that is not there. */
  missing: number | undefined;
  onClose: () => void;
}

/** The whole of one event: beside the list where there is room, else in a dialog. */
export function EventDetails({ id, event, missing, onClose }: Props) {
  if (!isWide.value) {
    if (!event) return null;
    return (
      <Dialog title={event.event_type} onClose={onClose}>
        <Whole id={id} event={event} />
      </Dialog>
    );
  }
  return (
    <section class="event-details panel" aria-label="Selected event">
      {event ? (
        <>
          <h2 class="breakable">{event.event_type}</h2>
          <Whole id={id} event={event} />
        </>
      ) : (
        <p class="muted waiting">
          {missing === undefined
            ? 'Select an event to see all of it: with the mouse, or with ↑ and ↓ in the list.'
            : `There is no event ${count(missing)} in this list. Select another one.`}
        </p>
      )}
    </section>
  );
}

function Whole({ id, event }: { id: string; event: EventLogEntry }) {
  const appendAnother = () => {
    appendDraft(id).value = {
      stream: event.stream_id,
      type: event.event_type,
      payload: JSON.stringify(event.payload, null, 2),
      metadata: JSON.stringify(event.metadata, null, 2),
    };
    goTo(instanceAddress(id, 'append'));
  };
  const facts: [string, string][] = [
    ['Stream', event.stream_id],
    ['Number', `${event.sequence_number}`],
    ['Time', `${moment(event.timestamp)}\n${event.timestamp}`],
    ['Id', event.id],
  ];
  return (
    <div class="stack">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <RoundedHint of={event} />
      <CodeBlock wrap title="Payload" code={JSON.stringify(event.payload, null, 2)} />
      <CodeBlock wrap title="Metadata" code={JSON.stringify(event.metadata, null, 2)} />
      <div>
        <button type="button" class="button small" onClick={appendAnother}>
          Append one like this
        </button>
      </div>
    </div>
  );
}
