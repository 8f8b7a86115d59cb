import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  class?: string;
  children: (ids: { id: string; 'aria-describedby'?: string }) => JSX.Element;
}

/** A form field: its label above it, its hint below. */
export function Field({ label, hint, class: className = '', children }: FieldProps) {
  const id = useId();
  return (
    <div class={`field ${className}`}>
      <label for={id}>{label}</label>
      {children(hint ? { id, 'aria-describedby': `${id}-hint` } : { id })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ComponentChildren;
  placeholder?: string;
  suggestions?: readonly string[];
  mono?: boolean;
  class?: string;
  inputMode?: 'text' | 'numeric';
}

/** A field of one line, with suggestions if there are any. */
export function TextField({ label, value, onValue, hint, placeholder, suggestions, mono, class: className = '', inputMode }: TextProps) {
  const list = useId();
  const hasSuggestions = suggestions !== undefined && suggestions.length > 0;
  return (
    <Field label={label} hint={hint} class={className}>
      {(ids) => (
        <>
          <input
            {...ids}
            class={mono ? 'mono' : ''}
            value={value}
            placeholder={placeholder ?? ''}
            onInput={(event) => onValue(event.currentTarget.value)}
            list={hasSuggestions ? list : undefined}
            inputMode={inputMode}
            autocomplete="off"
            spellcheck={false}
          />
          {hasSuggestions && (
            <datalist id={list}>
              {suggestions.map((text) => (
                <option key={text} value={text} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onValue: (value: Value) => void;
  class?: string;
}

/** A choice of a few. */
export function SelectField<Value extends string>({ label, value, options, onValue, class: className = '' }: SelectProps<Value>) {
  return (
    <Field label={label} class={className}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onValue(event.currentTarget.value as Value)}>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
