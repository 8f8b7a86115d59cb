import { ConnectionBar } from '../connection/ConnectionBar';
import { InstancesView } from '../instances/InstancesView';
import { Later } from '../shared/Later';
import { route } from './route';
import { chosenTheme, type Theme } from './theme';

const loadInstance = () => import('../instance/InstanceView');
const loadExamples = () => import('../examples/ExamplesView');

/** The whole page. */
export function Page() {
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        Skip to the content
      </a>
      <header class="page-header">
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
            <ThemeChoice />
          </div>
          <ConnectionBar />
        </div>
      </header>
      <main id="content" class="page-width" tabIndex={-1}>
        <Content />
      </main>
    </>
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
