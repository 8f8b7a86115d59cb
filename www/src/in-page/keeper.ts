/** Saves the host's data after writes: together, and a moment later. */
import { write } from './kept';
import type { Keeping, Kept } from './messages';

/** How long writes are collected, in milliseconds; longer, the longer it takes to save. */
const SHORTEST = 150;
const LONGEST = 5_000;
const TIMES = 4;

/** The data as they are now. */
export interface State extends Omit<Kept, 'savedAt'> {
  snapshot: Uint8Array;
}

export class Keeper {
  readonly #now: () => State;
  readonly #tell: (keeping: Keeping) => void;
  /** The last saved snapshot. */
  #kept: Kept | undefined;
  #problem: string | undefined;
  #isChanged = false;
  #isStopped = false;
  #saving: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = SHORTEST;

  constructor(now: () => State, tell: (keeping: Keeping) => void, kept?: Kept) {
    this.#now = now;
    this.#tell = tell;
    this.#kept = kept;
    if (kept) tell({ state: 'saved', kept });
  }

  /** The last saved snapshot. */
  get kept(): Kept | undefined {
    return this.#kept;
  }

  /** Why nothing could be saved so far. */
  get whyNever(): string | undefined {
    return this.#kept ? undefined : this.#problem;
  }

  /** Something was written. */
  changed(): void {
    if (this.#isStopped) return;
    this.#isChanged = true;
    if (this.#timer !== undefined || this.#saving) return;
    this.#tell({ state: 'saving', kept: this.#kept });
    this.#timer = setTimeout(() => void this.save(), this.#pause);
  }

  /** Saves the changes at once. Reports a failure. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#saving) await this.#saving;
    if (!this.#isChanged || this.#isStopped) return;
    this.#isChanged = false;
    // Cleared here, in any case: whoever waits for it would wait for ever.
    this.#saving = this.#write().finally(() => (this.#saving = undefined));
    await this.#saving;
    this.#report();
  }

  /** Saves no more. Is done when nothing is being saved. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    while (this.#saving) await this.#saving;
  }

  async #write(): Promise<void> {
    const started = performance.now();
    let state: State | undefined;
    this.#problem = undefined;
    try {
      state = this.#now();
      const { snapshot, ...counts } = state;
      const kept = { savedAt: Date.now(), ...counts };
      await write(kept, snapshot);
      this.#kept = kept;
    } catch (error) {
      this.#problem = state ? textOf(error, state.snapshot.length) : `the host’s data could not be read (${reasonOf(error)}). Try again.`;
    }
    this.#pause = Math.min(LONGEST, Math.max(SHORTEST, (performance.now() - started) * TIMES));
  }

  /** What came of the last attempt; and begins the next one, if something was written meanwhile. */
  #report(): void {
    if (this.#problem !== undefined) {
      this.#isChanged = true;
      if (this.#kept) this.#tell({ state: 'failed', problem: this.#problem, kept: this.#kept });
    } else if (this.#isChanged) {
      this.changed();
    } else if (this.#kept) {
      this.#tell({ state: 'saved', kept: this.#kept });
    }
  }
}

function textOf(error: unknown, bytes: number): string {
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    const size = (bytes / 1_000_000).toLocaleString(undefined, { maximumFractionDigits: 1 });
    return `the browser has no room for it (${size} MB are wanted). Download what matters; then delete instances here, or free the browser’s storage, and try again.`;
  }
  return `the browser’s storage failed (${reasonOf(error)}). Download what matters, and try again.`;
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
