/** Writes the present download sizes as the budget. */
import { writeFileSync } from 'node:fs';
import { measureSizes } from './sizes.mjs';

const { wasm, eventLog, everything } = await measureSizes();
const budget = { wasm, eventLog, everything };
writeFileSync(new URL('size-budget.json', import.meta.url), `${JSON.stringify(budget, null, 2)}\n`);
console.log(budget);
