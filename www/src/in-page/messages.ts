/** The messages between the page and the worker with its own host. */

/** The content of the browser's storage. */
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
  /** `kept`: the last saved snapshot. */
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

/** The page's calls of the worker. */
export interface Calls {
  /** Loads the host, with what is kept. Is done again without harm. */
  start(): Promise<void>;
  /** Answers a request's frame with its reply's frame. */
  handle(frame: string): Promise<string>;
  /** Keeps the data from now on. Replaces other kept data only if `replace` is set; otherwise returns their description. */
  keep(replace: boolean): Promise<{ other: Kept } | undefined>;
  /** Keeps the data no longer: deletes the copy in the storage. */
  stopKeeping(): Promise<void>;
  /** Saves at once what is not saved yet. */
  save(): Promise<void>;
  /** One instance as JSON Lines, as `codebolt-host export` writes it. */
  exportInstance(reference: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The kept snapshot, unparsed. */
  readKept(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface Request {
  id: number;
  name: keyof Calls;
  argument: unknown;
}

export type Answer = { id: number; value: unknown } | { id: number; fault: Fault };

/** The worker's answers and reports; `broken`: its module failed while nobody waited for an answer. */
export type FromWorker = Answer | { keeping: Keeping } | { broken: Fault };
