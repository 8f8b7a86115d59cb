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
  /** The positions that are seen, once some are. */
  #seen: { first: number; last: number } | undefined;
  /** The page of the selected event, which is kept however far one scrolls away from it. */
  #kept: number | undefined;

  /** Why pages that are wanted could not be fetched. */
  readonly #problems = new Map<number, string>();
  #pollProblem: string | undefined;

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
    this.#seen = { first: Math.max(0, total - 1 - last), last: Math.max(0, total - 1 - first) };
    void this.#loadMissing();
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
    this.#pollProblem = 'problem' in found ? found.problem : undefined;
    if ('problem' in found) return this.#report();
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
    // A page that could not be fetched: no row asks for it again while nothing moves.
    await this.#loadMissing();
    this.#report();
  }

  /** Fetches what is wanted and neither there nor on its way. */
  async #loadMissing(): Promise<void> {
    const total = this.total.peek();
    if (!total) return;
    const wanted = this.#wanted();
    for (const page of this.#problems.keys()) if (!wanted.has(page)) this.#problems.delete(page);
    await Promise.all([...wanted].filter((page) => !this.#isWhole(page, total) && !this.#loading.has(page)).map((page) => this.#load(page)));
  }

  /** The pages of the rows that are seen, and of the selected event. */
  #wanted(): Set<number> {
    const pages = new Set<number>();
    if (this.#seen) for (let page = Math.floor(this.#seen.first / PAGE); page * PAGE <= this.#seen.last; page += 1) pages.add(page);
    if (this.#kept !== undefined && this.#kept * PAGE < (this.total.peek() ?? 0)) pages.add(this.#kept);
    return pages;
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
    if ('problem' in found) {
      this.#problems.set(page, found.problem);
      return this.#report();
    }
    this.#problems.delete(page);
    this.#put(page * PAGE, found.events);
    this.#forgetFar();
    this.#report();
    this.version.value += 1;
  }

  #report(): void {
    const [ofPage] = this.#problems.values();
    this.problem.value = this.#pollProblem ?? ofPage;
  }

  async #query(offset: number, limit: number): Promise<{ events: EventLogEntry[]; total: number } | { problem: string }> {
    const outcome = await ask((log) => log.queryEvents({ from: this.#source, limit, offset }));
    if (!outcome.ok) return { problem: outcome.problem };
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
    const { first, last } = this.#seen ?? { first: 0, last: 0 };
    const middle = (first + last) / 2 / PAGE;
    const farthestFirst = [...this.#pages.keys()].sort((one, two) => Math.abs(two - middle) - Math.abs(one - middle));
    for (const page of farthestFirst.slice(0, this.#pages.size - MOST_PAGES)) {
      if (page !== this.#kept) this.#pages.delete(page);
    }
  }
}
