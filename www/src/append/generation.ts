/** A batch being generated. It goes on when one looks at another view, and can be cancelled from anywhere. */
import { signal } from '@preact/signals';
import { address } from '../connection/connection';
import { ask } from '../shared/outcome';
import { makeEvents, type Kind } from './sample-events';

export const MOST = 100_000;
/** Small enough that a cancel is quickly heard and a frame stays handy. */
const AT_ONCE = 1_000;

export interface Generation {
  instance: string;
  wanted: number;
  done: number;
  milliseconds: number;
  state: 'running' | 'cancelling' | 'cancelled' | 'done' | 'failed';
  problem?: string;
}

export const generation = signal<Generation>();

export const isRunning = (): boolean => generation.value?.state === 'running' || generation.value?.state === 'cancelling';

export async function generate(instance: string, kind: Kind, wanted: number): Promise<void> {
  const start = performance.now();
  const host = address.value;
  let now: Generation = { instance, wanted, done: 0, milliseconds: 0, state: 'running' };
  const tell = (change: Partial<Generation>) => {
    now = { ...now, milliseconds: performance.now() - start, ...change };
    generation.value = now;
  };
  tell({});
  while (now.done < wanted) {
    if (address.value !== host) return tell({ state: 'failed', problem: `The page has left the host ${host}.` });
    const events = makeEvents(kind, Math.min(AT_ONCE, wanted - now.done));
    const outcome = await ask((log) => log.appendEvents({ instanceId: instance, events }));
    if (!outcome.ok) return tell({ state: 'failed', problem: outcome.problem });
    tell({ done: now.done + outcome.data.count, state: generation.value?.state ?? 'running' });
    if (now.done < wanted && now.state === 'cancelling') return tell({ state: 'cancelled' });
  }
  tell({ state: 'done' });
}

/** What has been sent is stored still; nothing more is sent. */
export function cancelGeneration(): void {
  if (generation.value?.state === 'running') generation.value = { ...generation.value, state: 'cancelling' };
}
