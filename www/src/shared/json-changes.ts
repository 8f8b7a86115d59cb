/** What JavaScript changes in a JSON text when it reads it and sends it on: it has doubles only, and one value a name. */
import { visit } from 'jsonc-parser';

export interface JsonChange {
  /** What would become of it, for a person. */
  text: string;
  /** Whether nothing of it would be left. */
  isLost: boolean;
  /** Where it stands in the text. */
  start: number;
  end: number;
}

/** What a valid JSON text would lose or have spelled differently. */
export function changesOf(json: string): JsonChange[] {
  const changes: JsonChange[] = [];
  const names: Set<string>[] = [];
  visit(json, {
    onObjectBegin: () => void names.push(new Set()),
    onObjectEnd: () => void names.pop(),
    onObjectProperty: (name, start, length) => {
      if (names.at(-1)?.has(name)) {
        changes.push({ text: `the name ${JSON.stringify(name)} occurs twice; only its last value is sent`, isLost: false, start, end: start + length });
      }
      names.at(-1)?.add(name);
    },
    onLiteralValue: (value: unknown, start, length) => {
      if (typeof value !== 'number') return;
      const change = changeOfNumber(json.slice(start, start + length));
      if (change) changes.push({ ...change, start, end: start + length });
    },
  });
  return changes;
}

/** What becomes of one number; `undefined` when it is sent as typed. */
export function changeOfNumber(typed: string): Pick<JsonChange, 'text' | 'isLost'> | undefined {
  const sent = JSON.stringify(Number(typed));
  if (sent === typed) return undefined;
  if (sent === 'null') {
    return { text: `${typed} is too large for a JavaScript number; use a smaller one, or put it in double quotes to send it as text`, isLost: true };
  }
  if (valueOf(sent) === valueOf(typed)) return { text: `${typed} is sent as ${sent}, which is the same number`, isLost: false };
  return {
    text: `${typed} is sent as ${sent}, because JavaScript numbers have about 16 digits; put it in double quotes to send every digit as text`,
    isLost: false,
  };
}

/** A decimal number in a form that is the same for equal numbers: its digits, and the power of ten that they stand for. */
function valueOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(power) - fraction.length + digits.length - significant.length}`;
}

/** Whether a value that came from the host has a whole number so large that it may have been rounded on its way here. */
export function hasRoundedNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasRoundedNumber);
}
