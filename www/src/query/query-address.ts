/** A query in the page's URL, so that it can be linked to, gone back to and reloaded. */
import { EMPTY, OPERATORS, REDUCTIONS, type ConditionForm, type QueryForm } from './model';

const TEXTS = ['stream', 'select', 'orderField', 'limit', 'offset', 'reduceField', 'groupBy'] as const;
const NAMES: Readonly<Record<(typeof TEXTS)[number], string>> = {
  stream: 'stream',
  select: 'select',
  orderField: 'orderBy',
  limit: 'limit',
  offset: 'offset',
  reduceField: 'of',
  groupBy: 'groupBy',
};
/** Says that the query was run: who comes by the URL sees its result. */
const RUN = 'run';

/** The form as parameters; fields as untouched forms have them are left out. */
export function parametersOf(form: QueryForm, isRun: boolean): URLSearchParams {
  const written = new URLSearchParams();
  for (const text of TEXTS) if (form[text] !== '') written.set(NAMES[text], form[text]);
  if (form.direction !== EMPTY.direction) written.set('direction', form.direction);
  if (form.reduce !== '') written.set('reduce', form.reduce);
  for (const { field, operator, value } of form.conditions) {
    written.append('field', field);
    written.append('operator', operator);
    written.append('value', value);
  }
  // An address without parameters leaves the form as it was; one for an empty form has to say so.
  if (written.size === 0) written.set(NAMES.stream, '');
  if (isRun) written.set(RUN, '');
  return written;
}

export const isRunIn = (parameters: URLSearchParams): boolean => parameters.has(RUN);

/** The form that the parameters stand for. What they get wrong is as in an untouched form. */
export function formFrom(parameters: URLSearchParams): QueryForm {
  const form: QueryForm = { ...EMPTY };
  for (const text of TEXTS) form[text] = parameters.get(NAMES[text]) ?? '';
  if (parameters.get('direction') === 'asc') form.direction = 'asc';
  form.reduce = REDUCTIONS.find(([name]) => name === parameters.get('reduce'))?.[0] ?? '';
  const operators = parameters.getAll('operator');
  const values = parameters.getAll('value');
  form.conditions = parameters.getAll('field').map(
    (field, index): ConditionForm => ({
      key: index + 1,
      field,
      operator: OPERATORS.find(([name]) => name === operators[index])?.[0] ?? 'eq',
      value: values[index] ?? '',
    }),
  );
  return form;
}
