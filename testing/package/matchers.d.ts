import type { TestHost } from './index.js';

/** What `expect.extend(matchers)` adds to `expect(host)`. */
export interface TestHostMatchers<Result = void> {
  /** The agent sent this, with at least these parameters where some are given; they may hold `expect.any(…)` and expressions. */
  toHaveSent(name: string, params?: object): Result;
  /** The agent sent this so many times. */
  toHaveSentTimes(name: string, times: number): Result;
  /** The agent sent these one after another; others may stand between. */
  toHaveSentInOrder(names: string[]): Result;
}

/** For `expect.extend(matchers)` of vitest and jest. */
export declare const matchers: Record<keyof TestHostMatchers, (host: unknown, ...values: any[]) => { pass: boolean; message: () => string }>;

/** Throws unless the agent sent this, with at least these parameters where some are given. */
export declare const assertSent: (host: TestHost, name: string, params?: object) => void;
/** Throws unless the agent sent this so many times. */
export declare const assertSentTimes: (host: TestHost, name: string, times: number) => void;
/** Throws unless the agent sent these one after another. */
export declare const assertSentInOrder: (host: TestHost, names: string[]) => void;

/** A frame, or whatever holds some, in a form that is the same in every run: ids numbered, times masked. */
export declare const stable: <Value>(value: Value) => Value;

/** For `expect.addSnapshotSerializer(snapshotSerializer)`: a host is shown by its transcript. */
export declare const snapshotSerializer: { test(value: unknown): boolean; serialize(value: any): string };
