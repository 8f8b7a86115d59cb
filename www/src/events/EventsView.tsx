import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { isOpen } from '../connection/connection';
import { instanceAddress } from '../page/route';
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
  const stream = useSignal<string | undefined>(undefined);
  const streams = useSignal<Stream[] | undefined>(undefined);
  const place = useSignal<number | undefined>(undefined);
  const whole = useMemo(() => new EventFeed({ instance: id }), [id]);
  const feed = useMemo(
    () => (stream.value === undefined ? whole : new EventFeed({ instance: id, stream: stream.value })),
    [id, whole, stream.value],
  );
  const countedAt = useSignal<number | undefined>(undefined);

  usePoll(
    async () => {
      await Promise.all(feed === whole ? [whole.poll()] : [whole.poll(), feed.poll()]);
      if (countedAt.value === whole.total.value) return;
      countedAt.value = whole.total.value;
      const found = await streamsOf(id);
      if ('streams' in found) streams.value = found.streams;
    },
    EVERY,
    [feed],
  );

  const total = feed.total.value;
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
          chosen={stream.value}
          onChosen={(name) => {
            stream.value = name;
            place.value = undefined;
          }}
        />
      </section>
      <section class="events-list" aria-labelledby="events-heading">
        <h2 id="events-heading">
          {stream.value === undefined ? 'All events' : <span class="breakable">Stream {stream.value}</span>}{' '}
          <span class="muted">{total === undefined ? '' : `${countOf(total, 'event')}, newest first`}</span>
          <span class={`live ${isOpen.value ? 'is-on' : ''}`}>{isOpen.value ? 'Live' : 'Paused'}</span>
        </h2>
        {feed.problem.value && isOpen.value && <Note kind="bad">{feed.problem.value}</Note>}
        <EventRows key={stream.value ?? ''} feed={feed} place={place.value} onPlace={(chosen) => (place.value = chosen)} />
      </section>
      <EventDetails
        id={id}
        event={place.value === undefined ? undefined : feed.at(place.value)}
        onClose={() => (place.value = undefined)}
      />
    </div>
  );
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
