/**
 * The events of an instance or of one of its streams, newest first, as many as there are.
 *
 * Events are only ever appended, so that an event's position in append order never changes: the feed asks for pages in that
 * order, and row 0 is the last position. Pages far from the visible rows are dropped again.
 */
import { signal } from '@preact/signals';
import type { EventLogEntry } from 'codebolt-wasm';
import { ask } from '../shared/outcome';

const PAGE = 100;
const MOST_PAGES = 100;

export interface Source {
  instance: string;
  stream?: string;
}

export class EventFeed {
  /** How many events there are; `undefined` until the host has said it. */
  readonly total = signal<number | undefined>(undefined);
  readonly problem = signal<string | undefined>(undefined);
  /** Counts changes of the pages. */
  readonly version = signal(0);

  readonly #source: Source;
  readonly #pages = new Map<number, (EventLogEntry | undefined)[]>();
  readonly #loading = new Set<number>();
  #seen: { first: number; last: number } = { first: 0, last: 0 };
  /** The page of the selected event, which is kept however far one scrolls away from it. */
  #kept: number | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The position, in append order, of the event in a row. */
  positionOf(row: number): number {
    return (this.total.value ?? 0) - 1 - row;
  }

  /** The row of the event at a position. */
  rowOf(position: number): number {
    return (this.total.value ?? 0) - 1 - position;
  }

  /** The event at a position, if it has been fetched. */
  at(position: number): EventLogEntry | undefined {
    return this.#pages.get(Math.floor(position / PAGE))?.[position % PAGE];
  }

  /** Fetches the events of these rows, unless they are there. */
  want(first: number, last: number): void {
    const total = this.total.peek();
    if (!total) return;
    this.#seen = { first: total - 1 - last, last: total - 1 - first };
    const from = Math.floor(Math.max(0, this.#seen.first) / PAGE);
    const to = Math.floor(Math.max(0, this.#seen.last) / PAGE);
    for (let page = from; page <= to; page += 1) {
      if (!this.#isWhole(page, total) && !this.#loading.has(page)) void this.#load(page);
    }
  }

  /** Fetches the event at a position, wherever one has scrolled to, and keeps it. */
  keep(position: number | undefined): void {
    this.#kept = position === undefined ? undefined : Math.floor(position / PAGE);
    const total = this.total.peek();
    if (position === undefined || !total || position >= total || this.at(position)) return;
    if (this.#kept !== undefined && !this.#loading.has(this.#kept)) void this.#load(this.#kept);
  }

  /** Asks whether there is more. New events are there before their rows are. */
  async poll(): Promise<void> {
    const known = this.total.peek();
    const offset = known ?? 0;
    const found = await this.#query(offset, known === undefined ? 0 : PAGE);
    if (!found) return;
    this.#put(offset, found.events);
    const isBehind = found.total > offset + found.events.length;
    if (isBehind && found.total > 0) {
      const newest = Math.max(0, Math.floor((found.total - 1) / PAGE) - 1);
      await Promise.all([this.#load(newest), this.#load(newest + 1)]);
    }
    if (found.total !== known) {
      this.total.value = found.total;
      this.version.value += 1;
    }
  }

  #isWhole(page: number, total: number): boolean {
    const held = this.#pages.get(page);
    if (!held) return false;
    const length = Math.min(PAGE, total - page * PAGE);
    for (let index = 0; index < length; index += 1) if (!held[index]) return false;
    return true;
  }

  async #load(page: number): Promise<void> {
    this.#loading.add(page);
    const found = await this.#query(page * PAGE, PAGE);
    this.#loading.delete(page);
    if (!found) return;
    this.#put(page * PAGE, found.events);
    this.#forgetFar();
    this.version.value += 1;
  }

  async #query(offset: number, limit: number): Promise<{ events: EventLogEntry[]; total: number } | undefined> {
    const outcome = await ask((log) => log.queryEvents({ from: this.#source, limit, offset }));
    if (!outcome.ok) {
      this.problem.value = outcome.problem;
      return undefined;
    }
    this.problem.value = undefined;
    return { events: outcome.data.result.events ?? [], total: outcome.data.result.total };
  }

  #put(offset: number, events: readonly EventLogEntry[]): void {
    events.forEach((event, index) => {
      const position = offset + index;
      const page = Math.floor(position / PAGE);
      let held = this.#pages.get(page);
      if (!held) this.#pages.set(page, (held = []));
      held[position % PAGE] = event;
    });
  }

  #forgetFar(): void {
    if (this.#pages.size <= MOST_PAGES) return;
    const middle = (this.#seen.first + this.#seen.last) / 2 / PAGE;
    const farthestFirst = [...this.#pages.keys()].sort((one, two) => Math.abs(two - middle) - Math.abs(one - middle));
    for (const page of farthestFirst.slice(0, this.#pages.size - MOST_PAGES)) {
      if (page !== this.#kept) this.#pages.delete(page);
    }
  }
}
