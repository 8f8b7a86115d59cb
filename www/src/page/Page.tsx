import { signal } from '@preact/signals';
import { address, connectTo, hostChanges, isStale, shownHost } from '../connection/connection';
import { ConnectionBar } from '../connection/ConnectionBar';
import { InPageNote } from '../connection/InPageNote';
import { InstancesView } from '../instances/InstancesView';
import { Later } from '../shared/Later';
import { route } from './route';
import { chosenTheme, type Theme } from './theme';

const loadInstance = () => import('../instance/InstanceView');
const loadExamples = () => import('../examples/ExamplesView');

/** On narrow screens the address and the theme are hidden until they are wanted. */
const isExpanded = signal(false);

/** The whole page. */
export function Page() {
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        Skip to the content
      </a>
      <header class={`page-header ${isExpanded.value ? 'is-expanded' : ''}`}>
        <div class="page-width">
          <div class="page-top">
            <p class="page-name">
              <a href="#/">
                <img src="./favicon.svg" alt="" width="28" height="28" />
                <span>
                  Event logs <small>codebolt-wasm</small>
                </span>
              </a>
            </p>
            <nav aria-label="Page">
              <NavLink href="#/" text="Instances" isHere={route.value.view !== 'examples'} />
              <NavLink href="#/examples" text="Examples" isHere={route.value.view === 'examples'} />
            </nav>
          </div>
          <ConnectionBar>
            <button
              type="button"
              class="button quiet small header-toggle"
              aria-label="Settings"
              aria-expanded={isExpanded.value}
              onClick={() => (isExpanded.value = !isExpanded.value)}
            >
              {isExpanded.value ? '▴' : '▾'}
            </button>
          </ConnectionBar>
          <ThemeChoice />
        </div>
      </header>
      <main id="content" class="page-width" tabIndex={-1}>
        <InPageNote />
        <OfFormerHost />
        <div key={hostChanges.value} class={isStale.value ? 'stale' : undefined} inert={isStale.value}>
          <Content />
        </div>
      </main>
    </>
  );
}

/** While another host does not answer, what is shown is still the former one's. */
function OfFormerHost() {
  const former = shownHost.value;
  if (!isStale.value || former === undefined) return null;
  return (
    <div class="note of-former-host" role="status">
      <p>
        The data below is from <span class="mono">{former}</span>. The page can be used again when <span class="mono">{address.value}</span> answers, or
        after you go back.
      </p>
      <button type="button" class="button small" onClick={() => connectTo(former)}>
        Back to {former}
      </button>
    </div>
  );
}

// The URL's hash says which view is shown: a link to `#content` would lose it.
function skip(event: Event) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Content() {
  const here = route.value;
  switch (here.view) {
    case 'instances':
      return <InstancesView />;
    case 'instance':
      return <Later key={here.id} load={loadInstance} show={({ InstanceView }) => <InstanceView id={here.id} tab={here.tab} />} />;
    case 'examples':
      return <Later load={loadExamples} show={({ ExamplesView }) => <ExamplesView />} />;
    case 'nowhere':
      return (
        <div class="empty">
          <h1>There is nothing here</h1>
          <p>This page has no view “{here.path}”.</p>
          <a class="button" href="#/">
            All instances
          </a>
        </div>
      );
  }
}

function NavLink({ href, text, isHere }: { href: string; text: string; isHere: boolean }) {
  return (
    <a href={href} aria-current={isHere ? 'page' : undefined}>
      {text}
    </a>
  );
}

function ThemeChoice() {
  return (
    <label class="theme">
      <span class="visually-hidden">Theme</span>
      <select value={chosenTheme.value} onChange={(event) => (chosenTheme.value = event.currentTarget.value as Theme)}>
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
