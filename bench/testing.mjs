/**
 * Appends through client and host in one process: node bench/testing.mjs [FOLDER of another build of pkg-testing]
 *
 * Each way is measured in a process of its own; with a second build the two alternate, the medians of both are shown. A figure is
 * events per second of processor time, for the machine may be busy, and in brackets per second of the clock.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { median } from './statistics.mjs';

const run = promisify(execFile);
const EVENTS = 100_000;
/** Before, so that everything is compiled. */
const WARM_UP = 20_000;
const IN_FLIGHT = 256;
const ROUNDS = 5;

/** @param {number} number */
const event = (number) => ({ eventType: 'item.added', payload: { number, sku: 'chair', price: 49.5 } });

/** Calls so often, so many at a time. @param {number} times @param {(number: number) => Promise<{ success?: boolean }>} call */
const inFlight = async (times, call) => {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(IN_FLIGHT, times) }, async () => {
      while (next < times) {
        const { success } = await call(next++);
        if (success !== true) throw new Error('an append was refused');
      }
    }),
  );
};

/** @typedef {{ append: (number: number, batch: number) => Promise<{ success?: boolean }>, count: () => Promise<number>, close: () => Promise<void> | void }} Way */

/** @param {number} number @param {number} batch */
const events = (number, batch) => Array.from({ length: batch }, (_, at) => event(number * batch + at));

/** @param {string} folder @returns {Promise<Way>} */
const throughClient = async (folder) => {
  const { TestHost } = await import(pathToFileURL(path.resolve(folder, 'index.js')).href);
  const host = await TestHost.start();
  const { eventLog } = host.connect();
  const { data } = await eventLog.createInstance('orders');
  const instanceId = data.instance.id;
  return {
    append: (number, batch) => (batch === 1 ? eventLog.appendEvent({ instanceId, ...event(number) }) : eventLog.appendEvents({ instanceId, events: events(number, batch) })),
    count: async () => (await eventLog.getInstanceStats(instanceId)).data.eventCount,
    close: () => host.close(),
  };
};

/** The module without the package around it: frames as text in, replies as text out. @param {string} folder @returns {Promise<Way>} */
const moduleAlone = async (folder) => {
  const { loadEventLog } = await import(pathToFileURL(path.resolve(folder, 'event-log-module.js')).href);
  const host = new (await loadEventLog())();
  /** @param {string} operation @param {object} params */
  const ask = async (operation, params) => JSON.parse(await host.handle(JSON.stringify({ type: `eventLog.${operation}`, requestId: '5bd8f0d2-2c6f-4f9a-9a2c-000000000000', params })));
  const { data } = await ask('createInstance', { name: 'orders' });
  const instanceId = data.instance.id;
  return {
    append: (number, batch) => (batch === 1 ? ask('appendEvent', { instanceId, ...event(number) }) : ask('appendEvents', { instanceId, events: events(number, batch) })),
    count: async () => (await ask('getInstanceStats', { instanceId })).data.eventCount,
    close: () => host.free(),
  };
};

/** @type {[name: string, make: (folder: string) => Promise<Way>, batch: number][]} */
const WAYS = [
  ['the module alone, single appends', moduleAlone, 1],
  ['client and host, single appends', throughClient, 1],
  ['client and host, 10 events an append', throughClient, 10],
  ['client and host, 100 events an append', throughClient, 100],
];

/** @param {string} folder @param {number} at which way */
const measure = async (folder, at) => {
  const [, make, batch] = WAYS[at];
  const way = await make(folder);
  await inFlight(WARM_UP / batch, (number) => way.append(number, batch));
  const before = process.cpuUsage();
  const start = performance.now();
  await inFlight(EVENTS / batch, (number) => way.append(number, batch));
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const counted = await way.count();
  if (counted !== EVENTS + WARM_UP) throw new Error(`${counted} events are there; expected ${EVENTS + WARM_UP}`);
  await way.close();
  return { processor: EVENTS / ((user + system) / 1e6), clock: EVENTS / (elapsed / 1e3) };
};

const [folder = fileURLToPath(new URL('../pkg-testing', import.meta.url)), measured] = process.argv.slice(2);
if (measured?.startsWith('way-')) console.log(JSON.stringify(await measure(folder, Number(measured.slice(4)))));
else {
  const own = fileURLToPath(new URL('../pkg-testing', import.meta.url));
  const folders = path.resolve(folder) === own ? [own] : [path.resolve(folder), own];
  for (const [at, [name]] of WAYS.entries()) {
    /** @type {{ processor: number, clock: number }[][]} */
    const figures = folders.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [which, one] of folders.entries()) figures[which].push(JSON.parse((await run(process.execPath, [fileURLToPath(import.meta.url), one, `way-${at}`])).stdout));
    }
    const shown = figures.map((of) => `${Math.round(median(of.map(({ processor }) => processor)))} (${Math.round(median(of.map(({ clock }) => clock)))})`);
    console.log(`${name}: ${shown.join(' → ')}`);
  }
}
