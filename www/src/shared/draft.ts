/** What has been typed into a form: kept while the tab lives, over changes of view and reloads. */
import { effect, signal, type Signal } from '@preact/signals';

const drafts = new Map<string, Signal<unknown>>();

/** The draft of that name; `initial` is what an untouched form holds. */
export function draft<Value>(name: string, initial: Value): Signal<Value> {
  const known = drafts.get(name);
  if (known) return known as Signal<Value>;
  const made = signal(read(name, initial));
  drafts.set(name, made as Signal<unknown>);
  effect(() => {
    const text = JSON.stringify(made.value);
    try {
      sessionStorage.setItem(`draft:${name}`, text);
    } catch {
      // Storage is off or full: the draft lives as long as the page.
    }
  });
  return made;
}

function read<Value>(name: string, initial: Value): Value {
  try {
    const text = sessionStorage.getItem(`draft:${name}`);
    return text === null ? initial : (JSON.parse(text) as Value);
  } catch {
    return initial;
  }
}
