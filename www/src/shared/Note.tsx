import type { ComponentChildren } from 'preact';

interface Props {
  kind: 'bad' | 'good';
  children: ComponentChildren;
}

/** What came of an action, where it was made. Announced to those who don't see it. */
export function Note({ kind, children }: Props) {
  return (
    <div class={`note ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
