/** What is wrong with a query, by field: what the form sees itself, and what the host says. */
import { changesOf, type JsonChange } from '../shared/json-changes';
import { inFormWords, type Labels } from '../shared/host-words';
import { isJson, queryOf, valueParts, type ConditionForm, type QueryForm } from './model';

/** By the part of the query as the host names it, such as `query.where[0].value`. */
export type Faults = Readonly<Record<string, string>>;

const LABELS: Labels = {
  'query.from.stream': 'Stream',
  'query.where[#]': 'Condition #',
  'query.where[#].field': 'Field',
  'query.where[#].operator': 'Operator',
  'query.where[#].value': 'Value',
  'query.select': 'Fields',
  'query.select[#]': 'Fields',
  'query.orderBy': 'Order by',
  'query.orderBy.field': 'Order by',
  'query.orderBy.direction': 'Direction',
  'query.limit': 'Limit',
  'query.offset': 'Offset',
  'query.reduce': 'Aggregate',
  'query.reduce.type': 'Function',
  'query.reduce.field': 'Field',
  'query.reduce.groupBy': 'Group by',
  'query.reduce.groupBy[#]': 'Group by',
};

/** What the form sees itself. Fields that are still being filled in are faults only once the query is to be run. */
export function faultsOf(form: QueryForm, isToRun: boolean): Faults {
  const faults: Record<string, string> = {};
  form.conditions.forEach((condition, index) => {
    const isStarted = condition.value.trim() !== '';
    if (condition.field.trim() === '' && (isToRun || isStarted)) {
      faults[`query.where[${index}].field`] = 'Name a field, or remove the condition.';
    }
    const lost = valueChanges(condition).find(({ isLost }) => isLost);
    if (lost) faults[`query.where[${index}].value`] = `${lost.text}.`;
  });
  return faults;
}

/** What of a condition's value is not sent as typed. */
export const valueChanges = ({ operator, value }: ConditionForm): JsonChange[] =>
  valueParts(operator, value)
    .filter(isJson)
    .flatMap(changesOf);

export interface RefusedField {
  /** The field, as in `Faults`. */
  field: string;
  text: string;
  /** What was in it. */
  value: string;
}

/** The field that a host's refusal is about; `undefined` when it is about none. */
export function refusedField(refusal: string, form: QueryForm): RefusedField | undefined {
  const { part, text } = inFormWords(refusal, LABELS);
  if (part === undefined) return undefined;
  const field = fieldOf(part);
  return { field, text, value: valueIn(form, field) };
}

/** A refused field stays marked until it is changed. */
export const isStillRefused = ({ field, value }: RefusedField, form: QueryForm): boolean => valueIn(form, field) === value;

function valueIn(form: QueryForm, field: string): string {
  let value: unknown = { query: queryOf(form, '') };
  for (const name of field.match(/\w+/g) ?? []) value = (value as Record<string, unknown> | undefined)?.[name];
  return JSON.stringify(value) ?? '';
}

/** Lists are one field; an object as a whole is stood for by its first field. */
function fieldOf(part: string): string {
  if (/^query\.where\[\d+\]$/.test(part)) return `${part}.field`;
  if (part === 'query.orderBy') return 'query.orderBy.field';
  if (part === 'query.reduce') return 'query.reduce.type';
  return part.replace(/^(query\.(?:select|reduce\.groupBy))\[\d+\]$/, '$1');
}
