/** Where in the page one is: the part of the URL after `#`, so that any static server will do. */
import { signal } from '@preact/signals';

export const TABS = ['events', 'append', 'query', 'charts'] as const;
export type Tab = (typeof TABS)[number];

export type Route =
  | { view: 'instances' }
  | { view: 'examples' }
  | { view: 'instance'; id: string; tab: Tab }
  | { view: 'nowhere'; path: string };

export const route = signal<Route>(read(location.hash));

addEventListener('hashchange', () => {
  const former = route.value;
  route.value = read(location.hash);
  const isSameInstance = former.view === 'instance' && route.value.view === 'instance' && former.id === route.value.id;
  if (!isSameInstance) scrollTo(0, 0);
});

/** The address of an instance's view. */
export const instanceAddress = (id: string, tab: Tab = 'events'): string =>
  `#/instances/${encodeURIComponent(id)}${tab === 'events' ? '' : `/${tab}`}`;

export const goTo = (address: string): void => {
  location.hash = address;
};

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
