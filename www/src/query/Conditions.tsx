import type { EventLogOperator } from 'codebolt-wasm';
import { SelectField, TextField } from '../shared/Field';
import { valueChanges, type Faults } from './faults';
import { OPERATORS, type ConditionForm } from './model';

interface Props {
  conditions: readonly ConditionForm[];
  fields: readonly string[];
  faults: Faults;
  onChange: (conditions: ConditionForm[]) => void;
}

/** The conditions that events have to meet, all of them. */
export function Conditions({ conditions, fields, faults, onChange }: Props) {
  const set = (key: number, change: Partial<ConditionForm>) =>
    onChange(conditions.map((condition) => (condition.key === key ? { ...condition, ...change } : condition)));
  const add = () => {
    const key = Math.max(0, ...conditions.map((condition) => condition.key)) + 1;
    onChange([...conditions, { key, field: '', operator: 'eq', value: '' }]);
  };
  return (
    <fieldset class="query-part">
      <legend>Where</legend>
      {conditions.map(({ key, field, operator, value }, index) => (
        <div class="condition" key={key} role="group" aria-label={`Condition ${index + 1}`}>
          <TextField
            label="Field"
            mono
            value={field}
            fault={faults[`query.where[${index}].field`]}
            suggestions={fields}
            onValue={(text) => set(key, { field: text })}
          />
          <SelectField<EventLogOperator>
            label="Operator"
            value={operator}
            fault={faults[`query.where[${index}].operator`]}
            options={OPERATORS}
            onValue={(chosen) => set(key, { operator: chosen })}
          />
          <TextField
            label="Value"
            mono
            value={value}
            fault={faults[`query.where[${index}].value`]}
            hint={changesIn({ key, field, operator, value })}
            placeholder={placeholderOf(operator)}
            onValue={(text) => set(key, { value: text })}
          />
          <button
            type="button"
            class="button quiet small"
            aria-label={`Remove condition ${index + 1}`}
            onClick={() => onChange(conditions.filter((condition) => condition.key !== key))}
          >
            Remove
          </button>
        </div>
      ))}
      <div>
        <button type="button" class="button small" onClick={add}>
          Add a condition
        </button>
      </div>
      {conditions.length > 0 && (
        <p class="hint">Numbers, true, false and null are sent as such. Put them in double quotes to send them as text.</p>
      )}
    </fieldset>
  );
}

function changesIn(condition: ConditionForm): string | undefined {
  const kept = valueChanges(condition).filter(({ isLost }) => !isLost);
  return kept.length > 0 ? kept.map(({ text }) => `${text}.`).join(' ') : undefined;
}

function placeholderOf(operator: EventLogOperator): string {
  if (operator === 'in') return 'OrderPlaced, ItemAdded';
  if (operator === 'between') return '500, 599';
  return '';
}
