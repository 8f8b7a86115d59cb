// The clock of calls never runs backwards, though the runtime's may, and is the one that was there at the import.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const SOURCES = pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`);
let copies = 0;

/** The clock as it is imported where these globals are. */
const clockWith = async (globals) => {
  const kept = Object.fromEntries(Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    return await import(new URL(`platform/clock.js?copy=${copies++}`, SOURCES).href);
  } finally {
    for (const [name, property] of Object.entries(kept)) Object.defineProperty(globalThis, name, property);
  }
};

describe('the clock', () => {
  it('goes on by what passes, and stands still where its source jumps back', async () => {
    const times = [100, 150, 20, 30, 10, 11];
    const { performance } = await clockWith({ performance: { now: () => times.shift() } });
    const read = Array.from({ length: 6 }, () => performance.now());
    assert.deepEqual(read, [100, 150, 150, 160, 160, 161]);
  });

  it('is that of the calendar where the runtime has no other', async () => {
    for (const performance of [undefined, {}]) {
      const clock = await clockWith({ performance, Date: { now: () => 7 } });
      assert.deepEqual([clock.performance.now(), clock.Date.now()], [7, 7]);
    }
  });

  it('has timers for as long as a timer can be', async () => {
    const { LONGEST_DELAY, setTimeout, clearTimeout } = await clockWith({});
    assert.equal(LONGEST_DELAY, 2_147_483_647);
    let isOver = false;
    const timer = setTimeout(() => (isOver = true), LONGEST_DELAY);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isOver, false);
    clearTimeout(timer);
  });
});
