import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { textOf } from '../connection/connection';
import { Note } from './Note';

interface Props<Module> {
  load: () => Promise<Module>;
  show: (module: Module) => JSX.Element;
}

/** A part of the page that is fetched when it is first shown. */
export function Later<Module>({ load, show }: Props<Module>) {
  const module = useSignal<Module | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const attempt = useSignal(0);
  useEffect(() => {
    let isCurrent = true;
    problem.value = undefined;
    load().then(
      (loaded) => {
        if (isCurrent) module.value = loaded;
      },
      (error: unknown) => {
        if (isCurrent) problem.value = textOf(error);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [attempt.value, load]);
  if (module.value) return show(module.value);
  if (!problem.value) return <div class="later" aria-busy="true" />;
  return (
    <Note kind="bad">
      <p>This part of the page could not be fetched: {problem.value}</p>
      <button type="button" class="button small" onClick={() => (attempt.value += 1)}>
        Try again
      </button>
    </Note>
  );
}
