import { useSignal } from '@preact/signals';
import { isOpen } from '../connection/connection';
import { instanceAddress } from '../page/route';
import { draft } from '../shared/draft';
import { TextField } from '../shared/Field';
import { count } from '../shared/format';
import { useKnown } from '../shared/known';
import { isWide } from '../shared/media';
import { BarChart } from './BarChart';
import { counts } from './counts';
import { overTime } from './over-time';
import { Picture } from './Picture';
import { spread } from './spread';
import './pictures.css';

/** Three pictures of an instance's events, or of one stream's. */
export function PicturesView({ id }: { id: string }) {
  const known = useKnown(id);
  const form = draft(`pictures:${id}`, { stream: '', countField: 'event_type', spreadField: '' });
  const drawn = useSignal(0);
  const set = (change: Partial<typeof form.value>) => (form.value = { ...form.value, ...change });

  const { stream, countField } = form.value;
  const spreadField = form.value.spreadField || known.value.numericFields[0] || '';
  const from = stream.trim() ? { instance: id, stream: stream.trim() } : { instance: id };
  const canAsk = isOpen.value || drawn.value > 0;
  const again = [id, stream.trim(), drawn.value, isOpen.value];
  const spans = isWide.value ? 48 : 20;
  const chosen = [countField.trim(), spreadField.trim()] as const;

  if (known.value.isRead && known.value.streams.length === 0 && !stream) {
    return (
      <div class="empty">
        <p>
          <strong>No charts yet.</strong>
        </p>
        <p>Charts show events. Generate a batch to see some.</p>
        <a class="button primary" href={instanceAddress(id, 'append')}>
          Append events
        </a>
      </div>
    );
  }
  return (
    <div class="pictures">
      <div class="pictures-bar">
        <TextField
          label="Stream"
          value={stream}
          placeholder="all streams"
          suggestions={known.value.streams}
          onValue={(name) => set({ stream: name })}
        />
        <button type="button" class="button" onClick={() => (drawn.value += 1)}>
          Refresh
        </button>
      </div>
      <Picture
        title="Events over time"
        work={canAsk ? () => overTime(from, spans) : undefined}
        of={[...again, spans]}
        show={(bars) => <BarChart bars={bars} label="Events over time, stacked by type" stacked height={320} />}
      />
      <div class="pictures-pair">
        <Picture
          title="Counts"
          controls={
            <TextField label="By field" mono value={countField} suggestions={known.value.fields} onValue={(field) => set({ countField: field })} />
          }
          work={canAsk && chosen[0] ? () => counts(from, chosen[0]) : undefined}
          of={[...again, chosen[0]]}
          otherwise="Name a field to count by."
          show={(bars) => (
            <BarChart bars={bars} label={`Events by ${chosen[0]}`} lying height={Math.max(180, 60 + bars.labels.length * 30)} />
          )}
        />
        <Picture
          title="Distribution"
          controls={
            <TextField
              label="Number"
              mono
              value={form.value.spreadField}
              placeholder={known.value.numericFields[0] ?? 'payload.total'}
              suggestions={known.value.numericFields}
              onValue={(field) => set({ spreadField: field })}
            />
          }
          work={canAsk && chosen[1] ? () => spread(from, chosen[1]) : undefined}
          of={[...again, chosen[1]]}
          otherwise="The newest events hold no numbers. Name a field that does."
          show={(numbers) => (
            <>
              <BarChart bars={numbers} label={`Spread of ${chosen[1]}`} height={240} xTitle={chosen[1]} />
              <dl class="facts row">
                {numbers.facts.map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd class="number">{count(value)}</dd>
                  </div>
                ))}
              </dl>
              {numbers.isCut && <p class="muted small">Shows the first 200,000 events.</p>}
            </>
          )}
        />
      </div>
    </div>
  );
}
