/** Numbers and times as a person reads them. */

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeAlone = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const dayAlone = new Intl.DateTimeFormat(undefined, { day: '2-digit', month: 'short' });

export const count = (value: number): string => number.format(value);

/** `1 event`, `2 events`. */
export const countOf = (value: number, noun: string): string => `${number.format(value)} ${noun}${value === 1 ? '' : 's'}`;

/** A date and a time. Another text is shown unchanged. */
export const moment = (iso: string): string => read(iso, (date) => dateAndTime.format(date));

/** A time of today, or a day and a time: short, for lists. */
export const shortMoment = (iso: string): string =>
  read(iso, (date) => {
    const isToday = date.toDateString() === new Date().toDateString();
    return isToday ? timeAlone.format(date) : `${dayAlone.format(date)} ${timeAlone.format(date)}`;
  });

/** A time of day, of milliseconds since 1970. */
export const time = (milliseconds: number): string => clock.format(milliseconds);

function read(iso: string, show: (date: Date) => string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? String(iso) : show(date);
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Compares texts as a person sorts them: `order-2` comes before `order-10`. */
export const naturally = (one: string, two: string): number => collator.compare(one, two);

/** A value in one line: a text as it is, everything else as JSON. */
export const inline = (value: unknown): string => {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};
