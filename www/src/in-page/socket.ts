/** A WebSocket class whose other end is a host in this page, such as one in WebAssembly. */

/** A host that takes a request frame and gives its reply frame. */
export interface InPageHost {
  handle(frame: string): Promise<string>;
  /** Resolves with the reason when it fails, also while nothing is asked of it. */
  failed?: Promise<string>;
}

/** What `new Codebolt({ webSocket })` takes. */
export type SocketClass = new (url: string) => object;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** `load` gives the host for each connection that is made; what it fails with is the reason why there is none. */
export function inPageSocket(load: () => Promise<InPageHost>): SocketClass {
  return class InPageSocket {
    readyState = CONNECTING;
    readonly bufferedAmount = 0;
    readonly protocol = '';
    readonly extensions = '';
    binaryType: BinaryType = 'blob';
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: MessageEvent<string>) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;
    onclose: ((event: CloseEvent) => void) | null = null;
    readonly url: string;
    #host: InPageHost | undefined;

    constructor(url: string) {
      this.url = url;
      load().then(
        (host) => {
          if (this.readyState !== CONNECTING) return;
          this.#host = host;
          void host.failed?.then((reason) => this.#fail(reason));
          this.readyState = OPEN;
          this.onopen?.(new Event('open'));
        },
        (error: unknown) => this.#fail(textOf(error)),
      );
    }

    send(data: string | BufferSource): void {
      const host = this.#host;
      if (!host) throw new DOMException('the connection is not open yet', 'InvalidStateError');
      if (this.readyState !== OPEN) return;
      const frame = typeof data === 'string' ? data : new TextDecoder().decode(data);
      host.handle(frame).then(
        (reply) => {
          if (this.readyState === OPEN) this.onmessage?.(new MessageEvent('message', { data: reply }));
        },
        (error: unknown) => this.#fail(textOf(error)),
      );
    }

    close(code = 1000, reason = ''): void {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      // As with a real socket, the event comes later than the call.
      queueMicrotask(() => this.#end(code, reason, true));
    }

    #fail(reason: string): void {
      if (this.readyState === CLOSED) return;
      this.onerror?.(Object.assign(new Event('error'), { message: reason }));
      this.#end(1011, reason, false);
    }

    #end(code: number, reason: string, wasClean: boolean): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.onclose?.(Object.assign(new Event('close'), { code, reason, wasClean }) as CloseEvent);
    }
  };
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
