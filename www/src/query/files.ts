/** Results as the text of files. */
import { inline } from '../shared/format';
import type { Row, Table } from './result';

export const jsonOf = (rows: readonly Row[]): string => `${JSON.stringify(rows, null, 2)}\n`;

/** Comma-separated values as in RFC 4180. */
export function csvOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  let text = inline(value ?? undefined);
  // A spreadsheet would run such a text as a formula, and events may come from anywhere.
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
