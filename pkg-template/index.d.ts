/// <reference path="./disposable.d.ts" />
/** The types of codebolt-wasm: of what is there at run time, of the event log and of the reference's index. All others are in `types.d.ts`. */
import type { CallOptions, ConnectionState, Handler, Unchecked } from './define.d.ts';
import type { CodeboltModules, EventLogMethods, FlatUserMessage } from './modules/index.d.ts';
import type { HostErrorCode } from './modules/event-log.d.ts';
import type { CodeboltListeners, EnvironmentHeartbeat, ProviderHeartbeat, RawMessageForAgent } from './modules/listeners.d.ts';
import type { ModuleSource } from './platform/module-source.d.ts';

export type { CallOptions, ConnectionState, Handler, Unchecked } from './define.d.ts';
export type * from './modules/event-log.d.ts';
export type { CodeboltModules } from './modules/index.d.ts';
export type * from './modules/names.d.ts';
export type { FlatUserMessage } from './modules/user-message.d.ts';
export type {
  ActionBlockInvocationOrigin,
  AgentStartMessage,
  CodeboltListeners,
  EnvironmentHeartbeat,
  ProviderHeartbeat,
  ProviderInitVars,
  ProviderMergeConfig,
  RawMessageForAgent,
} from './modules/listeners.d.ts';
export * from './modules/named.js';
export type { ModuleSource } from './platform/module-source.d.ts';
export type {
  AnyDeclarativeTool,
  AnyToolInvocation,
  OpenAIFunctionCall,
  OpenAIToolSchema,
  ToolBuilder,
  ToolCallConfirmationDetails,
  ToolFrameworkResult,
  ToolInvocation,
  ToolLocation,
} from './tools.d.ts';

/**
 * What went wrong, as a closed set:
 *
 * - `INVALID_ARGUMENT`: an argument or option has the wrong type or name; nothing was sent.
 * - `CONNECT_FAILED`: the host could not be reached; nothing was sent.
 * - `CONNECT_TIMEOUT`: the connection did not open within `connectTimeout`; nothing was sent.
 * - `CONNECTION_CLOSED`: the connection ended; see `sent`.
 * - `REQUEST_TIMEOUT`: no reply within the time limit, or no open connection within that of `waitForReady`; see `sent`.
 * - `QUEUE_FULL`: `maxQueued` messages wait already, or too many bytes would; nothing was sent.
 * - `FRAME_TOO_LARGE`: the message is larger than `maxFrameBytes`; nothing was sent.
 * - `HOST_ERROR`: the host answered `success: false` (only with `throwOnError`, or from `unwrap`).
 * - `LOAD_FAILED`: the WebAssembly module could not be loaded; the next use tries again.
 * - `NOT_SUPPORTED`: this runtime, or this method, cannot do that.
 */
export type CodeboltErrorCode =
  | 'INVALID_ARGUMENT'
  | 'CONNECT_FAILED'
  | 'CONNECT_TIMEOUT'
  | 'CONNECTION_CLOSED'
  | 'REQUEST_TIMEOUT'
  | 'QUEUE_FULL'
  | 'FRAME_TOO_LARGE'
  | 'HOST_ERROR'
  | 'LOAD_FAILED'
  | 'NOT_SUPPORTED';

/** What an error of this package may tell. What is there for sure follows from its `code`. */
export interface CodeboltErrorMembers extends Error {
  readonly name: 'CodeboltError';
  /** What went wrong. */
  readonly code: CodeboltErrorCode;
  /** The `type` of the request. */
  readonly type?: string;
  /** The request's id on the wire. */
  readonly requestId?: string;
  /** Whether the request had been handed to the socket. If so, the host may have carried it out. */
  readonly sent?: boolean;
  /** The host's address, without its parameters. */
  readonly address?: string;
  /** The WebSocket close code, for `CONNECTION_CLOSED`. */
  readonly closeCode?: number;
  /** What the host said when it closed, or what this side saw, for `CONNECTION_CLOSED`. */
  readonly closeReason?: string;
  /** What it means and what to do, if the message is a short text that programs compare. */
  readonly hint?: string;
  /** Why the host refused, for `HOST_ERROR`: the `code` of its reply. Other hosts than `codebolt-host` may have none. */
  readonly hostCode?: HostErrorCode;
  /** The host's whole reply, for `HOST_ERROR`. */
  readonly reply?: unknown;
  /** Never set; `@codebolt/codeboltjs` declares it. */
  readonly details?: unknown;
  /** Never set; `@codebolt/codeboltjs` declares it. */
  readonly timestamp?: string;
}

/** What is there for sure, by the code. */
export interface CodeboltErrorDetails {
  CONNECTION_CLOSED: { readonly sent: boolean; readonly closeCode: number; readonly closeReason: string };
  HOST_ERROR: { readonly sent: true; readonly type: string; readonly reply: HostMessage & { success: false } };
}

/**
 * An error of this package; `code` tells which.
 *
 * @example
 * ```ts
 * const whyClosed = (error: CodeboltError) => (error.code === 'CONNECTION_CLOSED' ? error.closeCode : undefined);
 * ```
 */
export type CodeboltError = { [Code in CodeboltErrorCode]: CodeboltErrorOf<Code> }[CodeboltErrorCode];

/** An error with this code. */
export type CodeboltErrorOf<Code extends CodeboltErrorCode> = CodeboltErrorMembers & { readonly code: Code } & (Code extends keyof CodeboltErrorDetails
    ? CodeboltErrorDetails[Code]
    : {});

/**
 * The package's only error class. A call that was aborted rejects with its signal's own reason instead, and a value that
 * `JSON.stringify` refuses with the engine's own error.
 *
 * @example
 * ```ts
 * try {
 *   await codebolt.eventLog.appendEvent({ instanceId: 'orders', payload: { total: 12 } });
 * } catch (error) {
 *   if (!(error instanceof CodeboltError)) throw error;
 *   if (error.code === 'CONNECTION_CLOSED') console.warn('closed with', error.closeCode, error.hint);
 *   else if (error.sent) console.warn('whether it was stored is unknown');
 * }
 * ```
 */
export declare const CodeboltError: {
  new <Code extends CodeboltErrorCode>(code: Code, message: string, details?: Record<string, unknown> & { cause?: unknown }): CodeboltErrorOf<Code>;
  readonly prototype: CodeboltError;
};

/** How to connect again after a connection was lost: exponential delays with full jitter. */
export interface ReconnectOptions {
  /** The upper bound of the first delay in milliseconds; it doubles with each attempt. Default 500. */
  initialDelay?: number;
  /** The upper bound of every delay in milliseconds. Default 30,000. */
  maxDelay?: number;
  /** How many attempts in a row may fail before it gives up. Default 20, about five minutes. */
  maxAttempts?: number;
  /** Connection time in milliseconds after which the retry counter resets. Default 5,000. */
  stableAfter?: number;
}

/** Something to write log lines to; `console` is one. */
export type Logger =
  | Partial<Record<'debug' | 'info' | 'warn' | 'error', (text: string, details?: unknown) => void>>
  | ((level: 'debug' | 'info' | 'warn' | 'error', text: string, details?: unknown) => void);

/** The options of a `Codebolt`. What is left out comes from the environment or is the default. */
export interface CodeboltOptions {
  /** The host's address, for example `wss://example.org/codebolt`. Default: made of the next three. */
  url?: string;
  /** The host's name or IP address. Default: the environment's `CODEBOLT_SERVER_URL`, else `localhost`. */
  host?: string;
  /** The host's port. Default: the environment's `SOCKET_PORT`, else 12345. */
  port?: number;
  /** Whether to use TLS. Default: true on https pages, where browsers allow nothing else. */
  secure?: boolean;
  /** Extra query parameters for the address. Default: none. */
  params?: Record<string, string>;
  /** Milliseconds for a connection to open; 0 = no limit. Default 10,000. */
  connectTimeout?: number;
  /** Milliseconds for a reply, from the call on; 0 = no limit. Default 60,000: every call settles (reply, error or timeout). */
  requestTimeout?: number;
  /** Whether, or how, to reconnect. Default `false`: the host sees a new connection. */
  reconnect?: boolean | ReconnectOptions;
  /** How many messages may wait to be sent. Default 1,000,000; more usually means missing `await`s. Their bytes are bounded too; see `highWaterMark`. */
  maxQueued?: number;
  /** How many requests may be in flight; further ones wait. Default: no limit. */
  maxInFlight?: number;
  /** Milliseconds without anything arriving after which the connection counts as dead; 0 = off. Default 0: only useful with a host that says something regularly. */
  keepAlive?: number;
  /** How many bytes may stand in the socket's buffer before messages wait. Default 16 MiB. Four times as many, but at least 64 MiB, may wait in all. */
  highWaterMark?: number;
  /** The largest message to send, in bytes. Default 100 MiB: hosts refuse larger ones. */
  maxFrameBytes?: number;
  /** Whether a reply with `success: false` rejects with `HOST_ERROR`. Default `false`, as in `@codebolt/codeboltjs`. */
  throwOnError?: boolean;
  /** A WebSocket constructor, or a function that makes a socket for an address. Default: `ws` in Node, else the runtime's own. */
  webSocket?: (new (url: string) => object) | ((url: string) => object);
  /**
   * Where to write log lines. In Node a logger with a method `debug` gets every frame, too, without secrets and cut at 2,000
   * characters; a function gets none. Default: nowhere, except what a handler throws and the last word of a program that ends without having
   * connected. The environment's `CODEBOLT_LOG=debug` (or `info`, `warn`, `error`) and `DEBUG=codebolt*` log to standard error as well.
   */
  logger?: Logger;
  /**
   * Whether the process may end while the connection is open and no call waits, without `close()`. Listeners do not keep it alive
   * then. Only with Node's `ws`; elsewhere it changes nothing. Default `false`: a program that never calls `close()` does not end.
   */
  unref?: boolean;
}

/** How a connection ended. */
export interface CloseDetails {
  /** The WebSocket close code; 1006 when no close frame came. */
  closeCode: number;
  /** The host's reason, or what this side saw; may be empty. */
  closeReason: string;
  /** The host's address, without its parameters. */
  address: string;
}

/** The events of a `Codebolt`, and what their listeners get. */
export interface CodeboltEvents {
  /** The connection is open; `again` when there was one before. */
  open: { again: boolean; address: string };
  /** The connection, or the attempt to make one, has ended; nothing follows by itself. */
  close: CloseDetails & { requested: boolean };
  /** The connection was lost; attempt number `attempt` follows in `delay` milliseconds. */
  reconnecting: CloseDetails & { attempt: number; delay: number };
  /** A message from the host that is not a reply; user messages too. */
  message: HostMessage;
  /** A frame could not be read; the connection stays open. */
  protocolError: { reason: string; frame: unknown };
  /** A reply came that no call waits for (late, repeated or another's). */
  dropped: HostMessage;
  /** Messages were lost: `send`s that waited when the connection ended, or early messages beyond the 256 that are kept. */
  messagesLost: { count: number };
  /** What a listener or handler threw. */
  listenerError: unknown;
  /** A call was made. It may wait to be sent. */
  request: CallDetails & {
    /** The size of its frame. */
    bytes: number;
  };
  /** A call got its reply; also one that the host refused (`success: false`). */
  reply: CallDetails & {
    /** Milliseconds since the call was made. */
    ms: number;
    /** The size of the reply's frame. */
    bytes: number;
    success: boolean;
  };
  /** A call failed: it timed out, was aborted, or the connection closed. */
  requestFailed: CallDetails & {
    /** Milliseconds since the call was made. */
    ms: number;
    /** What the call rejects with. */
    error: unknown;
  };
}

/** Which call an event is about. */
export interface CallDetails {
  /** The request's type. */
  type: string;
  /** The request's id on the wire. */
  requestId: string;
}

/** A request that waits for its reply. */
export interface PendingCall {
  /** The request's type. */
  type: string;
  /** The request's id on the wire; `undefined` while the WebAssembly module is being loaded. */
  requestId: string | undefined;
  /** Milliseconds since the call was made. */
  age: number;
  /** Whether it was handed to the socket. */
  sent: boolean;
}

/** What a `Codebolt` holds at the moment, and has done so far. */
export interface Stats extends Occupancy {
  /** Messages handed to the socket. */
  sent: number;
  /** Frames that came, replies included. */
  received: number;
  /** The length of all these together, in characters: bytes, where all is ASCII. */
  bytes: number;
  /** How often a lost connection was made anew. */
  reconnects: number;
}

/** A message from the host. */
export interface HostMessage {
  type?: string;
  requestId?: string;
  [member: string]: unknown;
}

/** How much a `Codebolt` holds at the moment. */
export interface Occupancy {
  /** Requests that wait for a reply, sent or not. */
  waiting: number;
  /** Of these, those that were sent. */
  inFlight: number;
  /** Messages that wait to be sent. */
  queued: number;
  /** Cancelled requests whose late replies are still recognised. */
  cancelled: number;
  /** Callers that wait for the connection to open or close. */
  waitingForConnection: number;
  /** Replies dropped so far: late, repeated or nobody's. */
  dropped: number;
}

/** What the events of a {@link HostSocket} give their listeners. */
export interface HostSocketEvents {
  /** The connection is open again. */
  open: [];
  /** Any frame of the host, replies included: bytes as a `Buffer` in Node, Deno and Bun, else the text. */
  message: [data: any, isBinary: boolean];
  /** The connection has ended; another may follow. */
  close: [code: number, reason: any];
  /** Another connection could not be made. */
  error: [error: Error];
  /** The host pinged; the socket has answered. Only in Node, where the runtime shows it. */
  ping: [data: any];
  pong: [data: any];
}

/**
 * The connection as the WebSocket of `ws` shows one. What it sends goes out in order with all
 * other messages; it outlives a reconnection.
 */
export interface HostSocket {
  /** 0 while connecting, also anew; 1 open; 2 closing; 3 closed. */
  readonly readyState: 0 | 1 | 2 | 3;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  readonly bufferedAmount: number;
  /** The address with its parameters, of which one may be a token. */
  readonly url: string;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  /** Sends a whole frame as it is; nothing is added to it. Calls `callback` when the socket has it, or with the reason why it never will. */
  send(data: string | ArrayBufferLike | ArrayBufferView, callback?: (error?: Error) => void): void;
  send(data: string | ArrayBufferLike | ArrayBufferView, options: object, callback?: (error?: Error) => void): void;
  /** Closes the connection for good, as `close()` of the `Codebolt` does. */
  close(code?: number, reason?: string): void;
  terminate(): void;
  ping(...values: any[]): void;
  on<Name extends keyof HostSocketEvents>(name: Name, listener: (...values: HostSocketEvents[Name]) => void): this;
  once<Name extends keyof HostSocketEvents>(name: Name, listener: (...values: HostSocketEvents[Name]) => void): this;
  off<Name extends keyof HostSocketEvents>(name: Name, listener: (...values: HostSocketEvents[Name]) => void): this;
  addListener<Name extends keyof HostSocketEvents>(name: Name, listener: (...values: HostSocketEvents[Name]) => void): this;
  removeListener<Name extends keyof HostSocketEvents>(name: Name, listener: (...values: HostSocketEvents[Name]) => void): this;
  removeAllListeners(name?: keyof HostSocketEvents): this;
  listenerCount(name: keyof HostSocketEvents): number;
  emit(name: string, ...values: any[]): boolean;
  addEventListener(type: keyof HostSocketEvents, listener: ((event: any) => void) | { handleEvent(event: any): void }, options?: { once?: boolean }): void;
  removeEventListener(type: keyof HostSocketEvents, listener: ((event: any) => void) | { handleEvent(event: any): void }): void;
}

/**
 * A connection to a Codebolt host, made on first use, with all modules of the SDK.
 *
 * @example
 * ```ts
 * const codebolt = new Codebolt({ url: 'ws://localhost:12345/codebolt', reconnect: true });
 * const reply = await codebolt.eventLog.listInstances();
 * await codebolt.close();
 * ```
 */
export declare const Codebolt: {
  /**
   * Connects on first use.
   * @param options what is left out comes from the environment or is the default
   * @throws CodeboltError `INVALID_ARGUMENT` for an unknown option or a value of the wrong type.
   */
  new <Throws extends boolean = false>(options?: CodeboltOptions & { throwOnError?: Throws }): Codebolt<{ throwOnError: Throws }>;
  readonly prototype: Codebolt;
};
/**
 * A connection to a Codebolt host. `Options` says what matters to its types: with `{ throwOnError: true }` calls of the event log
 * settle with a success alone, so that `data` is there.
 */
export interface Codebolt<Options extends { throwOnError?: boolean } = {}> extends CodeboltModules<Options>, CodeboltListeners {
  /** Resolves once connected; connects if nothing has yet. Rejects when connecting fails, or with `REQUEST_TIMEOUT` after `timeout`. */
  waitForReady(this: void, options?: CallOptions): Promise<void>;
  /** Whether the connection is open now. */
  readonly ready: boolean;
  /** The connection's state. */
  readonly connectionState: ConnectionState;
  /** The connection as a WebSocket; `null` until there has been one. The same object for as long as there is this `Codebolt`. */
  websocket: HostSocket | null;
  /** How much is held; `undefined` before first use. */
  readonly occupancy: Occupancy | undefined;
  /** The requests that wait for their replies, oldest first: what hangs. */
  pending(this: void): PendingCall[];
  /** What is held, and counters since it was made. */
  stats(this: void): Stats;

  /** Calls the handler once: at once if connected, else as soon as it is. Returns the unsubscribe function. */
  onReady(this: void, handler: () => unknown): () => void;
  /**
   * Calls the handler for each user message, those that came before included, and answers with what it returns
   * (`processStoped`) or, when it throws, with the error's text. Returns the unsubscribe function.
   */
  onMessage(this: void, handler: Handler<[message: FlatUserMessage, environment: Record<string, string | undefined>]>): () => void;
  /** Resolves with the current user message, or with the next. */
  getMessage(this: void, options?: CallOptions): Promise<FlatUserMessage>;
  /** Calls the handler for each message that is neither a reply nor a user message. Returns the unsubscribe function. */
  onRawMessage(this: void, handler: Handler<[message: RawMessageForAgent]>): () => void;

  /**
   * Sends any request of the protocol and resolves with its whole reply.
   *
   * @param type the message's `type`
   * @param params the message's `params`; left out when `undefined`
   * @param options besides signal and timeout: `replyTypes`, the types by which a reply without an id is known (default: the type itself)
   */
  request<Reply = HostMessage>(this: void, type: string, params?: unknown, options?: CallOptions & { replyTypes?: string[] }): Promise<Reply>;
  /** Sends any message that wants no reply, with a `requestId` if it has none. Resolves once it is sent or waits to be sent. */
  send(this: void, message: { type: string; [member: string]: unknown }): Promise<void>;

  /** Tells the host that a provider lives, without having been asked. Waits to be sent until the connection is open. */
  sendProviderHeartbeat(
    this: void,
    data: ProviderHeartbeat & { providerId: string; uptime?: number; metadata?: Record<string, unknown> },
  ): void;
  /** Tells the host that an environment lives, without having been asked. Waits to be sent until the connection is open. */
  sendEnvironmentHeartbeat(this: void, data: { environmentId: string; providerId: string }): void;

  /** Listens to an event. Returns the unsubscribe function. */
  on<Name extends keyof CodeboltEvents>(this: void, name: Name, listener: (details: CodeboltEvents[Name]) => unknown): () => void;
  /** Listens to an event's next occurrence. Returns the unsubscribe function. */
  once<Name extends keyof CodeboltEvents>(this: void, name: Name, listener: (details: CodeboltEvents[Name]) => unknown): () => void;
  /** Removes a listener that `on` or `once` added; if it was added more than once, the newest of them. */
  off<Name extends keyof CodeboltEvents>(this: void, name: Name, listener: (details: CodeboltEvents[Name]) => unknown): void;

  /**
   * Closes the connection and resolves when it is closed. Later calls reject at once.
   *
   * @param options `drain`: let calls made before settle first, for at most `timeout` milliseconds (default 10,000);
   * otherwise they reject with `CONNECTION_CLOSED`.
   */
  close(this: void, options?: { drain?: boolean; timeout?: number }): Promise<void>;
  /** `close({ drain: true })`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The default instance, configured from the environment and connected on first use. */
declare const codebolt: Codebolt;
export default codebolt;

/** The default instance's `eventLog.createInstance`. */
export declare const createInstance: EventLogMethods['createInstance'];
/** The data of a reply, or a `HOST_ERROR`: the same as `eventLog.unwrap`. */
export declare const unwrap: EventLogMethods['unwrap'];

/**
 * Loads the WebAssembly module from elsewhere, or before it is needed. Not necessary: the first use loads it.
 *
 * @param source an address, the module's bytes, a response or a compiled module; in Node also a path. Default: the file beside the
 *   package's code, and in Node the module within it
 * @throws CodeboltError `LOAD_FAILED` with the reason. The next use tries again
 */
export declare function initAsync(source?: ModuleSource | Promise<ModuleSource>): Promise<void>;
