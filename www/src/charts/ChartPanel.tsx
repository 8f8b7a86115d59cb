import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { textOf } from '../connection/connection';
import { Note } from '../shared/Note';

interface Props<Numbers> {
  title: string;
  controls?: ComponentChildren;
  /** Works out the numbers; run again when one of `of` changes. */
  work: (() => Promise<Numbers>) | undefined;
  of: readonly unknown[];
  show: (numbers: Numbers) => JSX.Element;
  /** How high the chart is expected to be, in pixels: what stands below does not move when it comes. */
  height: number;
  /** The text when there is nothing to compute. */
  otherwise?: string;
}

/** A chart with its title and controls. The former one stays until the new one is there. */
export function ChartPanel<Numbers>({ title, controls, work, of, show, height, otherwise }: Props<Numbers>) {
  const numbers = useSignal<Numbers | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  useEffect(() => {
    if (!work) return;
    let isCurrent = true;
    isBusy.value = true;
    work()
      .then(
        (worked) => {
          if (!isCurrent) return;
          numbers.value = worked;
          problem.value = undefined;
        },
        (error: unknown) => {
          if (isCurrent) problem.value = textOf(error);
        },
      )
      .finally(() => {
        if (isCurrent) isBusy.value = false;
      });
    return () => {
      isCurrent = false;
    };
  }, of);
  // The chart, and the line of its table below it.
  const room = { minHeight: `calc(${height}px + 2rem)` };
  return (
    <section class="panel chart-panel" aria-label={title} aria-busy={isBusy.value}>
      <div class="chart-panel-bar">
        <h2>{title}</h2>
        {controls}
      </div>
      {problem.value && <Note kind="bad">{problem.value}</Note>}
      {!work && otherwise && (
        <p class="muted waiting" style={room}>
          {otherwise}
        </p>
      )}
      {work &&
        !problem.value &&
        (numbers.value === undefined ? (
          <p class="muted waiting" style={room}>
            Asking the host…
          </p>
        ) : (
          show(numbers.value)
        ))}
    </section>
  );
}
