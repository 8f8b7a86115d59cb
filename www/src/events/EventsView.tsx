import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { isOpen } from '../connection/connection';
import { instanceAddress, parameters, setParameters } from '../page/route';
import { countOf } from '../shared/format';
import { Note } from '../shared/Note';
import { usePoll } from '../shared/poll';
import { EventDetails } from './EventDetails';
import { EventFeed } from './feed';
import { EventRows } from './EventRows';
import { StreamRows } from './StreamRows';
import { streamsOf, type Stream } from './streams';
import './events.css';

const EVERY = 1_000;

/** An instance's streams and events, newest first, live. */
export function EventsView({ id }: { id: string }) {
  const { stream, position } = selectionOf(parameters.value);
  const streams = useSignal<Stream[] | undefined>(undefined);
  const whole = useMemo(() => new EventFeed({ instance: id }), [id]);
  const feed = useMemo(
    () => (stream === undefined ? whole : new EventFeed({ instance: id, stream })),
    [id, whole, stream],
  );
  const countedAt = useSignal<number | undefined>(undefined);

  usePoll(
    async () => {
      await Promise.all(feed === whole ? [whole.poll()] : [whole.poll(), feed.poll()]);
      const total = whole.total.value;
      if (countedAt.value === total) return;
      const found = await streamsOf(id);
      if (!('streams' in found)) return;
      streams.value = found.streams;
      countedAt.value = total;
    },
    EVERY,
    [feed],
  );

  const total = feed.total.value;
  useEffect(() => feed.keep(position), [feed, position, total]);
  if (whole.total.value === 0) return <NoEvents id={id} />;
  return (
    <div class="events">
      <section class="events-streams" aria-labelledby="streams-heading">
        <h2 id="streams-heading">
          Streams <span class="muted">{streams.value ? countOf(streams.value.length, 'stream') : ''}</span>
        </h2>
        <StreamRows
          streams={streams.value ?? []}
          all={whole.total.value}
          chosen={stream}
          onChosen={(name, by) => select({ stream: name, position: undefined }, by === 'pointer' ? 'push' : 'follow')}
        />
      </section>
      <section class="events-list" aria-labelledby="events-heading">
        <h2 id="events-heading">
          {stream === undefined ? 'All events' : <span class="breakable">Stream {stream}</span>}{' '}
          <span class="muted">{total === undefined ? '' : `${countOf(total, 'event')}, newest first`}</span>
          <span class={`live ${isOpen.value ? 'is-on' : ''}`}>{isOpen.value ? 'Live' : 'Paused'}</span>
        </h2>
        {feed.problem.value && isOpen.value && <Note kind="bad">{feed.problem.value}</Note>}
        <EventRows
          key={stream ?? ''}
          feed={feed}
          position={position}
          onPosition={(chosen, by) => select({ stream, position: chosen }, by === 'pointer' || position === undefined ? 'push' : 'follow')}
        />
      </section>
      <SelectedEvent
        id={id}
        feed={feed}
        position={position}
        onClose={() => select({ stream, position: undefined }, 'replace')}
      />
    </div>
  );
}

interface SelectedProps {
  id: string;
  feed: EventFeed;
  position: number | undefined;
  onClose: () => void;
}

/** Renders whenever events arrive, so that the selected one shows up with them. */
function SelectedEvent({ id, feed, position, onClose }: SelectedProps) {
  feed.version.value;
  const total = feed.total.value;
  const isMissing = position !== undefined && total !== undefined && position >= total;
  return (
    <EventDetails
      id={id}
      event={position === undefined ? undefined : feed.at(position)}
      missing={isMissing ? position + 1 : undefined}
      onClose={onClose}
    />
  );
}

interface Selection {
  stream: string | undefined;
  /** The selected event's position in append order, within its stream when one is chosen. The URL counts from 1. */
  position: number | undefined;
}

function selectionOf(from: URLSearchParams): Selection {
  const number = Number(from.get('event') ?? '');
  return { stream: from.get('stream') ?? undefined, position: Number.isSafeInteger(number) && number > 0 ? number - 1 : undefined };
}

function select({ stream, position }: Selection, how: 'push' | 'replace' | 'follow') {
  const changed = new URLSearchParams();
  if (stream !== undefined) changed.set('stream', stream);
  if (position !== undefined) changed.set('event', `${position + 1}`);
  setParameters(changed, how);
}

function NoEvents({ id }: { id: string }) {
  return (
    <div class="empty">
      <p>
        <strong>No events yet.</strong>
      </p>
      <p>Append one, or generate a batch. Events appear here as they are appended.</p>
      <a class="button primary" href={instanceAddress(id, 'append')}>
        Append events
      </a>
    </div>
  );
}
