import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with it. */
  fault?: string | undefined;
  class?: string;
  children: (attributes: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => JSX.Element;
}

/** A form field: its label above it; what is wrong with it, and its hint, below. */
export function Field({ label, hint, fault, class: className = '', children }: FieldProps) {
  const id = useId();
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div class={`field ${className}`}>
      <label for={id}>{label}</label>
      {children({ id, ...(described && { 'aria-describedby': described }), ...(fault && { 'aria-invalid': true }) })}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Leads to the first field that has a fault, once it is rendered. */
export function focusFirstFault(form: HTMLElement): void {
  setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

interface TextProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ComponentChildren;
  fault?: string | undefined;
  placeholder?: string;
  suggestions?: readonly string[];
  mono?: boolean;
  class?: string;
  inputMode?: 'text' | 'numeric';
}

/** A field of one line, with suggestions if there are any. */
export function TextField({ label, value, onValue, hint, fault, placeholder, suggestions, mono, class: className = '', inputMode }: TextProps) {
  const list = useId();
  const hasSuggestions = suggestions !== undefined && suggestions.length > 0;
  return (
    <Field label={label} hint={hint} fault={fault} class={className}>
      {(attributes) => (
        <>
          <input
            {...attributes}
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
  fault?: string | undefined;
  class?: string;
}

/** A choice of a few. */
export function SelectField<Value extends string>({ label, value, options, onValue, fault, class: className = '' }: SelectProps<Value>) {
  return (
    <Field label={label} fault={fault} class={className}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onValue(event.currentTarget.value as Value)}>
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
