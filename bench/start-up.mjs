/** How long a fresh Node takes from the import to the first reply. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spread } from './statistics.mjs';

const run = promisify(execFile);
const KINDS = /** @type {const} */ (['floor', 'package']);

/**
 * @param {string} url
 * @param {number} rounds
 */
export const measureStartUp = async (url, rounds) => {
  /** @type {Record<string, { imported: number[], usable: number[], replied: number[] }>} */
  const times = Object.fromEntries(KINDS.map((kind) => [kind, { imported: [], usable: [], replied: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
      const program = fileURLToPath(new URL(`start-up/${kind}.mjs`, import.meta.url));
      const { stdout } = await run(process.execPath, [program, url]);
      const measured = JSON.parse(stdout);
      for (const name of /** @type {const} */ (['imported', 'usable', 'replied'])) times[kind][name].push(measured[name]);
    }
  }
  const summary = (/** @type {string} */ kind) =>
    Object.fromEntries(Object.entries(times[kind]).map(([name, values]) => [name, spread(values)]));
  return { floor: summary('floor'), package: summary('package') };
};
