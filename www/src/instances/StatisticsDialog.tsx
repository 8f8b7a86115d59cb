import { useSignal } from '@preact/signals';
import type { EventLogInstance } from 'codebolt-wasm';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../shared/Dialog';
import { count, moment } from '../shared/format';
import { Note } from '../shared/Note';
import { ask } from '../shared/outcome';

interface Props {
  instance: EventLogInstance;
  onClose: () => void;
}

/** An instance's numbers as `getInstanceStats` gives them, and its streams and types. */
export function StatisticsDialog({ instance, onClose }: Props) {
  const rows = useSignal<readonly (readonly [string, string])[] | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const countBy = (field: string) =>
      ask((log) => log.queryEvents({ from: { instance: instance.id }, reduce: { type: 'count', groupBy: [field] } }));
    void Promise.all([ask((log) => log.getInstanceStats(instance.id)), countBy('stream_id'), countBy('event_type')]).then(
      ([stats, streams, types]) => {
        if (!stats.ok) {
          problem.value = stats.problem;
          return;
        }
        const groups = (outcome: typeof streams) =>
          outcome.ok && Array.isArray(outcome.data.result.aggregation) ? count(outcome.data.result.aggregation.length) : '–';
        rows.value = [
          ['Events', count(stats.data.eventCount)],
          ['Streams', groups(streams)],
          ['Event types', groups(types)],
          ['Created', moment(stats.data.createdAt)],
          ['Last changed', moment(stats.data.updatedAt)],
          ['Id', stats.data.instanceId],
        ];
      },
    );
  }, [instance.id]);
  return (
    <Dialog title={`Statistics of “${instance.name}”`} onClose={onClose}>
      {problem.value && <Note kind="bad">{problem.value}</Note>}
      <dl class="facts">
        {(rows.value ?? [['Events', '…']]).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
