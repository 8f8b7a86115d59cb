/** What the modules beside the event log cost an import: that of the package, less that of one which has the event log alone. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { spread } from './statistics.mjs';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('start-up/import.mjs', import.meta.url));

/** The file that an import in Node loads. @param {string} folder of a package */
const entryOf = async (folder) => {
  const { exports } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  return pathToFileURL(path.join(folder, exports['.'].node.import.default)).href;
};

/**
 * @param {string} whole the package's folder
 * @param {string} eventLogOnly the other's
 * @param {number} rounds
 */
export const measureImportCost = async (whole, eventLogOnly, rounds) => {
  const entries = { whole: await entryOf(whole), eventLogOnly: await entryOf(eventLogOnly) };
  /** @param {keyof typeof entries} kind */
  const measure = async (kind) => JSON.parse((await run(process.execPath, [PROGRAM, entries[kind]])).stdout);
  /** @type {number[]} */
  const costs = [];
  let modules = 0;
  for (let round = 0; round < rounds; round += 1) {
    /** @type {Record<string, { imported: number, modules: number }>} */
    const measured = {};
    for (const kind of /** @type {(keyof typeof entries)[]} */ (round % 2 === 0 ? ['whole', 'eventLogOnly'] : ['eventLogOnly', 'whole'])) {
      measured[kind] = await measure(kind);
    }
    modules = measured.whole.modules - measured.eventLogOnly.modules;
    if (modules < 50) {
      throw new Error(`compared were ${measured.whole.modules} modules with ${measured.eventLogOnly.modules}`);
    }
    // Round by round, so that what disturbs the machine for a while disturbs both.
    costs.push(measured.whole.imported - measured.eventLogOnly.imported);
  }
  return { modules, cost: spread(costs) };
};
