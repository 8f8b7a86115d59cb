/** Running an example: its own module, on the page's connection, with what it prints caught. */
import type { Codebolt } from 'codebolt-wasm';
import { codebolt, noConnection, textOf } from '../connection/connection';

export interface Line {
  kind: 'said' | 'failed';
  text: string;
}

interface Surroundings {
  codebolt: Codebolt;
  console: Pick<Console, 'log' | 'error'>;
}

export type Example = (surroundings: Surroundings) => Promise<void>;

/** Runs an example; `say` gets each line as it is printed. */
export async function runExample(load: () => Promise<{ default: Example }>, say: (line: Line) => void): Promise<void> {
  const print =
    (kind: Line['kind']) =>
    (...values: unknown[]) =>
      say({ kind, text: values.map(shown).join(' ') });
  // A call would wait for a connection; the reader should know at once why nothing happens.
  const obstacle = noConnection();
  if (obstacle) return say({ kind: 'failed', text: `Not run: ${obstacle}` });
  try {
    const example = await load();
    await example.default({ codebolt: codebolt(), console: { log: print('said'), error: print('failed') } });
  } catch (error) {
    say({ kind: 'failed', text: textOf(error) });
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? String(value)));
