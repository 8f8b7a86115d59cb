import { useSignal } from '@preact/signals';
import { useCallback, useRef } from 'preact/hooks';
import { countOf, inline, shortMoment } from '../shared/format';
import { isWide } from '../shared/media';
import { VirtualRows } from '../shared/VirtualRows';
import type { EventFeed } from './feed';

/** Browsers cannot scroll farther than some tens of millions of pixels. */
const MOST_ROWS = 400_000;

interface Props {
  feed: EventFeed;
  /** The selected event's position in append order. */
  position: number | undefined;
  onPosition: (position: number, by: 'pointer' | 'keyboard') => void;
}

/** The events as rows. New ones appear at the top. Further down the rows stay where they are, and a note says that there are new ones. */
export function EventRows({ feed, position, onPosition }: Props) {
  const total = feed.total.value ?? 0;
  // Read so that rows render again when their events arrive.
  feed.version.value;
  const wrapper = useRef<HTMLDivElement>(null);
  const seenTotal = useSignal(total);
  const isAtTop = useSignal(true);

  const onRange = useCallback(
    (first: number, last: number) => {
      feed.want(first, last);
      const scrolled = wrapper.current?.querySelector('.rows')?.scrollTop ?? 0;
      isAtTop.value = scrolled < 4;
      if (isAtTop.value) seenTotal.value = feed.total.peek() ?? 0;
    },
    [feed],
  );
  const toTop = () => {
    const rows = wrapper.current?.querySelector<HTMLElement>('.rows');
    if (rows) {
      rows.scrollTop = 0;
      rows.focus();
    }
    isAtTop.value = true;
    seenTotal.value = total;
  };
  const fresh = isAtTop.value ? 0 : total - seenTotal.value;
  return (
    <div ref={wrapper} class="event-rows-wrapper">
      {fresh > 0 && (
        <button type="button" class="button primary small fresh" onClick={toTop}>
          ↑ {countOf(fresh, 'new event')}
        </button>
      )}
      <VirtualRows
        label="Events, newest first"
        class="event-rows"
        count={Math.min(total, MOST_ROWS)}
        rowHeight={isWide.value ? 40 : 60}
        active={position === undefined ? -1 : feed.rowOf(position)}
        onActive={(index, by) => onPosition(feed.positionOf(index), by)}
        keyOf={(index) => feed.positionOf(index)}
        row={(index) => <Row feed={feed} position={feed.positionOf(index)} />}
        onRange={onRange}
        growsAtTop
      />
      {total > MOST_ROWS && <p class="muted small">The newest {countOf(MOST_ROWS, 'event')} are listed; query for older ones.</p>}
    </div>
  );
}

function Row({ feed, position }: { feed: EventFeed; position: number }) {
  const event = feed.at(position);
  if (!event) {
    return (
      <div class="event-row is-waiting">
        <span class="event-time muted">…</span>
      </div>
    );
  }
  return (
    <div class="event-row">
      <span class="event-type ellipsis">{event.event_type}</span>
      <span class="event-stream ellipsis muted">
        {event.stream_id} <span class="number">#{event.sequence_number}</span>
      </span>
      <span class="event-payload ellipsis mono muted">{inline(event.payload).slice(0, 400)}</span>
      <time class="event-time number muted" dateTime={event.timestamp}>
        {shortMoment(event.timestamp)}
      </time>
    </div>
  );
}
