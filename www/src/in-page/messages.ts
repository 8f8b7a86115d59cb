/** What the page and the worker with its own host say to each other. */

/** What the browser's storage holds. */
export interface Kept {
  /** When it was saved, milliseconds since 1970. */
  savedAt: number;
  instances: number;
  events: number;
}

/** Whether the host's data are kept in the browser's storage. */
export type Keeping =
  | { state: 'off' }
  | { state: 'saving'; kept?: Kept | undefined }
  | { state: 'saved'; kept: Kept }
  /** `kept`: what was saved last. */
  | { state: 'failed'; problem: string; kept?: Kept | undefined };

/**
 * Why the host does not start. `elsewhere`: another tab has what is kept. `unreadable`: what is kept cannot be restored.
 * `broken`: the module failed, and the worker with it.
 */
export type FaultKind = 'elsewhere' | 'unreadable' | 'broken' | 'other';

export interface Fault {
  kind: FaultKind;
  text: string;
}

/** What the page asks of the worker. */
export interface Calls {
  /** Loads the host, with what is kept. Is done again without harm. */
  start(): Promise<void>;
  /** Answers a request's frame with its reply's frame. */
  handle(frame: string): Promise<string>;
  /** Keeps the data from now on. Something else that is kept is only replaced when that is wanted; otherwise it is told. */
  keep(replace: boolean): Promise<{ other: Kept } | undefined>;
  /** Keeps the data no longer: deletes the copy in the storage. */
  stopKeeping(): Promise<void>;
  /** Saves at once what is not saved yet. */
  save(): Promise<void>;
  /** One instance as JSON Lines, as `codebolt-host export` writes it. */
  exportInstance(reference: string): Promise<Uint8Array<ArrayBuffer>>;
  /** What is kept, as it is. */
  readKept(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface Request {
  id: number;
  name: keyof Calls;
  argument: unknown;
}

export type Answer = { id: number; value: unknown } | { id: number; fault: Fault };

/** What the worker says of itself, or answers. */
export type FromWorker = Answer | { keeping: Keeping };
