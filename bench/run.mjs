/**
 * Runs the benchmark: the package against the floor, alternating round by round. `cargo xtask bench` starts it.
 *
 *   --rows TEXT        only rows whose name or group holds the text
 *   --rounds N         rounds a row (default 7; the first two warm up and do not count)
 *   --quick            fewer calls and rounds: for a look, not for figures to publish
 *   --no-chromium      no browser
 *   --record           writes the result into docs/performance.md and its chart
 *   --profile          leaves CPU profiles of the chosen rows in target/bench/ instead of measuring
 *   --browser FILE, --named-module FILE, --event-log-only FOLDER   what cargo xtask bench passes
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startChromium } from './chromium.mjs';
import { measureImportCost } from './import-cost.mjs';
import { startResponder, startWorker } from './processes.mjs';
import { record } from './record.mjs';
import { goals, table } from './report.mjs';
import { ROWS } from './rows.mjs';
import { measureInstallation, measureSizes } from './sizes.mjs';
import { measureStartUp } from './start-up.mjs';
import { spread } from './statistics.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'no-chromium': { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    browser: { type: 'string' },
    'named-module': { type: 'string' },
    'event-log-only': { type: 'string' },
  },
});

const WARM_UP = 2;
const WARMING_ROW = 'createInstance, 256 in flight';

/** Instead of an address: the socket ends in the client's own thread. */
const ALONE = '';

const rounds = Number(options.rounds ?? (options.quick ? 3 : 9));
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is ${options.rounds}; wanted is a number, 1 or more`);
const rows = ROWS.filter(({ name, group }) => name.includes(options.rows) || group === options.rows);
const target = fileURLToPath(new URL('../target/bench/', import.meta.url));
const whole = options.rows === '' && !options.quick && !options['no-chromium'];
if (options.record && !whole) throw new Error('--record wants a whole run: no --rows, --quick or --no-chromium');
if (options.rows !== '' && rows.length === 0) {
  throw new Error(`no row holds '${options.rows}'; there are:\n${ROWS.map(({ name, group }) => `  ${group}: ${name}`).join('\n')}`);
}
await mkdir(target, { recursive: true });

const responder = await startResponder();
try {
  if (options.profile) await profile();
  else await measure();
} finally {
  responder.stop();
}

async function measure() {
  /** @type {any} */
  const results = {
    date: new Date().toISOString(),
    machine: `${os.cpus()[0].model.trim()}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}`,
    load: os.loadavg()[0],
    node: process.version,
    rounds,
    runtimes: {},
    alone: {},
  };
  results.runtimes.node = await measureInNode(responder.url);
  results.alone.node = await measureInNode(ALONE);
  if (!options['no-chromium']) {
    if (!options.browser) throw new Error('--browser is wanted: the program of a Chromium (or give --no-chromium)');
    for (const [figures, url] of [[results.runtimes, responder.url], [results.alone, ALONE]]) {
      const chromium = await startChromium(options.browser, url);
      results.chromium = chromium.version;
      figures.chromium = await measureRows('chromium', url, chromium);
      await chromium.stop();
    }
  }
  if (options.rows === '') {
    results.pending = await measurePending();
    results.startUp = await measureStartUp(responder.url, options.quick ? 3 : 15);
    if (!options['event-log-only']) throw new Error('--event-log-only is wanted: the folder of a package with the event log alone');
    results.importCost = await measureImportCost(fileURLToPath(new URL('../pkg', import.meta.url)), options['event-log-only'], options.quick ? 5 : 61);
    results.sizes = await measureSizes();
    results.installation = measureInstallation(options['event-log-only']);
  }
  results.goals = goals(results);
  await writeFile(path.join(target, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${table(results)}\nAll figures: ${path.join(target, 'results.json')}`);
  if (options.record) await record(results);
}

/** @param {string} url */
async function measureInNode(url) {
  const clients = { floor: await startWorker('floor', url), package: await startWorker('package', url) };
  const measured = await measureRows('node', url, clients);
  clients.floor.stop();
  clients.package.stop();
  return measured;
}

/**
 * @param {string} runtime
 * @param {string} url
 * @param {any} clients
 */
async function measureRows(runtime, url, clients) {
  const measured = [];
  // An engine compiles what runs often once more, and better: the rows are about clients that have been running for a while.
  for (const client of Object.values(clients).filter(({ ask }) => ask)) {
    await client.ask('sample', { row: WARMING_ROW, calls: options.quick ? 4_000 : 40_000 });
  }
  // Without a network it is the client's own work that counts, and a small call's is the most.
  for (const row of rows.filter(({ group }) => url !== ALONE || group === 'create')) {
    // A message costs a browser five times what it costs Node, most of it outside the client; a client alone takes little time.
    const share = (options.quick ? 8 : 1) * (url === ALONE ? 0.25 : runtime === 'chromium' ? 4 : 1);
    const calls = Math.max(row.inFlight, row.calls / share);
    /** @type {Record<string, { cpu: number[], wall: number[] }>} */
    const samples = { floor: { cpu: [], wall: [] }, package: { cpu: [], wall: [] } };
    for (let round = 0; round < rounds + WARM_UP; round += 1) {
      const order = round % 2 === 0 ? ['floor', 'package'] : ['package', 'floor'];
      for (const kind of order) {
        const { cpu, wall } = await clients[kind].ask('sample', { row: row.name, calls });
        if (round < WARM_UP) continue;
        samples[kind].cpu.push(cpu);
        samples[kind].wall.push(wall);
      }
    }
    const figures = (/** @type {'cpu' | 'wall'} */ what) => ({
      floor: spread(samples.floor[what]),
      package: spread(samples.package[what]),
      // Round by round, so that what disturbs the machine for a while disturbs both.
      ratio: spread(samples.package[what].map((value, round) => value / samples.floor[what][round])),
    });
    const figure = { name: row.name, cpu: figures('cpu'), wall: figures('wall') };
    measured.push(figure);
    console.log(`${runtime}${url === ALONE ? ' alone' : ''}: ${row.name}: CPU ${figure.cpu.ratio.median.toFixed(2)}, wall ${figure.wall.ratio.median.toFixed(2)} of the floor`);
  }
  return measured;
}

async function measurePending() {
  const parameters = options.quick ? { pending: 10_000, strangers: 2_000 } : { pending: 100_000, strangers: 20_000 };
  /** @type {any} */
  const result = { pending: parameters.pending };
  for (const kind of ['floor', 'package']) {
    const samples = [];
    for (let round = 0; round < 3; round += 1) {
      // A process of its own each time: what waits stays.
      const worker = await startWorker(kind, responder.url);
      samples.push(await worker.ask('pending', parameters));
      worker.stop();
    }
    result[kind] = {
      bytes: spread(samples.map(({ bytes }) => bytes)),
      stranger: spread(samples.map(({ stranger }) => stranger)),
    };
  }
  return result;
}

async function profile() {
  for (const kind of ['floor', 'package']) {
    const worker = await startWorker(kind, responder.url, options['named-module']);
    for (const row of rows) {
      const file = path.join(target, `${kind}-${row.name.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.cpuprofile`);
      await worker.ask('sample', { row: row.name, calls: row.calls });
      await worker.ask('profile', { row: row.name, calls: row.calls * 4, file });
      console.log(file);
    }
    worker.stop();
  }
  console.log("Open them in Chrome's tools: Performance, Load profile.");
}
