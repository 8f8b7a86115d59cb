import { signal, type ReadonlySignal } from '@preact/signals';

/** Whether a media query holds, now and later. */
export function media(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const holds = signal(list.matches);
  list.addEventListener('change', () => (holds.value = list.matches));
  return holds;
}

/** Whether there is room for one thing beside another. */
export const isWide = media('(min-width: 64rem)');
