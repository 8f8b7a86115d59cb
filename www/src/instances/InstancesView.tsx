import { useSignal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { useEffect } from 'preact/hooks';
import { isInPage, isOpen, problem, textOf } from '../connection/connection';
import { TryHere } from '../connection/TryHere';
import { exportInstance } from '../in-page/host';
import { instanceAddress } from '../page/route';
import { download } from '../shared/download';
import { count, countOf, moment } from '../shared/format';
import { Note } from '../shared/Note';
import { usePoll } from '../shared/poll';
import { CreateInstance } from './CreateInstance';
import { DeleteDialog } from './DeleteDialog';
import { EditDialog } from './EditDialog';
import { SHOWN_AT_ONCE, counts, filter, instances, listProblem, matching, refreshInstances, shown } from './instances';
import { StatisticsDialog } from './StatisticsDialog';
import './instances.css';

const EVERY = 2_000;

type Open = { dialog: 'edit' | 'delete' | 'statistics'; instance: EventLogInstance };

/** All instances of the host, and a form for a new one. */
export function InstancesView() {
  const open = useSignal<Open | undefined>(undefined);
  usePoll(refreshInstances, EVERY, [shown.value, filter.value]);
  useEffect(() => {
    document.title = 'Event logs · codebolt-wasm';
  }, []);
  const close = () => (open.value = undefined);
  const changed = () => {
    close();
    void refreshInstances();
  };
  return (
    <div class="instances">
      <OfferInPage />
      <section class="panel" aria-labelledby="create-heading">
        <h2 id="create-heading">New instance</h2>
        <CreateInstance />
      </section>
      <section aria-labelledby="instances-heading" class="instances-list">
        <h1 id="instances-heading">Instances</h1>
        {listProblem.value && isOpen.value && <Note kind="bad">{listProblem.value}</Note>}
        <List onOpen={(dialog, instance) => (open.value = { dialog, instance })} />
      </section>
      {open.value?.dialog === 'edit' && <EditDialog instance={open.value.instance} onClose={close} onDone={changed} />}
      {open.value?.dialog === 'delete' && <DeleteDialog instance={open.value.instance} onClose={close} onDone={changed} />}
      {open.value?.dialog === 'statistics' && <StatisticsDialog instance={open.value.instance} onClose={close} />}
    </div>
  );
}

interface ListProps {
  onOpen: (dialog: Open['dialog'], instance: EventLogInstance) => void;
}

function List({ onOpen }: ListProps) {
  const all = instances.value;
  if (!all) {
    return <p class="muted waiting">{isOpen.value ? 'Asking the host…' : 'The list appears as soon as there is a connection.'}</p>;
  }
  if (all.length === 0) {
    return (
      <div class="empty">
        <p>
          <strong>This host has no instances yet.</strong>
        </p>
        <p>An instance is a named log that holds streams of events. Create one with the form, or let an example do it.</p>
        <a class="button" href="#/examples">
          Run an example
        </a>
      </div>
    );
  }
  const found = matching(all);
  return (
    <>
      <div class="instances-filter">
        <label class="visually-hidden" for="instances-filter">
          Filter by name or description
        </label>
        <input
          id="instances-filter"
          type="search"
          placeholder="Filter by name or description"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
            shown.value = SHOWN_AT_ONCE;
          }}
        />
        <p class="muted" role="status">
          {filter.value.trim() ? `${count(found.length)} of ${countOf(all.length, 'instance')}` : countOf(all.length, 'instance')}
        </p>
      </div>
      {found.length === 0 && <p class="muted waiting">No instance’s name or description contains “{filter.value.trim()}”.</p>}
      <ul class="cards">
        {found.slice(0, shown.value).map((instance) => (
          <Card key={instance.id} instance={instance} onOpen={onOpen} />
        ))}
      </ul>
      {found.length > shown.value && (
        <button type="button" class="button" onClick={() => (shown.value += SHOWN_AT_ONCE)}>
          Show more
        </button>
      )}
    </>
  );
}

/** For those who have no host: when none has answered. */
function OfferInPage() {
  if (isInPage.value || instances.value || problem.value === undefined) return null;
  return (
    <section class="instances-offer" aria-labelledby="offer-heading">
      <div>
        <h2 id="offer-heading">No host at hand?</h2>
        <p>
          The event log of <code>codebolt-host</code> runs in this page as well, as WebAssembly: create instances, append, query, chart, run the
          examples.
        </p>
      </div>
      <TryHere text="Try it here, nothing to install" class="primary" />
    </section>
  );
}

/** Takes an instance out of the page's own host, as `codebolt-host import` takes it in. */
function Download({ instance }: { instance: EventLogInstance }) {
  const failure = useSignal<string | undefined>(undefined);
  const hand = async () => {
    try {
      failure.value = undefined;
      const name = instance.name.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-');
      download(`${name}.jsonl`, 'application/jsonl', await exportInstance(instance.id));
    } catch (error) {
      failure.value = textOf(error);
    }
  };
  return (
    <>
      <button
        type="button"
        class="button quiet small"
        aria-label={`Download: ${instance.name}`}
        title="JSON Lines, for codebolt-host import"
        onClick={hand}
      >
        Download
      </button>
      {failure.value && (
        <p class="fault" role="alert">
          {failure.value}
        </p>
      )}
    </>
  );
}

function Card({ instance, onOpen }: ListProps & { instance: EventLogInstance }) {
  const events = counts.value.get(instance.id);
  const actions = [
    ['edit', 'Rename'],
    ['statistics', 'Statistics'],
    ['delete', 'Delete'],
  ] as const;
  return (
    <li class="card">
      <div class="card-text">
        <h2>
          <a href={instanceAddress(instance.id)}>{instance.name}</a>
        </h2>
        {instance.description && <p class="card-description">{instance.description}</p>}
        <p class="muted small">
          Created <time dateTime={instance.createdAt}>{moment(instance.createdAt)}</time>
        </p>
      </div>
      <p class="card-count">
        <strong>{events === undefined ? '–' : count(events)}</strong> <span class="muted">{events === 1 ? 'event' : 'events'}</span>
      </p>
      <div class="card-actions">
        {actions.map(([dialog, text]) => (
          <button
            key={dialog}
            type="button"
            class={`button quiet small ${dialog === 'delete' ? 'danger' : ''}`}
            aria-label={`${text}: ${instance.name}`}
            onClick={() => onOpen(dialog, instance)}
          >
            {text}
          </button>
        ))}
        {isInPage.value && <Download instance={instance} />}
      </div>
    </li>
  );
}
