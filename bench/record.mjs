/** Puts a run into docs/performance.md, between its two marks, and draws its chart. */
import { readFile, writeFile } from 'node:fs/promises';
import { chart } from './chart.mjs';
import { sections } from './report.mjs';

const page = new URL('../docs/performance.md', import.meta.url);
const START = '<!-- the last run: written by cargo xtask bench --record -->';
const END = '<!-- end of the last run -->';

/** @param {any} results */
export const record = async (results) => {
  const text = await readFile(page, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start) throw new Error(`docs/performance.md lacks the marks ${START} and ${END}`);
  await writeFile(page, `${text.slice(0, start)}${START}\n\n${markdown(results)}\n${text.slice(end)}`);
  await writeFile(new URL('../docs/performance.svg', import.meta.url), chart(results));
  console.log('Recorded in docs/performance.md and docs/performance.svg');
};

/** @param {any} results */
const markdown = (results) => {
  const lines = [
    `${results.date.slice(0, 10)} on ${results.machine} (load ${results.load.toFixed(1)} at the start); Node ${results.node}, Chromium ${results.chromium}; ` +
      `medians of ${results.rounds} rounds, in brackets the smallest and the largest.`,
    '',
    '![CPU time a call, as a ratio to the floor](performance.svg)',
  ];
  for (const { title, head, rows } of sections(results)) {
    lines.push('', `### ${title}`, '');
    lines.push(`| ${head.join(' | ')} |`, `|${head.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`);
    for (const row of rows) lines.push(`| ${row.join(' | ')} |`);
  }
  lines.push('', '### Goals', '', '| goal | measured | |', '|---|---:|---|');
  for (const { text, measured, met } of results.goals) lines.push(`| ${text} | ${measured} | ${met ? 'met' : '**missed**'} |`);
  return `${lines.join('\n')}\n`;
};
