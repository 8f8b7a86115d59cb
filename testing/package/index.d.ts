/// <reference path="./disposable.d.ts" />
/** A Codebolt host in memory, for the tests of agents. */
import type { Codebolt, CodeboltOptions } from 'codebolt-wasm';
import type { Heard, Methods } from './methods.js';

export type { Heard, Methods } from './methods.js';

/**
 * What went wrong:
 *
 * - `INVALID_ARGUMENT`: a name, an option or an argument that cannot be used.
 * - `UNHANDLED`: the agent called a method that nothing answers (`unhandled: 'refuse'` and `'error'`); the text has the line to add.
 * - `INVALID_REPLY`: a handler gave a value that cannot be a reply.
 * - `SCRIPT_ENDED`: a scripted model was asked more often than it has steps.
 * - `NOT_SENT`: `sent` has waited long enough; the text says which frames of that name earlier calls or `where` left out.
 * - `CONNECTION_ENDED`: the agent's connection ended before it answered.
 * - `HOST_CLOSED`: `close` was called.
 * - `STRAYED`: an agent did something else than the recording that is replayed.
 * - `INVALID_RECORDING`: a recording that cannot be read.
 * - `NOT_JSON`: the agent sent a text that is not a frame.
 * - `NO_PROGRAM`, `PROGRAM_RUNS_ON`: a program could not be started, or did not end.
 * - `LOAD_FAILED`: the event log's module could not be loaded.
 * - `NOT_SUPPORTED`: this runtime cannot do that.
 * - `ASSERTION`: an assertion of `codebolt-wasm-testing/matchers` does not hold.
 */
export type TestHostErrorCode =
  | 'INVALID_ARGUMENT'
  | 'UNHANDLED'
  | 'INVALID_REPLY'
  | 'SCRIPT_ENDED'
  | 'NOT_SENT'
  | 'CONNECTION_ENDED'
  | 'HOST_CLOSED'
  | 'STRAYED'
  | 'INVALID_RECORDING'
  | 'NOT_JSON'
  | 'NO_PROGRAM'
  | 'PROGRAM_RUNS_ON'
  | 'LOAD_FAILED'
  | 'NOT_SUPPORTED'
  | 'ASSERTION';

/** Everything that this package throws or rejects with. */
export declare class TestHostError extends Error {
  constructor(code: TestHostErrorCode, message: string, details?: Record<string, unknown> & { cause?: unknown });
  readonly code: TestHostErrorCode;
  /** The method, for `UNHANDLED`. */
  readonly method?: string;
  /** How the connection ended, for `CONNECTION_ENDED`. */
  readonly closeCode?: number;
}

/**
 * What happens to a call that nothing in the test answers. `default`: it gets a reply that fits its declared type. `refuse`: it gets
 * `success: false`, and the text names the method and the line to add. `error`: that, and the test fails: what waits for the agent
 * rejects, and `close` does where nothing waits, or nobody observes (`await`, `then`, `catch`) what rejected.
 */
export type Unhandled = 'default' | 'refuse' | 'error';

/** The options of a host. */
export interface TestHostOptions {
  /** What happens to calls that nothing answers. Default `'default'`. */
  unhandled?: Unhandled;
  /** An event log to begin with, from `eventLogSnapshot`. Default: an empty one. */
  eventLog?: Uint8Array;
  /** A file that every frame is written to; `true` keeps them in memory (`host.recording`). Default: none. */
  record?: string | true;
  /** The address of a real host that gets what no handler answers, and whose frames reach the agent. Default: none. */
  upstream?: string;
  /** Whether secrets are taken out of recordings: `true` takes out tokens, keys and what looks like one; texts and expressions are taken out besides; `false` leaves all as it is. Default `true`. */
  secrets?: boolean | (string | RegExp)[];
}

/** What the host adds to a reply by itself. */
type Envelope = 'type' | 'requestId' | 'timestamp';
type IsAny<T> = 0 extends 1 & T ? true : false;
type WithoutEnvelope<Reply> = Reply extends object
  ? string extends keyof Reply
    ? Reply
    : Omit<Reply, Envelope> & Partial<Pick<Reply, Extract<keyof Reply, Envelope>>>
  : { [member: string]: unknown };

/** A reply that refuses. */
export interface Refusal {
  success: false;
  error?: string;
  message?: string;
  [member: string]: unknown;
}

/** What answers a method: its declared reply, without what the host adds (`type`, `requestId`, `timestamp`), or a refusal. */
export type ReplyTo<Name extends keyof Methods> = IsAny<Methods[Name]['reply']> extends true ? { [member: string]: any } : WithoutEnvelope<Methods[Name]['reply']> | Refusal;

/** A method's parameters by their names, as far as its message tells them; for a type of message that no method has, its `params`. */
export type ParamsOf<Name extends string> = Name extends keyof Methods ? Methods[Name]['params'] : any;

/** A frame that the agent has sent. */
export interface SentFrame<Name extends string = string> {
  /** The method that sends such a frame, such as `fs.readFile`; for what no method sends its type, such as `processStoped`. */
  readonly method: string;
  readonly type: string;
  readonly params: ParamsOf<Name>;
  /** The frame itself. */
  readonly frame: { readonly type: string; readonly requestId?: string; readonly [member: string]: any };
  readonly connection: Connection;
}

/** A request, as a handler gets it. */
export interface HostRequest<Name extends string = string> extends SentFrame<Name> {
  /** Sends a frame under this request's id, as a stream does. */
  send(frame: { type: string; [member: string]: unknown }): void;
}

/** The host's end of a connection. */
export interface Connection {
  /** Counts from 1. */
  readonly number: number;
  /** The address that the agent connected to. */
  readonly url: string;
  /** What the agent says of itself in its address: `agentId`, `threadId` and the like. */
  readonly params: Record<string, string>;
  readonly isOpen: boolean;
  /** Closes it with a close frame. Default code: 1000. */
  close(code?: number, reason?: string): void;
  /** Ends it without a close frame, as when the host's process dies: the agent sees 1006. */
  break(): void;
  /** Leaves it half open, for good or for so many milliseconds, after which it breaks. */
  stall(milliseconds?: number): void;
}

/** What a handler may give: a reply, or nothing, for the default reply. */
type Given<Name extends string> = Name extends keyof Methods ? ReplyTo<Name> | void | undefined : unknown;
/** Answers a method. What it throws is answered as a refusal, and fails the test. */
export type HandlerOf<Name extends string> = (params: ParamsOf<Name>, request: HostRequest<Name>) => Given<Name> | Promise<Given<Name>>;

/** A tool that a scripted model calls. */
export interface ToolStep {
  tool: string;
  /** The arguments; a text goes out as it is, for a model that writes wrong JSON. Default `{}`. */
  arguments?: object | string;
  /** What the model says besides. */
  text?: string;
  /** The call's id. Default: `call_1`, `call_2` and so on. */
  id?: string;
}
type PlainStep = string | ToolStep | ToolStep[] | { text: string } | { text?: string; tools: ToolStep[] } | { error: string } | { completion: object };
/** What a scripted model answers: a text, one or more calls of tools, a refusal, a whole reply; or a function of the request that gives one of these. */
export type ModelStep = PlainStep | ((inference: any, request: HostRequest<'llm.inference'>) => PlainStep | Promise<PlainStep>);
/** A handler for `llm.inference`. */
export interface ModelScript {
  (params: ParamsOf<'llm.inference'>, request: HostRequest<'llm.inference'>): Promise<any>;
  /** How many steps are left. */
  readonly remaining: number;
}
/** A model that answers with one step after another. One that is asked more often fails the test. */
export declare const script: (steps: readonly ModelStep[]) => ModelScript;

/** What becomes of a frame on its way to the agent; exactly one of these, and `times`. */
export interface Fault {
  /** It comes so many milliseconds later, of the clock that the test may have faked. */
  delay?: number;
  /** It is lost. */
  drop?: true;
  /** It comes twice, or so many times more. */
  duplicate?: true | number;
  /** It comes after the next frame, or after so many; at the latest 25 ms later. */
  reorder?: true | number;
  /** It comes with an id that no request has. */
  foreignId?: true;
  /** It comes without an id. */
  noId?: true;
  /** The connection is closed in its place, with 1011 or this code. */
  close?: true | number;
  /** The close frame's reason. */
  reason?: string;
  /** The connection breaks in its place, without a close frame. */
  break?: true;
  /** Nothing goes either way any more; after so many milliseconds the connection breaks. */
  halfOpen?: true | number;
  /** All connections break, and for so many milliseconds none comes about. */
  restart?: true | number;
  /** How often it is done. Default: always. */
  times?: number;
}

/** Faults at random. */
export interface ChaosOptions {
  /** Repeats a run, as far as the agent sends the same. Default: one by chance, which `chaos` gives back. */
  seed?: number;
  /** The share of frames, and of handshakes, that something happens to. Default 0.1. */
  rate?: number;
  /** What may happen. Default: all. */
  kinds?: ('delay' | 'reorder' | 'duplicate' | 'drop' | 'foreignId' | 'noId' | 'close' | 'break' | 'halfOpen' | 'restart' | 'refuse')[];
}

/** How a command ended. */
export interface CommandOutcome {
  /** What it printed, in pieces. Default: nothing. */
  output?: string | string[];
  /** Why it failed; without it it has ended. */
  error?: string;
  /** Default: 0, of one that failed 1. */
  exitCode?: number;
}

/** The members of a user's message; what is left out is empty. */
export interface UserMessage {
  userMessage?: string;
  currentFile?: string;
  mentionedFiles?: string[];
  mentionedFullPaths?: string[];
  mentionedFolders?: string[];
  mentionedMCPs?: unknown[];
  mentionedAgents?: unknown[];
  uploadedImages?: string[];
  selectedAgent?: { id: string; name: string };
  messageId?: string;
  threadId?: string;
  [member: string]: unknown;
}

/** How an agent answered a user's message. */
export interface Answer {
  type: 'processStoped';
  /** What its handler returned. */
  message?: any;
  /** What its handler threw. */
  error?: string;
  requestId?: string;
  [member: string]: any;
}

/** A host on a port. */
export interface Listening {
  port: number;
  url: string;
  /** What a program finds the host by: `SOCKET_PORT` and `CODEBOLT_SERVER_URL`. */
  env: Record<string, string>;
}

/** How a program is started. */
export interface RunOptions {
  /** Its folder. Default: this process's. */
  cwd?: string;
  /** Variables besides this process's own and the host's. */
  env?: Record<string, string | undefined>;
  /** Milliseconds until it is killed, with all that it has started. Default 60,000. */
  timeout?: number;
  /** What it finds on standard input. Default: nothing. */
  input?: string;
}

/** How a program ended. */
export interface ProgramResult {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A program that runs: a promise of its end. */
export interface RunningProgram extends Promise<ProgramResult> {
  /** Ends its connection, and the program with all that it has started if it does not end by itself then: by SIGTERM, then by SIGKILL. */
  stop(): Promise<ProgramResult>;
}

/** What a transcript shows. */
export interface TranscriptOptions {
  /** Only these methods and types. Default: all. */
  only?: string[];
  /** Whether replies are shown. Default `true`. */
  replies?: boolean;
}

/**
 * A Codebolt host in this process.
 *
 * @example
 * ```ts
 * await using host = await TestHost.start();
 * const codebolt = host.connect();
 * host.on('fs.readFile', ({ filePath }) => ({ success: true, content: files[filePath] }));
 * host.on('llm.inference', host.script([{ tool: 'read_file', arguments: { path: 'a.ts' } }, 'done']));
 * startAgent(codebolt);
 * expect(await host.sendUserMessage('Fix the bug')).toMatchObject({ message: 'done' });
 * ```
 */
export declare class TestHost {
  private constructor();
  /** A host with an empty memory. Each is its own. */
  static start(options?: TestHostOptions): Promise<TestHost>;
  /** A host that writes every frame to a file; with `upstream` it stands before a real one. */
  static record(file: string, options?: TestHostOptions): Promise<TestHost>;
  /**
   * A host that answers from a recording, a file or `{ text }`. Handlers take precedence: what one answers stands for the same request of
   * the recording, else for the next of its method, and that one's recorded reply is left out.
   */
  static replay(recording: string | { text: string }, options?: TestHostOptions): Promise<TestHost>;

  /** A `Codebolt` on this host, in this process. */
  connect(options?: CodeboltOptions): Codebolt;
  /** What a `Codebolt` of one's own connects by: `new Codebolt(host.options())`. */
  options<More extends object>(more?: More): { url: string; webSocket: new (url: string) => object } & More;
  /** A WebSocket class whose other end is this host. */
  readonly WebSocket: new (url: string) => object;

  /**
   * Answers a method, or a type of message. Of several handlers the newest is asked. Returns what takes it off.
   * @param handler gives the reply, or is it; one that gives nothing leaves it to the default reply
   */
  on<Name extends keyof Methods | (string & {})>(name: Name, handler: HandlerOf<Name> | (Name extends keyof Methods ? ReplyTo<Name> : { [member: string]: unknown }), options?: { times?: number }): () => void;
  /** A reply that refuses. */
  refuse(error: string, more?: object): Refusal;
  /** A model that answers with one step after another; for `on('llm.inference', …)`. */
  script: typeof script;

  /** Sends a user's message, once an agent is connected; resolves with what it answers, which may be an `error`. Rejects when its connection ends. */
  sendUserMessage(message: string | UserMessage): Promise<Answer>;
  /** Sends the message that a handler of the agent listens to (`ask('onProviderStart', { environmentName: 'a' })`); resolves with the frame that answers it. */
  ask(name: keyof Heard, members?: object): Promise<any>;
  /** Sends a message that steers the agent while it works. */
  steer(message: string | object): Promise<Connection>;
  /** Sends an event for `agentEventQueue`; without an `eventId` it gets one. */
  sendAgentEvent(event: object): Promise<Connection>;
  /** Says that a child thread is done: `ThreadCompleted`. */
  completeThread(threadId: string, members?: object): Promise<Connection>;
  /** Says that the user clicked on stop. */
  stopProcess(): Promise<Connection>;
  /** Sends a heartbeat, or one every so many milliseconds. Returns what ends them. */
  heartbeat(options?: { every?: number }): () => void;
  /** Sends any frame. It resolves with the connection, once there is one. */
  send(frame: { type: string; [member: string]: unknown }): Promise<Connection>;
  /** Sends the output and the end of a command, in a handler of `terminal.executeCommandWithStream`. */
  stream(request: HostRequest, outcome: CommandOutcome): void;

  /**
   * What the agent has sent so far, of one method or type or all: nothing is left out. A host keeps every frame of its run, those of the
   * event log as text until they are asked for, which is about a kilobyte an append with its reply.
   */
  requests<Name extends keyof Methods | (string & {})>(name: Name): SentFrame<Name>[];
  requests(): SentFrame[];
  /** Resolves with the next frame of this name; each call with another. Rejects after `timeout` ms (4,000). */
  sent<Name extends keyof Methods | (string & {})>(name: Name, options?: { where?: (sent: SentFrame<Name>) => boolean; timeout?: number }): Promise<SentFrame<Name>>;
  /** The run as text: a frame a line, ids numbered, times masked. */
  transcript(options?: TranscriptOptions): string;
  /** The connections that are open. */
  readonly connections: Connection[];

  /** Has something happen to the host's frames: the replies to a method, messages of a type, or all (`*`). Of several the first is done, before chaos. Returns what ends it. */
  fault(name: keyof Methods | '*' | (string & {}), fault: Fault): () => void;
  /** Has faults happen at random. */
  chaos(options?: ChaosOptions): { seed: number; stop(): void };
  /** What faults have been done, in order. */
  readonly faultsDone: string[];
  /** Closes all connections with a close frame. Default code: 1000. */
  disconnect(code?: number, reason?: string): void;
  /** Ends all connections without a close frame. */
  break(): void;
  /** Leaves all connections half open, for good or for so many milliseconds, after which they break. */
  stall(milliseconds?: number): void;
  /** Breaks all connections; for `downFor` milliseconds (0) none comes about. */
  restart(options?: { downFor?: number }): void;
  /** Refuses the next handshakes. Default: all. */
  refuseConnections(count?: number): void;

  /** Listens on a port of 127.0.0.1; for programs of their own, and for other SDKs. Node, Deno, Bun. */
  listen(options?: { port?: number; host?: string }): Promise<Listening>;
  /** Starts a program with this host's address in its environment. If it cannot be started or does not end, and nobody observes the promise, `close` rejects. Node, Deno, Bun. */
  run(command: string[], options?: RunOptions): RunningProgram;

  /** Resolves once the agent has done all that the replayed recording has; rejects where it strays. */
  finished(): Promise<void>;
  /** The recording so far, as the text of its file. */
  readonly recording: string;
  /** The event log, for `TestHost.start({ eventLog })`. */
  eventLogSnapshot(): Promise<Uint8Array>;

  /** What handlers threw, and what an agent did that the test does not know. */
  readonly errors: unknown[];
  /** Ends all connections and programs, and closes what `connect` gave. Rejects with what went wrong where no promise that somebody observes has rejected with it. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
