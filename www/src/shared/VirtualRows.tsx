/** A list of any length of which only what is seen is in the document. One row is active; the keyboard moves it. */
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from '@tanstack/virtual-core';
import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

interface Props {
  label: string;
  count: number;
  rowHeight: number;
  /** The active row's index, or -1. */
  active: number;
  onActive: (index: number, by: 'pointer' | 'keyboard') => void;
  /** A key that goes with what the row shows, whatever its index. */
  keyOf: (index: number) => string | number;
  row: (index: number) => JSX.Element;
  /** What is seen, whenever that changes. */
  onRange?: (first: number, last: number) => void;
  /** Whether new rows come in at the top; what is being read then stays where it is. */
  growsAtTop?: boolean;
  class?: string;
}

type List = Virtualizer<HTMLDivElement, HTMLDivElement>;

export function VirtualRows({ label, count, rowHeight, active, onActive, keyOf, row, onRange, growsAtTop, class: className = '' }: Props) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer(scroller, count, rowHeight);
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;

  const formerCount = useRef(count);
  useLayoutEffect(() => {
    const grown = count - formerCount.current;
    formerCount.current = count;
    const element = scroller.current;
    if (growsAtTop && element && grown > 0 && element.scrollTop > 0) element.scrollTop += grown * rowHeight;
  }, [count, growsAtTop, rowHeight]);

  useEffect(() => {
    if (last >= first) onRange?.(first, last);
  }, [first, last, count, onRange]);

  // Who comes by a link, or goes back, sees the row that is active there. Rows that come in at the top don't count.
  const activeKey = active >= 0 && active < count ? keyOf(active) : undefined;
  useEffect(() => {
    if (activeKey !== undefined) list.scrollToIndex(active, { align: 'auto' });
  }, [activeKey]);

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const target = targetOf(event.key, active, count, page);
    if (target === undefined) return;
    event.preventDefault();
    onActive(target, 'keyboard');
  };

  return (
    <div
      ref={scroller}
      class={`rows ${className}`}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={active >= first && active <= last ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" class="rows-all" style={{ height: `${list.getTotalSize()}px` }}>
        {items.map((item) => (
          <div
            key={keyOf(item.index)}
            id={`${id}-${item.index}`}
            role="option"
            aria-selected={item.index === active}
            aria-setsize={count}
            aria-posinset={item.index + 1}
            class="rows-row"
            style={{ height: `${rowHeight}px`, transform: `translateY(${item.start}px)` }}
            onClick={() => onActive(item.index, 'pointer')}
          >
            {row(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function targetOf(key: string, active: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const within = (index: number) => Math.min(count - 1, Math.max(0, index));
  switch (key) {
    case 'ArrowDown':
      return within(active + 1);
    case 'ArrowUp':
      return within(active - 1);
    case 'PageDown':
      return within(active + page);
    case 'PageUp':
      return within(active - page);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

function useVirtualizer(scroller: { current: HTMLDivElement | null }, count: number, rowHeight: number): List {
  const [, render] = useReducer((times: number) => times + 1, 0);
  const [list] = useState(
    (): List =>
      new Virtualizer({
        count,
        getScrollElement: () => scroller.current,
        estimateSize: () => rowHeight,
        observeElementRect,
        observeElementOffset,
        scrollToFn: elementScroll,
        overscan: 8,
        onChange: () => render(0),
      }),
  );
  const formerHeight = useRef(rowHeight);
  list.setOptions({ ...list.options, count, estimateSize: () => rowHeight });
  if (formerHeight.current !== rowHeight) {
    formerHeight.current = rowHeight;
    list.measure();
  }
  useLayoutEffect(() => list._didMount(), []);
  useLayoutEffect(() => list._willUpdate());
  return list;
}
