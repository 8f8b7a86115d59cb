/** Calls to the worker, from the page. */
import { HostFault } from './fault';
import type { Calls, Fault, FromWorker, Keeping, Request } from './messages';

interface Waiter {
  resolve: (value: never) => void;
  reject: (fault: HostFault) => void;
}

export class Link {
  readonly #worker: Worker;
  /** Resolves when the worker itself fails, also while no call waits. */
  readonly broken: Promise<Fault>;
  readonly #waiters = new Map<number, Waiter>();
  #calls = 0;
  #end: Fault | undefined;

  /** Starts the worker. Calls `onBroken` when the worker itself fails. */
  constructor(onKeeping: (keeping: Keeping) => void, onBroken: (fault: Fault) => void) {
    let setBroken: (fault: Fault) => void = () => {};
    this.broken = new Promise((resolve) => (setBroken = resolve));
    const fail = (fault: Fault) => {
      if (this.#end) return;
      this.end(fault);
      setBroken(fault);
      onBroken(fault);
    };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('keeping' in data) {
        if (!this.#end) onKeeping(data.keeping);
        return;
      }
      if ('broken' in data) return fail(data.broken);
      const waiter = this.#waiters.get(data.id);
      this.#waiters.delete(data.id);
      if (!('fault' in data)) return waiter?.resolve(data.value as never);
      waiter?.reject(new HostFault(data.fault));
      // A module that failed once may answer anything.
      if (data.fault.kind === 'broken') fail(data.fault);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const what = event.message || 'its script could not be loaded; it is a module worker, which browsers have since 2023';
      fail({ kind: 'broken', text: `the host in this page failed: ${what}` });
    };
  }

  /** Whether it can be called no more. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  call<Name extends keyof Calls>(name: Name, ...[argument]: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    const called = new Promise((resolve, reject) => {
      if (this.#end) return reject(new HostFault(this.#end));
      this.#calls += 1;
      this.#waiters.set(this.#calls, { resolve, reject });
      this.#worker.postMessage({ id: this.#calls, name, argument } satisfies Request);
    });
    return called as ReturnType<Calls[Name]>;
  }

  /** Ends the worker; rejects pending calls with this reason. */
  end(reason: Fault): void {
    if (this.#end) return;
    this.#end = reason;
    this.#worker.terminate();
    for (const { reject } of this.#waiters.values()) reject(new HostFault(reason));
    this.#waiters.clear();
  }
}
