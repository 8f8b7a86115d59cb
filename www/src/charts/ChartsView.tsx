import { useSignal } from '@preact/signals';
import { isOpen } from '../connection/connection';
import { instanceAddress, setParameters } from '../page/route';
import { useDraftInAddress } from '../shared/draft-in-address';
import { TextField } from '../shared/Field';
import { count } from '../shared/format';
import { useKnown } from '../shared/known';
import { isWide } from '../shared/media';
import { BarChart } from './BarChart';
import { counts } from './counts';
import { overTime } from './over-time';
import { ChartPanel } from './ChartPanel';
import { distribution } from './distribution';
import './charts.css';

interface ChartsForm {
  stream: string;
  countField: string;
  distributionField: string;
}

const EMPTY: ChartsForm = { stream: '', countField: 'event_type', distributionField: '' };

const formFrom = (from: URLSearchParams): ChartsForm => ({
  stream: from.get('stream') ?? '',
  countField: from.get('by') ?? EMPTY.countField,
  distributionField: from.get('of') ?? '',
});

function parametersOf({ stream, countField, distributionField }: ChartsForm): URLSearchParams {
  const written = new URLSearchParams();
  if (stream !== '') written.set('stream', stream);
  if (countField !== EMPTY.countField) written.set('by', countField);
  if (distributionField !== '') written.set('of', distributionField);
  return written;
}

/** Three charts of an instance's events, or of one stream's. */
export function ChartsView({ id }: { id: string }) {
  const known = useKnown(id);
  const draft = useDraftInAddress(`charts:${id}`, EMPTY, formFrom, parametersOf);
  const form = draft.value;
  const refreshes = useSignal(0);
  const set = (change: Partial<ChartsForm>) => {
    draft.value = { ...form, ...change };
    setParameters(parametersOf(draft.value), 'follow');
  };

  const { stream, countField } = form;
  const distributionField = form.distributionField || known.value.numericFields[0] || '';
  const from = stream.trim() ? { instance: id, stream: stream.trim() } : { instance: id };
  const canAsk = isOpen.value || refreshes.value > 0;
  const dependencies = [id, stream.trim(), refreshes.value, isOpen.value];
  const spans = isWide.value ? 48 : 20;
  const chosen = [countField.trim(), distributionField.trim()] as const;

  if (known.value.isRead && known.value.streams.length === 0 && !stream) {
    return (
      <div class="empty">
        <p>
          <strong>Nothing to chart yet.</strong>
        </p>
        <p>Charts are made from events. Generate a batch to see some.</p>
        <a class="button primary" href={instanceAddress(id, 'append')}>
          Append events
        </a>
      </div>
    );
  }
  return (
    <div class="charts">
      <div class="charts-bar">
        <TextField
          label="Stream"
          value={stream}
          placeholder="all streams"
          suggestions={known.value.streams}
          onValue={(name) => set({ stream: name })}
        />
        <button type="button" class="button" onClick={() => (refreshes.value += 1)}>
          Refresh
        </button>
      </div>
      <ChartPanel
        title="Events over time"
        height={320}
        work={canAsk ? () => overTime(from, spans) : undefined}
        of={[...dependencies, spans]}
        show={(bars) => <BarChart bars={bars} label="Events over time, stacked by type" stacked height={320} />}
      />
      <div class="charts-pair">
        <ChartPanel
          title="Counts"
          height={240}
          controls={
            <TextField label="By field" mono value={countField} suggestions={known.value.fields} onValue={(field) => set({ countField: field })} />
          }
          work={canAsk && chosen[0] ? () => counts(from, chosen[0]) : undefined}
          of={[...dependencies, chosen[0]]}
          otherwise="Name a field to count by."
          show={(bars) => (
            <BarChart bars={bars} label={`Events by ${chosen[0]}`} lying height={Math.max(180, 60 + bars.labels.length * 30)} />
          )}
        />
        <ChartPanel
          title="Distribution"
          height={240}
          controls={
            <TextField
              label="Of the number"
              mono
              value={form.distributionField}
              placeholder={known.value.numericFields[0] ?? 'payload.total'}
              suggestions={known.value.numericFields}
              onValue={(field) => set({ distributionField: field })}
            />
          }
          work={canAsk && chosen[1] ? () => distribution(from, chosen[1]) : undefined}
          of={[...dependencies, chosen[1]]}
          otherwise="The newest events hold no numbers. Name a field that does."
          show={(numbers) => (
            <>
              <BarChart bars={numbers} label={`Distribution of ${chosen[1]}`} height={240} xTitle={chosen[1]} />
              <dl class="facts row">
                {numbers.facts.map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd class="number">{count(value)}</dd>
                  </div>
                ))}
              </dl>
              {numbers.isCut && <p class="muted small">From the first 200,000 events.</p>}
            </>
          )}
        />
      </div>
    </div>
  );
}
