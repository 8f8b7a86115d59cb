/** The event log's WebAssembly module, as wasm-bindgen makes it; the build puts wasm-bindgen's own declarations in this place. */
export default function init(options?: { module_or_path: unknown }): Promise<unknown>;

export class MemoryHost {
  constructor(options?: { maxReply?: number });
  /** Answers a request frame of `eventLog` with its reply frame. */
  handle(frame: string): Promise<string>;
  snapshot(): Uint8Array;
  static restore(bytes: Uint8Array): MemoryHost;
  free(): void;
}
