import type { Signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { parameters, setParameters } from '../page/route';
import { draft } from './draft';

/**
 * A draft that the URL carries too. An address with parameters wins: who comes by a link, or goes back, finds the form
 * as it was there. One without leaves the form as it was typed.
 */
export function useDraftInAddress<Value>(
  name: string,
  initial: Value,
  read: (parameters: URLSearchParams) => Value,
  write: (value: Value) => URLSearchParams,
): Signal<Value> {
  const form = draft(name, initial);
  const address = parameters.value;
  useLayoutEffect(() => {
    if (address.size > 0) {
      const named = read(address);
      if (`${write(named)}` !== `${write(form.value)}`) form.value = named;
    } else if (`${write(form.value)}` !== `${write(initial)}`) {
      setParameters(write(form.value), 'replace');
    }
  }, [form, address]);
  return form;
}
