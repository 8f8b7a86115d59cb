import { useEffect, useRef } from 'preact/hooks';
import { isOpen, openings } from '../connection/connection';

/** Runs `work` now and again, one after the other, while there is a connection and somebody looks. */
export function usePoll(work: () => Promise<void>, milliseconds: number, of: readonly unknown[]): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    if (!isOpen.value) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const run = async () => {
      if (document.visibilityState === 'visible') await latest.current();
      if (!ended) timer = setTimeout(run, milliseconds);
    };
    void run();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [isOpen.value, openings.value, milliseconds, ...of]);
}
