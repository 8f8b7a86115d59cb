import { useSignal } from '@preact/signals';

interface Props {
  title: string;
  /** What it is, for those who do not see it. Default: the title. */
  label?: string;
  code: string;
  /** Whether long lines go on in the next, rather than beyond the edge. */
  wrap?: boolean;
}

/** Code to read and to copy. */
export function CodeBlock({ title, label = title, code, wrap = false }: Props) {
  const said = useSignal('Copy');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      said.value = 'Copied';
    } catch {
      said.value = 'Not allowed';
    }
    setTimeout(() => (said.value = 'Copy'), 1500);
  };
  return (
    <figure class={`code ${wrap ? 'wraps' : ''}`}>
      <figcaption>
        <span>{title}</span>
        <button type="button" class="button quiet small" aria-label={`Copy: ${label}`} onClick={copy}>
          {said.value}
        </button>
      </figcaption>
      <pre tabIndex={0} aria-label={label} role="region">
        <code>{code}</code>
      </pre>
    </figure>
  );
}
