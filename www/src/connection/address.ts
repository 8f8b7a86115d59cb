/** The host's address: from the page's URL (`?host=`), else the server that the page came from. */
import { IN_PAGE } from '../in-page/host';

/** What stands after `?host=` in the URL, or the protocol's address on the page's own origin. */
export function addressOfPage(location: Location): string {
  const named = new URLSearchParams(location.search).get('host');
  if (named) return named;
  if (!location.host) return 'ws://localhost:12345/codebolt';
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/codebolt`;
}

/**
 * An address as typed, completed: `localhost:12345` stands for `ws://localhost:12345/codebolt`. `memory:` is the page's own
 * host. Throws with what is wrong.
 */
export function completeAddress(typed: string): string {
  const text = typed.trim();
  if (text === '') throw new Error('Type the host’s address, for example ws://localhost:12345/codebolt.');
  if (text.toLowerCase() === IN_PAGE) return IN_PAGE;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `ws://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme.replace(/^http/i, 'ws'));
  } catch {
    throw new Error(`“${text}” is not an address. Type one such as ws://localhost:12345/codebolt.`);
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new Error(`The address must begin with ws:// or wss://, not ${url.protocol}//; ${IN_PAGE} alone is the host in this page.`);
  }
  if (url.pathname === '/') url.pathname = '/codebolt';
  return url.href;
}

/** Puts the address into the page's URL, so that a link to the page leads to the same host. */
export function rememberInAddressBar(address: string): void {
  const url = new URL(location.href);
  url.searchParams.set('host', address);
  history.replaceState(history.state, '', url);
}
