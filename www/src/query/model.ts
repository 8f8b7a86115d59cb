/** A query as it stands in the form, and what it becomes. */
import type { EventLogCondition, EventLogDSL, EventLogDirection, EventLogOperator, EventLogReduction } from 'codebolt-wasm';

export const OPERATORS = [
  ['eq', 'eq · is'],
  ['neq', 'neq · is not'],
  ['gt', 'gt · greater than'],
  ['gte', 'gte · at least'],
  ['lt', 'lt · less than'],
  ['lte', 'lte · at most'],
  ['contains', 'contains'],
  ['in', 'in · one of'],
  ['between', 'between · both inclusive'],
] as const satisfies readonly (readonly [EventLogOperator, string])[];

export const REDUCTIONS = [
  ['', 'None: list the events'],
  ['count', 'count'],
  ['sum', 'sum'],
  ['avg', 'avg'],
  ['min', 'min'],
  ['max', 'max'],
  ['collect', 'collect'],
] as const satisfies readonly (readonly [EventLogReduction | '', string])[];

export interface ConditionForm {
  key: number;
  field: string;
  operator: EventLogOperator;
  value: string;
}

export interface QueryForm {
  stream: string;
  conditions: ConditionForm[];
  select: string;
  orderField: string;
  direction: EventLogDirection;
  limit: string;
  offset: string;
  reduce: EventLogReduction | '';
  reduceField: string;
  groupBy: string;
}

export const EMPTY: QueryForm = {
  stream: '',
  conditions: [],
  select: '',
  orderField: '',
  direction: 'desc',
  limit: '',
  offset: '',
  reduce: '',
  reduceField: '',
  groupBy: '',
};

/** What the form stands for, with its faults: what a host would refuse is left to the host. */
export function queryOf(form: QueryForm, instance: string): EventLogDSL {
  const query: EventLogDSL = { from: form.stream.trim() ? { instance, stream: form.stream.trim() } : { instance } };
  const where = form.conditions.map(conditionOf);
  if (where.length > 0) query.where = where;
  const select = names(form.select);
  if (select.length > 0) query.select = select;
  if (form.orderField.trim()) query.orderBy = { field: form.orderField.trim(), direction: form.direction };
  if (form.limit.trim()) query.limit = numberOrText(form.limit) as number;
  if (form.offset.trim()) query.offset = numberOrText(form.offset) as number;
  if (form.reduce) {
    const groupBy = names(form.groupBy);
    query.reduce = {
      type: form.reduce,
      ...(form.reduceField.trim() && { field: form.reduceField.trim() }),
      ...(groupBy.length > 0 && { groupBy }),
    };
  }
  return query;
}

function conditionOf({ field, operator, value }: ConditionForm): EventLogCondition {
  return { field: field.trim(), operator, value: valueOf(operator, value) };
}

/** A value as typed: a number, `true`, `false`, `null`, anything in JSON; the rest is text. Lists may do without brackets. */
export function valueOf(operator: EventLogOperator, typed: string): unknown {
  const parts = valueParts(operator, typed).map(jsonOrText);
  const isOne = (operator !== 'in' && operator !== 'between') || (parts.length === 1 && Array.isArray(parts[0]));
  return isOne ? parts[0] : parts;
}

/** The texts that a value is made of: one, unless it is a list without brackets. */
export function valueParts(operator: EventLogOperator, typed: string): string[] {
  const text = typed.trim();
  if (operator !== 'in' && operator !== 'between') return [text];
  return Array.isArray(jsonOrText(text)) ? [text] : text.split(',').map((part) => part.trim());
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const jsonOrText = (text: string): unknown => (isJson(text) ? (JSON.parse(text) as unknown) : text);

const numberOrText = (text: string): number | string => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());

const names = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** A program that makes the query and prints what comes. */
export const javascriptOf = (query: EventLogDSL): string =>
  `import codebolt from 'codebolt-wasm';\n\nconst reply = await codebolt.eventLog.queryEvents(${literal(query, '')});
console.log(reply.data?.result ?? reply.error);

await codebolt.close();
`;

const LINE = 72;

/** A JSON value as JavaScript is usually written: short things in one line, names without quotation marks. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = isList
    ? value.map((part) => literal(part, inner))
    : Object.entries(value).map(([name, part]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)}: ${literal(part, inner)}`);
  if (parts.length === 0) return isList ? '[]' : '{}';
  const line = parts.join(', ');
  const isShort = indent !== '' && indent.length + line.length < LINE && !line.includes('\n');
  if (isShort) return isList ? `[${line}]` : `{ ${line} }`;
  const lines = parts.map((part) => `${inner}${part},\n`).join('');
  return isList ? `[\n${lines}${indent}]` : `{\n${lines}${indent}}`;
}

function quoted(text: string): string {
  const json = JSON.stringify(text);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** The frame on the wire; its id is made anew for each request. */
export const frameOf = (query: EventLogDSL): string =>
  `{"type":"eventLog.queryEvents","requestId":"${ID_PLACE}","params":${JSON.stringify({ query })}}`;

/** What stands for the id. */
export const ID_PLACE = '…';
