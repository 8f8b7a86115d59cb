/** The page's own host, at the address `memory:`. It is loaded when it is wanted, and lives until the page ends. */
import { signal } from '@preact/signals';
import { faultOf } from './fault';
import { Link } from './link';
import type { Fault, Keeping, Kept } from './messages';
import { inPageSocket, type InPageHost } from './socket';

/** Its address, in the page's URL and in the field for it. */
export const IN_PAGE = 'memory:';

/** Whether its data are kept in the browser. */
export const keeping = signal<Keeping>({ state: 'off' });
/** Why it does not run. */
export const fault = signal<Fault>();
/** What happened to its data when it failed and was started again. */
export const loss = signal<string>();
/** Counts the hosts that were made: each has its own data. */
export const hosts = signal(0);

let link: Link | undefined;
/** Whether the host of this worker has run, so that it may hold something. */
let hasRun = false;

/** The WebSocket class that leads to it. */
export const InPageSocket = inPageSocket(load);

async function load(): Promise<InPageHost> {
  try {
    const here = running();
    await here.call('start');
    hasRun = true;
    fault.value = undefined;
    return { handle: (frame) => here.call('handle', frame), failed: here.broken.then(({ text }) => text) };
  } catch (error) {
    fault.value = faultOf(error);
    throw error;
  }
}

/** Keeps its data in the browser from now on. If other data are kept there, returns these instead, unless `replace` is set. */
export async function keep(replace: boolean): Promise<{ other: Kept } | undefined> {
  const other = await running().call('keep', replace);
  // Asks that the browser not clear it for want of room; what it answers changes nothing here.
  if (!other) void navigator.storage?.persist?.().catch(() => {});
  return other;
}

/** Keeps its data no longer: the copy in the browser is deleted. */
export const stopKeeping = (): Promise<void> => running().call('stopKeeping');

/** Saves the changes that are not saved yet. */
export const save = (): Promise<void> => running().call('save');

/** An instance as `codebolt-host import` takes it. */
export const exportInstance = (reference: string): Promise<Uint8Array<ArrayBuffer>> => running().call('exportInstance', reference);

/** The kept snapshot, unparsed. */
export const readKept = (): Promise<Uint8Array<ArrayBuffer> | undefined> => running().call('readKept');

/** Ends it with its data. The next connection makes another one, with what is kept. */
export function end(): void {
  link?.end({ kind: 'other', text: 'the host in this page was ended' });
  keeping.value = { state: 'off' };
  fault.value = undefined;
  loss.value = undefined;
}

function running(): Link {
  if (link && !link.hasEnded) return link;
  link = new Link((state) => (keeping.value = state), tellLoss);
  hasRun = false;
  keeping.value = { state: 'off' };
  hosts.value += 1;
  return link;
}

function tellLoss({ text }: Fault): void {
  if (!hasRun) return;
  const { value } = keeping;
  const rest =
    value.state === 'saved' ? 'It was started anew with what is kept.'
    : value.state !== 'off' && value.kept ? 'It was started anew with what is kept; what was not saved yet is gone.'
    : 'It was started anew, and what it held is gone: it was not kept.';
  loss.value = `${text.charAt(0).toUpperCase()}${text.slice(1)}. ${rest}`;
}

const saveNow = () => {
  if (link && !link.hasEnded) link.call('save').catch(() => {});
};
addEventListener('pagehide', saveNow);
addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') saveNow();
});
// The browser asks the user, who wants it kept, before what is not saved yet is lost.
addEventListener('beforeunload', (event) => {
  if (keeping.value.state !== 'saving' && !(keeping.value.state === 'failed' && keeping.value.kept)) return;
  saveNow();
  event.preventDefault();
});
