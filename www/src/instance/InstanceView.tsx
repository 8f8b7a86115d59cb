import { useSignal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { useEffect } from 'preact/hooks';
import { AppendView } from '../append/AppendView';
import { EventsView } from '../events/EventsView';
import { DeleteDialog } from '../instances/DeleteDialog';
import { EditDialog } from '../instances/EditDialog';
import { StatisticsDialog } from '../instances/StatisticsDialog';
import { goTo, instanceAddress, TABS, type Tab } from '../page/route';
import { countOf } from '../shared/format';
import { Later } from '../shared/Later';
import { ask } from '../shared/outcome';
import { usePoll } from '../shared/poll';
import '../styles/instance.css';

const EVERY = 2_000;
const TITLES: Record<Tab, string> = { events: 'Events', append: 'Append', query: 'Query', charts: 'Charts' };

const loadQuery = () => import('../query/QueryView');
const loadCharts = () => import('../charts/ChartsView');

interface Props {
  id: string;
  tab: Tab;
}

/** One instance: what it is, and its four sides. */
export function InstanceView({ id, tab }: Props) {
  const instance = useSignal<EventLogInstance | undefined>(undefined);
  const events = useSignal<number | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const dialog = useSignal<'edit' | 'delete' | 'statistics' | undefined>(undefined);

  usePoll(
    async () => {
      const [found, stats] = await Promise.all([ask((log) => log.getInstance(id)), ask((log) => log.getInstanceStats(id))]);
      // A lost connection is told in the bar above; what is here stays readable.
      if (found.ok) problem.value = undefined;
      else if (found.refused) problem.value = found.problem;
      if (found.ok) instance.value = found.data.instance;
      if (stats.ok) events.value = stats.data.eventCount;
    },
    EVERY,
    [id],
  );
  useEffect(() => {
    document.title = `${instance.value?.name ?? 'Instance'} · ${TITLES[tab]} · codebolt-wasm`;
  }, [instance.value?.name, tab]);

  const close = () => (dialog.value = undefined);
  if (problem.value) return <NotThere problem={problem.value} />;
  const here = instance.value;
  return (
    <div class="instance">
      <header class="instance-header">
        <div class="instance-title">
          <h1>{here?.name ?? '\u00a0'}</h1>
          <p class="muted">
            <span>{events.value === undefined ? ' ' : countOf(events.value, 'event')}</span>
            {here?.description && <span> · {here.description}</span>}
          </p>
        </div>
        <div class="actions">
          {(['statistics', 'edit', 'delete'] as const).map((name) => (
            <button
              key={name}
              type="button"
              class={`button small ${name === 'delete' ? 'danger' : ''}`}
              disabled={!here}
              onClick={() => (dialog.value = name)}
            >
              {{ statistics: 'Statistics', edit: 'Rename', delete: 'Delete' }[name]}
            </button>
          ))}
        </div>
      </header>
      <nav class="tabs" aria-label="Instance">
        {TABS.map((name) => (
          <a key={name} href={instanceAddress(id, name)} aria-current={name === tab ? 'page' : undefined}>
            {TITLES[name]}
          </a>
        ))}
      </nav>
      <Side id={id} tab={tab} name={here?.name ?? id} />
      {here && dialog.value === 'edit' && (
        <EditDialog
          instance={here}
          onClose={close}
          onDone={(changed) => {
            instance.value = changed;
            close();
          }}
        />
      )}
      {here && dialog.value === 'delete' && <DeleteDialog instance={here} onClose={close} onDone={() => goTo('#/')} />}
      {here && dialog.value === 'statistics' && <StatisticsDialog instance={here} onClose={close} />}
    </div>
  );
}

function Side({ id, tab, name }: Props & { name: string }) {
  switch (tab) {
    case 'events':
      return <EventsView key={id} id={id} />;
    case 'append':
      return <AppendView key={id} id={id} />;
    case 'query':
      return <Later key="query" load={loadQuery} show={({ QueryView }) => <QueryView id={id} name={name} />} />;
    case 'charts':
      return <Later key="charts" load={loadCharts} show={({ ChartsView }) => <ChartsView id={id} />} />;
  }
}

function NotThere({ problem }: { problem: string }) {
  return (
    <div class="empty">
      <h1>This instance cannot be shown</h1>
      <p role="alert">{problem}</p>
      <a class="button" href="#/">
        All instances
      </a>
    </div>
  );
}
