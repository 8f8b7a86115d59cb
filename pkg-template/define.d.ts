/** What the generated modules need of a session, and what callers may add to a call. */

/** The last argument of every method that waits for a reply. */
export interface CallOptions {
  /** Aborts the call: its promise rejects, and a reply that comes later is dropped. */
  signal?: AbortSignal;
  /** How long to wait for the reply, in milliseconds; 0 waits without a limit. Default: the client's `requestTimeout`; no limit where the method says so. */
  timeout?: number;
}

declare global {
  /** How strictly codebolt-wasm's types are read; `import 'codebolt-wasm/strict'` adds `strict: true` to it. */
  interface CodeboltTypes {}
}

/**
 * What the reference leaves open: `any` here too, so that code written for it compiles. One line in any file of a program,
 * `import 'codebolt-wasm/strict'`, makes it `Known` throughout, which is `unknown` where nobody says what comes.
 */
export type Unchecked<Known = unknown> = CodeboltTypes extends { strict: true } ? Known : any;

/**
 * What is read from a reply that refuses where only a success has something: nothing, so that a member counts as there
 * until `success` was looked at, as code written for the reference has it. With `codebolt-wasm/strict` it may be absent.
 */
export type Absent = CodeboltTypes extends { strict: true } ? undefined : never;

/** What a call settles with: of an instance that was made with `throwOnError: true` only a success, for a refusal rejects. */
export type Settled<Response, Options> = Options extends { throwOnError: true } ? Extract<Response, { success: true }> : Response;

/** A type where the caller names it. It isn't taken from the values, which may differ in shape. */
export type Named<Type> = Type extends infer Given extends Type ? Given : never;

/** A function that takes these arguments. Its parameters may be declared narrower or wider than what it gets. */
export type Handler<Arguments extends unknown[], Result = unknown> = { handle(...values: Arguments): Result }['handle'];

/**
 * The state of a connection. `idle`: nothing has connected yet, or the last attempt failed; the next use connects.
 * `closed`: for good.
 */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closing' | 'closed';

/** What is constant about a method that waits for a reply. One object a method, so that it can be told by identity. */
export interface Method {
  /** The `type` of its request, and of its reply unless `replyTypes` says otherwise. */
  readonly type: string;
  /** The `type`s of which a reply without an id has to have one. */
  readonly replyTypes?: readonly string[];
  /** 0: no time limit unless the call sets one, because a person, a model or a command answers. */
  readonly timeout?: number;
  /** Whether this is for one request of the caller's own and not to be kept. */
  readonly once?: boolean;
}

/** A message as text: the two halves around its request id, or all of it where it has its own id or none. */
export type Frame = [head: string, tail: string] | [text: string];

/** The part of a session that methods use. */
export interface Session {
  /** Sends a request under a fresh id, and settles with the reply. */
  ask(method: Method, frame: Frame, options?: CallOptions): Promise<any>;
  /** `eventLog.createInstance`, whose frame the WebAssembly module has. The name is a string. */
  createInstance(name: string, description?: string, options?: CallOptions): Promise<any>;
  /** Sends a message that no reply answers. */
  tell(frame: Frame): Promise<void>;
  /** Connects if nothing has yet. */
  connect(): void;
  /** Resolves once connected; connects if nothing has yet. */
  waitForReady(): Promise<void>;
  /** Listens to an event. Returns what ends it. */
  on(name: 'message' | 'close' | 'dropped', listener: (details: any) => unknown): () => void;
  /** Runs what a user wrote; what it throws, or rejects with, is reported. */
  run(work: () => unknown): void;
  /** The connection's state. */
  readonly state: ConnectionState;
  /** The messages of the host that are not replies. */
  readonly messages: {
    /** Hands on what is wanted, messages that came before included: these in the next microtask, or at once. Returns what ends it. */
    receive(wants: (message: any) => boolean, handle: (message: any) => unknown, options?: { atOnce?: boolean }): () => void;
    /** Types that belong to a module since it is in use; see `messages/routed.js`. */
    readonly routed: Set<string>;
  };
  /** The user message that came last, as handlers get it. */
  readonly lastUserMessage?: any;
}

/**
 * A reply told apart by `success`: where it is `true`, the members named in `Given` are there.
 *
 * @example
 * ```ts
 * type Saved = Reply<{ success: boolean; error?: string; data?: { id: string } }, 'data'>;
 * const idOf = (reply: Saved) => (reply.success ? reply.data.id : undefined);
 * ```
 */
export type Reply<Members extends { success?: boolean }, Given extends keyof Members = never> =
  | (Members & { success: true } & { [Name in Given]-?: {} | null })
  | (Members & { success?: false });

type Message = Record<string, unknown>;

export declare const attempt: <T>(call: () => Promise<T>) => Promise<T>;
export declare const ask: (session: Session, method: Method, message: Message, options?: CallOptions) => Promise<any>;
export declare const askAt: (session: Session, method: Method, head: string, rest: Message, options?: CallOptions) => Promise<any>;
export declare const askWith: (session: Session, method: Method, head: string, name: string, value: any, options?: CallOptions) => Promise<any>;
export declare const askSpread: (session: Session, method: Method, message: Message, options?: CallOptions) => Promise<any>;
export declare const frameOf: (message: Message) => Frame;
export declare const tell: (session: Session, message: Message) => Promise<void>;
export declare const tellSpread: (session: Session, message: Message) => Promise<void>;
export declare const notify: (session: Session, guards: Record<string, Message>, message: () => Message) => void;
export declare const newToolUseId: () => string;
export declare const without: (value: any, ...names: string[]) => any;
export declare const hasToJSON: (value: any) => boolean;
export declare const refuse: (method: string, argument: string, value: unknown, expected: string) => Promise<never>;
