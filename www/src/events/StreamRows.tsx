import { count } from '../shared/format';
import { VirtualRows } from '../shared/VirtualRows';
import type { Stream } from './streams';

interface Props {
  streams: readonly Stream[];
  /** How many events there are in all streams. */
  all: number | undefined;
  chosen: string | undefined;
  onChosen: (stream: string | undefined, by: 'pointer' | 'keyboard') => void;
}

/** The streams to choose from; the first row stands for all of them. */
export function StreamRows({ streams, all, chosen, onChosen }: Props) {
  const active = chosen === undefined ? 0 : streams.findIndex(({ name }) => name === chosen) + 1;
  return (
    <VirtualRows
      label="Streams"
      class="stream-rows"
      count={streams.length + 1}
      rowHeight={36}
      active={active}
      onActive={(index, by) => onChosen(streams[index - 1]?.name, by)}
      keyOf={(index) => (index === 0 ? 'all' : `stream ${streams[index - 1]?.name}`)}
      row={(index) => {
        const stream = streams[index - 1];
        return (
          <div class="stream-row">
            <span class="ellipsis">{stream ? stream.name : 'All streams'}</span>
            <span class="muted number">{count(stream ? stream.events : (all ?? 0))}</span>
          </div>
        );
      }}
    />
  );
}
