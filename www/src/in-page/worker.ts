/** The worker that the page's own host runs in: codebolt-host's event log in memory, in WebAssembly. */
import type { MemoryHost } from '../../event-log/event-log.js';
import moduleAddress from '../../event-log/event-log_bg.wasm?url';
import { faultOf, HostFault } from './fault';
import { Keeper, type State } from './keeper';
import { readAbout, readSnapshot, remove } from './kept';
import { takeLock } from './lock';
import type { Calls, FromWorker, Keeping, Request } from './messages';

/** A request that writes nothing, as the client writes its frames. Whatever else it may be counts as a write. */
const READ = /^\{"type":"eventLog\.(?:get|list|query)/;

let host: MemoryHost | undefined;
let keeper: Keeper | undefined;
/** Lets go of the lock on what is kept, while this tab has it. */
let letGo: (() => void) | undefined;
let starting: Promise<void> | undefined;
let loading: Promise<typeof MemoryHost> | undefined;

const say = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });
const tell = (keeping: Keeping) => say({ keeping });

const calls: Calls = {
  start() {
    starting ??= start().finally(() => (starting = undefined));
    return starting;
  },
  handle(frame) {
    // A write is done when this returns; the reply may come later.
    const reply = running().handle(frame);
    if (!READ.test(frame)) keeper?.changed();
    return reply;
  },
  async keep(replace) {
    if (keeper) return undefined;
    await lock('another tab keeps its event log in this browser, and one is kept at a time. Let the other tab keep its own no longer, or download from here.');
    try {
      const other = await readAbout();
      if (other && !replace) {
        unlock();
        return { other };
      }
      const fresh = keep();
      keeper = fresh;
      fresh.changed();
      await fresh.save();
      if (fresh.whyNever === undefined) return undefined;
      await fresh.stop();
      keeper = undefined;
      tell({ state: 'off' });
      throw new HostFault({ kind: 'other', text: fresh.whyNever });
    } catch (error) {
      if (!keeper) unlock();
      throw storageFault(error);
    }
  },
  async stopKeeping() {
    const hadLock = letGo !== undefined;
    await lock('another tab has what is kept in this browser. Delete it there.');
    const former = keeper;
    await former?.stop();
    try {
      await remove();
    } catch (error) {
      // It is still kept, and so is what was written meanwhile.
      if (former) {
        keeper = keep(former.kept);
        keeper.changed();
      } else if (!hadLock) unlock();
      throw storageFault(error);
    }
    keeper = undefined;
    unlock();
    tell({ state: 'off' });
  },
  async save() {
    await keeper?.save();
  },
  async exportInstance(reference) {
    return running().exportInstance(reference) as Uint8Array<ArrayBuffer>;
  },
  readKept: readSnapshot,
};

async function start(): Promise<void> {
  if (host) return;
  let isKept = false;
  try {
    isKept = (await readAbout()) !== undefined;
  } catch (error) {
    // It runs without, and says so.
    tell({ state: 'failed', problem: storageFault(error).message });
  }
  if (isKept) {
    await lock('the event log of this browser is open in another tab. Use it there, or close that tab: then this one has it.');
    await restore();
  } else {
    host = new (await load())();
  }
}

/** Another tab may have changed it before this one had the lock. */
async function restore(): Promise<void> {
  const [about, snapshot, Host] = await Promise.all([readAbout(), readSnapshot(), load()]);
  if (!about || !snapshot) {
    unlock();
    host = new Host();
    return;
  }
  try {
    host = Host.restore(snapshot);
  } catch (error) {
    throw new HostFault({
      kind: 'unreadable',
      text: `what is kept in this browser cannot be read (${faultOf(error).text}). Download it as it is, or delete it.`,
    });
  }
  keeper = keep(about);
}

const keep = (about?: ConstructorParameters<typeof Keeper>[2]) =>
  new Keeper(now, tell, about);

function now(): State {
  try {
    return { ...running().statistics(), snapshot: running().snapshot() };
  } catch (error) {
    const fault = faultOf(error);
    // A module that failed once may answer anything, also where this is saved by itself.
    if (fault.kind === 'broken') say({ broken: fault });
    throw error;
  }
}

function running(): MemoryHost {
  if (!host) throw new Error('the host in this page has not been started');
  return host;
}

async function load(): Promise<typeof MemoryHost> {
  loading ??= (async () => {
    const response = await fetch(moduleAddress);
    if (!response.ok) throw new Error(`${moduleAddress} was answered with ${response.status}. Reload the page: it may have been replaced.`);
    const { default: initialise, MemoryHost } = await import('../../event-log/event-log.js');
    await initialise({ module_or_path: response });
    return MemoryHost;
  })();
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw new HostFault({ kind: 'other', text: `the host in this page could not be loaded: ${faultOf(error).text}` });
  }
}

async function lock(elsewhere: string): Promise<void> {
  letGo ??= await takeLock();
  if (!letGo) throw new HostFault({ kind: 'elsewhere', text: elsewhere });
}

function unlock(): void {
  letGo?.();
  letGo = undefined;
}

function storageFault(error: unknown): HostFault {
  const { kind, text } = faultOf(error);
  if (error instanceof HostFault || kind === 'broken') return new HostFault({ kind, text });
  return new HostFault({ kind, text: `the browser’s storage cannot be used (${text}); in private windows some browsers have none` });
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  const { id, name, argument } = data;
  // Started at once, so that requests are done in their order.
  const call = calls[name] as (argument: unknown) => Promise<unknown>;
  let done: Promise<unknown>;
  try {
    done = call(argument);
  } catch (error) {
    done = Promise.reject(error);
  }
  done.then(
    (value) => say({ id, value }, value instanceof Uint8Array ? [value.buffer] : []),
    (error: unknown) => say({ id, fault: faultOf(error) }),
  );
});
