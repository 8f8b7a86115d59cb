import { useId, useRef } from 'preact/hooks';
import { checkJson } from './json-check';

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  rows: number;
}

/** A field for JSON. What is wrong is said below it, with the place, as one types. */
export function JsonField({ label, value, onValue, rows }: Props) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const checked = checkJson(value);
  const fault = 'fault' in checked ? checked.fault : undefined;
  const goThere = () => {
    if (!fault || !area.current) return;
    area.current.focus();
    area.current.setSelectionRange(fault.start, fault.end);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        ref={area}
        id={id}
        class="mono"
        rows={rows}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        spellcheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-check`}
      />
      <div id={`${id}-check`} class="json-check" aria-live="polite">
        {fault ? (
          <>
            <p class="fault">{fault.text}</p>
            <pre class="fault-place" aria-hidden="true">
              {fault.excerpt}
            </pre>
            <button type="button" class="button small" onClick={goThere}>
              Go to the place
            </button>
          </>
        ) : (
          <p class="hint">JSON, valid</p>
        )}
      </div>
    </div>
  );
}
