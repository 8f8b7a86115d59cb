/** The one connection of the page, and what is known about it. */
import { batch, computed, signal } from '@preact/signals';
import { Codebolt, CodeboltError, type ConnectionState } from 'codebolt-wasm';
import { addressOfPage, completeAddress, rememberInAddressBar } from './address';
import { fault, hosts, IN_PAGE, InPageSocket } from '../in-page/host';

/** The state of the connection. */
export const state = signal<ConnectionState>('idle');
/** The host that the page speaks, or wants to speak, to. */
export const address = signal('');
/** Why there is no connection, in the error's own words. */
export const problem = signal<string>();
/** The next attempt to connect again: its number, and when it will be made (epoch milliseconds). */
export const nextAttempt = signal<{ number: number; at: number }>();
/** Counts connections, so that views know when to query again. */
export const openings = signal(0);
/** Whether the host has answered since its address was given. */
export const hasOpened = signal(false);
/** The host that answered last: what the page shows came from there. */
export const shownHost = signal<string>();
/** Counts changes from one host to another, after which nothing of the former one may be left. */
export const hostChanges = signal(0);
/** Whether what is shown came from another host than the one that the page wants to speak to. */
export const isStale = computed(() => shownHost.value !== undefined && shownHost.value !== address.value);
/** Whether the page speaks, or wants to speak, to its own host. */
export const isInPage = computed(() => address.value === IN_PAGE);
/** Whether requests can be made. */
export const isOpen = computed(() => state.value === 'open');

/** The client wants an address of this form, and hands it to the WebSocket class, which has no use for it. */
const IN_PAGE_URL = 'ws://in-this-page/codebolt';

const current = signal<Codebolt>();
/** Which data were shown last: a host's, by its address, or those of one of the hosts that were made in this page. */
let shownData: string | undefined;

/**
 * Why a request would not be answered now; `undefined` when it may be made. While a connection is being made, requests
 * wait for it.
 */
export const noConnection = (): string | undefined =>
  state.value === 'open' || state.value === 'connecting' ? undefined : `there is no connection. ${problem.value ?? ''}`.trim();

/** The client of the page. */
export const codebolt = (): Codebolt => {
  if (!current.value) throw new Error('there is no connection yet');
  return current.value;
};

/** Connects to the host that the page's URL names. */
export function connectFromAddressBar(): void {
  const text = addressOfPage(location);
  try {
    open(completeAddress(text));
  } catch (error) {
    address.value = text;
    problem.value = textOf(error);
  }
}

/** Connects to another host, or to the same one again. Throws when the address is invalid. */
export function connectTo(typed: string): void {
  const complete = completeAddress(typed);
  rememberInAddressBar(complete);
  open(complete);
}

/** Does not wait for the next attempt. */
export function reconnectNow(): void {
  open(address.value);
}

function open(url: string): void {
  const former = current.value;
  address.value = url;
  problem.value = undefined;
  nextAttempt.value = undefined;
  const client = new Codebolt({
    url: url === IN_PAGE ? IN_PAGE_URL : url,
    requestTimeout: 30_000,
    ...(url === IN_PAGE && { webSocket: InPageSocket }),
    reconnect: { initialDelay: 500, maxDelay: 5_000, maxAttempts: 1_000 },
  });
  current.value = client;
  hasOpened.value = false;
  former?.close().catch(() => {});
  // Events of an earlier client are ignored.
  const update = (change: () => void) => {
    if (current.value !== client) return;
    batch(() => {
      change();
      state.value = client.connectionState;
    });
  };
  client.on('open', () =>
    update(() => {
      problem.value = undefined;
      nextAttempt.value = undefined;
      hasOpened.value = true;
      const data = url === IN_PAGE ? `${url}${hosts.value}` : url;
      if (shownData !== undefined && shownData !== data) hostChanges.value += 1;
      shownData = data;
      shownHost.value = url;
      openings.value += 1;
    }),
  );
  client.on('reconnecting', ({ attempt, delay, closeReason, closeCode }) =>
    update(() => {
      // Browsers tell a page no more than a number about why a connection could not be made.
      const what = hasOpened.value ? 'The connection was lost' : `No host answers at ${url}`;
      problem.value =
        url === IN_PAGE ? sentence(fault.value?.text ?? closeReason) : `${what} (${closeReason ? `${closeReason}, ` : ''}code ${closeCode}).`;
      nextAttempt.value = { number: attempt, at: Date.now() + delay };
    }),
  );
  client.on('close', ({ closeReason }) =>
    update(() => {
      problem.value ??= closeReason || 'The connection was closed.';
      nextAttempt.value = undefined;
    }),
  );
  client.waitForReady().catch((error: unknown) =>
    update(() => {
      problem.value = textOf(error);
    }),
  );
  state.value = 'connecting';
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** An error's text, with its hint. */
export function textOf(error: unknown): string {
  if (error instanceof CodeboltError) return error.hint ? `${error.message}. ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
