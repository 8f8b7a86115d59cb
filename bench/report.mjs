/** A run's results as a table, and its goals. */
import { ROWS } from './rows.mjs';

const factor = (/** @type {any} */ { median, smallest, largest }) =>
  `${median.toFixed(2)} (${smallest.toFixed(2)}–${largest.toFixed(2)})`;
const figure = (/** @type {number} */ value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/**
 * The rows of all tables, as texts.
 * @param {any} results
 */
export const sections = (results) => {
  const name = (/** @type {string} */ runtime) => (runtime === 'node' ? `Node ${results.node}` : `Chromium ${results.chromium}`);
  const all = [
    ...Object.entries(results.runtimes).map(([runtime, measured]) => [name(runtime), measured]),
    ...Object.entries(results.alone).map(([runtime, measured]) => [`${name(runtime)}, the clients alone`, measured]),
  ];
  const found = all.map(([title, measured]) => ({
    title,
    head: ['', 'CPU µs a call: floor', 'package', 'CPU ratio', 'wall ratio'],
    rows: /** @type {any[]} */ (measured).map(({ name, cpu, wall }) => [
      name,
      figure(cpu.floor.median),
      figure(cpu.package.median),
      factor(cpu.ratio),
      factor(wall.ratio),
    ]),
  }));
  if (!results.pending) return found;
  const { pending, startUp, importCost, sizes } = results;
  const milliseconds = (/** @type {string} */ what) => [
    startUp.floor[what].median.toFixed(1),
    startUp.package[what].median.toFixed(1),
  ];
  found.push({
    title: 'The rest, in Node',
    head: ['', 'floor', 'package'],
    rows: [
      [`bytes a pending call, ${pending.pending} pending`, figure(pending.floor.bytes.median), figure(pending.package.bytes.median)],
      [
        `µs a reply with an unknown id, ${pending.pending} pending`,
        figure(pending.floor.stranger.median),
        figure(pending.package.stranger.median),
      ],
      ['ms of the import (floor: of `ws`)', ...milliseconds('imported')],
      [`ms of the import that the other ${importCost.modules} modules cost`, '', importCost.cost.median.toFixed(2)],
      ['ms until usable', ...milliseconds('usable')],
      ['ms until the first reply', ...milliseconds('replied')],
    ],
  });
  found.push({
    title: 'Sizes',
    head: ['', 'gzip'],
    rows: [
      ['the module', kilobytes(sizes.wasm)],
      ['download of an agent that uses the event log alone: module and JavaScript', kilobytes(sizes.eventLog)],
      ['download of an agent that uses everything', kilobytes(sizes.everything)],
    ],
  });
  const size = (/** @type {{ bytes: number, files: number }} */ { bytes, files }) => [kilobytes(bytes), String(files)];
  found.push({
    title: 'Installed',
    head: ['', 'bytes', 'files'],
    rows: [
      ['the package', ...size(results.installation.package)],
      ['the package, if it had the event log alone', ...size(results.installation.eventLogOnly)],
      ['`ws`, which it needs', ...size(results.installation.ws)],
    ],
  });
  return found;
};

/**
 * The tables for a terminal.
 * @param {any} results
 */
export const table = (results) => {
  const lines = [];
  for (const { title, head, rows } of sections(results)) {
    const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
    const line = (/** @type {string[]} */ row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
    lines.push(title, line(head), ...rows.map(line), '');
  }
  for (const { text, met, measured } of results.goals) lines.push(`${met ? 'met   ' : 'MISSED'}  ${text}: ${measured}`);
  return lines.join('\n');
};

/**
 * The goals with what was measured.
 * @param {any} results
 */
export const goals = (results) => {
  /** @type {{ text: string, goal: number, measured: string, met: boolean }[]} */
  const found = [];
  const add = (/** @type {string} */ text, /** @type {number} */ goal, /** @type {number} */ value, unit = '') =>
    found.push({ text: `${text} ≤ ${goal}${unit}`, goal, measured: `${value.toFixed(2)}${unit}`, met: value <= goal });
  for (const [runtime, measured] of Object.entries(results.runtimes)) {
    for (const row of /** @type {any[]} */ (measured)) {
      const wanted = /** @type {any} */ (ROWS.find(({ name }) => name === row.name)?.goals)?.[runtime] ?? {};
      for (const what of ['cpu', 'wall']) {
        if (what in wanted) add(`${runtime}, ${row.name}, ${what === 'cpu' ? 'CPU' : what}`, wanted[what], row[what].ratio.median);
      }
    }
  }
  if (results.pending) {
    const { pending, startUp, importCost, sizes, installation } = results;
    const together = (/** @type {string} */ what) => (installation[what].bytes + installation.ws.bytes) / 1000;
    add('bytes a pending call, ratio', 0.8, pending.package.bytes.median / pending.floor.bytes.median);
    add('a reply with an unknown id', 10, pending.package.stranger.median, ' µs');
    add('import until the first reply, more than `ws`', 10, startUp.package.replied.median - startUp.floor.replied.median, ' ms');
    add(`import, for the ${importCost.modules} modules beside the event log`, 3, importCost.cost.median, ' ms');
    add('download with the event log alone', 40, sizes.eventLog / 1000, ' KB');
    add('download with everything', 90, sizes.everything / 1000, ' KB');
    add('installed, with `ws`, all modules', 600, together('package'), ' KB');
    add('installed, with `ws`, the event log alone', 600, together('eventLogOnly'), ' KB');
  }
  return found;
};
