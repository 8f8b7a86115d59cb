import { useId, useRef } from 'preact/hooks';
import { checkJson } from './json-check';

/** Enough to see what it is about. */
const MOST_CHANGES = 5;

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  rows: number;
  /** What the host said about it. */
  refusal: string | undefined;
}

/** A field for JSON. While the user types, it shows errors with their position, and values that would not be sent as typed. */
export function JsonField({ label, value, onValue, rows, refusal }: Props) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const checked = checkJson(value);
  const fault = 'fault' in checked ? checked.fault : undefined;
  const changes = 'changes' in checked ? checked.changes : [];
  const goTo = ({ start, end }: { start: number; end: number }) => {
    area.current?.focus();
    area.current?.setSelectionRange(start, end);
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
        aria-invalid={fault !== undefined || refusal !== undefined}
        aria-describedby={`${id}-check`}
      />
      <div id={`${id}-check`} class="json-check" aria-live="polite">
        {refusal && <p class="fault">{refusal}</p>}
        {fault ? (
          <>
            <p class="fault">{fault.text}</p>
            <pre class="fault-place" aria-hidden="true">
              {fault.excerpt}
            </pre>
            <button type="button" class="button small" onClick={() => goTo(fault)}>
              Go to the place
            </button>
          </>
        ) : (
          <p class="hint">{changes.length === 0 ? 'Valid JSON' : 'Valid JSON, but not sent as typed:'}</p>
        )}
        {changes.length > 0 && (
          <ul class="json-changes">
            {changes.slice(0, MOST_CHANGES).map((change) => (
              <li key={change.start}>
                {change.text}.{' '}
                <button type="button" class="button quiet small" aria-label={`Go there: ${value.slice(change.start, change.end)}`} onClick={() => goTo(change)}>
                  Go there
                </button>
              </li>
            ))}
            {changes.length > MOST_CHANGES && <li>And {changes.length - MOST_CHANGES} more.</li>}
          </ul>
        )}
      </div>
    </div>
  );
}
