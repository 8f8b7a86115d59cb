/** What the package needs of the runtime it is in. */
export type { ModuleSource } from './module-source.d.ts';

/** The exports of the WebAssembly module that the package uses. */
export interface WebAssemblyModule {
  Client: typeof import('../codebolt_wasm.js').Client;
}

/** What Node's `TracingChannel` has. */
export type CallChannels = Record<'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error', { publish(message: unknown): void }>;

/** A runtime. */
export interface Platform {
  /**
   * The module: at once where it can be read synchronously, else as a promise. Once loaded it is the same for all.
   * `timeout` in milliseconds bounds what comes over the network.
   */
  load(timeout: number): WebAssemblyModule | Promise<WebAssemblyModule>;
  /** Opens a socket; `undefined` means the runtime's own `WebSocket`. */
  connect?: (url: string, unref: boolean) => object;
  /** Logs what goes through a socket, and gives it back. */
  logSocket?: (socket: any, url: string, log: (text: string, details: unknown) => void) => any;
  /** The log that the environment asks for. */
  environmentLog?: () => { level: string; write(level: string, text: string, details: unknown): void } | undefined;
  /** Where calls are published, while somebody subscribes to that. */
  channels?: () => CallChannels | undefined;
  /** What a listener threw, when nobody listens for that and there is no logger. */
  report(error: unknown): void;
  /**
   * Where there is a process to end: if it ends by itself, it says this on standard error, and its exit code is not 0;
   * without a text only the latter. Returns what takes it back.
   */
  exitMessage?: (text: string) => () => void;
}
