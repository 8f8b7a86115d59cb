/** Where in the page one is: the part of the URL after `#`, so that any static server will do. */
import { batch, signal } from '@preact/signals';

export const TABS = ['events', 'append', 'query', 'charts'] as const;
export type Tab = (typeof TABS)[number];

export type Route =
  | { view: 'instances' }
  | { view: 'examples' }
  | { view: 'instance'; id: string; tab: Tab }
  | { view: 'nowhere'; path: string };

// Safari takes no more than a hundred changes of the history in half a minute: so many are written at once, the others
// after a pause.
const PERIOD = 30_000;
const AT_ONCE = 55;
const PAUSE = 750;

const path = () => location.hash.split('?', 1)[0] ?? '';
const readParameters = () => new URLSearchParams(location.hash.slice(path().length));

/** The view. */
export const route = signal<Route>(read(path()));
/** What the view shows in particular: what stands after `?` in the hash, such as the selected event. */
export const parameters = signal(readParameters());

for (const name of ['popstate', 'hashchange']) addEventListener(name, follow);
addEventListener('pagehide', () => writePending());

/** The address of an instance's view. */
export const instanceAddress = (id: string, tab: Tab = 'events'): string =>
  `#/instances/${encodeURIComponent(id)}${tab === 'events' ? '' : `/${tab}`}`;

export const goTo = (address: string): void => {
  location.hash = address;
};

let pending: ReturnType<typeof setTimeout> | undefined;
/** When the history was changed lately. */
let writes: number[] = [];

/**
 * Changes what the view shows. `push` leaves the former state one step back; `replace` does not. `follow` is for typing
 * and for keys that are held down: it replaces at once, or a moment later when there are many changes.
 */
export function setParameters(changed: URLSearchParams, how: 'push' | 'replace' | 'follow'): void {
  if (how === 'push') {
    writePending();
    if (`${changed}` === `${parameters.value}`) return;
    parameters.value = changed;
    countWrite();
    history.pushState(null, '', addressOf(changed));
    return;
  }
  parameters.value = changed;
  if (how === 'replace') {
    cancelPending();
    replace();
    return;
  }
  if (pending !== undefined) return;
  if (writes.filter((time) => time > performance.now() - PERIOD).length < AT_ONCE) replace();
  else pending = setTimeout(writePending, PAUSE);
}

const addressOf = (of: URLSearchParams) => `${path()}${of.size > 0 ? `?${of}` : ''}`;

function countWrite() {
  const now = performance.now();
  writes = [...writes.filter((time) => time > now - PERIOD), now];
}

function replace() {
  countWrite();
  history.replaceState(history.state, '', addressOf(parameters.value));
}

function writePending() {
  if (pending === undefined) return;
  cancelPending();
  replace();
}

function cancelPending() {
  clearTimeout(pending);
  pending = undefined;
}

/** The browser has gone elsewhere: by a link, back or forward. */
function follow() {
  cancelPending();
  const former = route.value;
  const now = read(path());
  const fresh = readParameters();
  batch(() => {
    if (JSON.stringify(now) !== JSON.stringify(former)) route.value = now;
    if (`${fresh}` !== `${parameters.value}`) parameters.value = fresh;
  });
  const isSameInstance = former.view === 'instance' && now.view === 'instance' && former.id === now.id;
  if (!isSameInstance) scrollTo(0, 0);
}

function read(hash: string): Route {
  const path = hash.replace(/^#\/?/, '');
  const [view, id, tab = 'events'] = path.split('/');
  if (!view) return { view: 'instances' };
  if (view === 'examples') return { view };
  const known = TABS.find((name) => name === tab);
  if (view === 'instances' && id && known) {
    try {
      return { view: 'instance', id: decodeURIComponent(id), tab: known };
    } catch {
      return { view: 'nowhere', path };
    }
  }
  return { view: 'nowhere', path };
}
