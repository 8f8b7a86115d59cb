import type { EventLogDirection, EventLogReduction } from 'codebolt-wasm';
import { SelectField, TextField } from '../shared/Field';
import type { Known } from '../shared/known';
import { Conditions } from './Conditions';
import type { Faults } from './faults';
import { formOf, PRESETS } from './presets';
import { EMPTY, REDUCTIONS, type QueryForm } from './model';

interface Props {
  form: QueryForm;
  known: Known;
  faults: Faults;
  onChange: (form: QueryForm) => void;
}

const DIRECTIONS = [
  ['asc', 'asc · lowest first'],
  ['desc', 'desc · highest first'],
] as const satisfies readonly (readonly [EventLogDirection, string])[];

/** Every part of the query language as a field. */
export function QueryBuilder({ form, known, faults, onChange }: Props) {
  const set = (change: Partial<QueryForm>) => onChange({ ...form, ...change });
  return (
    <>
      <div class="presets" role="group" aria-label="Start from">
        <span class="muted">Start from</span>
        {PRESETS.map(([name, preset]) => (
          <button key={name} type="button" class="button small" onClick={() => onChange(formOf(preset, new Date()))}>
            {name}
          </button>
        ))}
        <button type="button" class="button quiet small" onClick={() => onChange(EMPTY)}>
          Clear
        </button>
      </div>
      <fieldset class="query-part">
        <legend>From</legend>
        <TextField
          label="Stream"
          value={form.stream}
          fault={faults['query.from.stream']}
          placeholder="all streams"
          suggestions={known.streams}
          onValue={(stream) => set({ stream })}
        />
      </fieldset>
      <Conditions conditions={form.conditions} fields={known.fields} faults={faults} onChange={(conditions) => set({ conditions })} />
      <fieldset class="query-part">
        <legend>Select, order and page</legend>
        <TextField
          label="Fields"
          mono
          value={form.select}
          fault={faults['query.select']}
          placeholder="all"
          suggestions={known.fields}
          hint="Separated by commas"
          onValue={(select) => set({ select })}
        />
        <div class="columns">
          <TextField
            label="Order by"
            mono
            value={form.orderField}
            fault={faults['query.orderBy.field']}
            placeholder="append order"
            suggestions={known.fields}
            onValue={(orderField) => set({ orderField })}
          />
          <SelectField
            label="Direction"
            value={form.direction}
            fault={faults['query.orderBy.direction']}
            options={DIRECTIONS}
            onValue={(direction) => set({ direction })}
          />
        </div>
        <div class="columns">
          <TextField
            label="Limit"
            value={form.limit}
            fault={faults['query.limit']}
            placeholder="100"
            inputMode="numeric"
            onValue={(limit) => set({ limit })}
          />
          <TextField
            label="Offset"
            value={form.offset}
            fault={faults['query.offset']}
            placeholder="0"
            inputMode="numeric"
            onValue={(offset) => set({ offset })}
          />
        </div>
      </fieldset>
      <fieldset class="query-part">
        <legend>Aggregate</legend>
        <SelectField<EventLogReduction | ''>
          label="Function"
          value={form.reduce}
          fault={faults['query.reduce.type']}
          options={REDUCTIONS}
          onValue={(reduce) => set({ reduce })}
        />
        {form.reduce !== '' && (
          <div class="columns">
            <TextField
              label="Field"
              mono
              value={form.reduceField}
              fault={faults['query.reduce.field']}
              placeholder={form.reduce === 'count' ? 'not needed' : ''}
              suggestions={form.reduce === 'collect' ? known.fields : known.numericFields}
              onValue={(reduceField) => set({ reduceField })}
            />
            <TextField
              label="Group by"
              mono
              value={form.groupBy}
              fault={faults['query.reduce.groupBy']}
              placeholder="no groups"
              suggestions={known.fields}
              hint="Separated by commas"
              onValue={(groupBy) => set({ groupBy })}
            />
          </div>
        )}
      </fieldset>
    </>
  );
}
