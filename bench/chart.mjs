/** The chart of a run: CPU time a call, as a ratio to the floor. */

const LEFT = 290;
const WIDTH = 460;
const LINE = 34;
const TOP = 64;
const COLOURS = /** @type {Record<string, string>} */ ({ node: '#2f7d5b', chromium: '#3b6fb6' });

/** @param {any} results */
export const chart = (results) => {
  const runtimes = Object.keys(results.runtimes);
  const names = results.runtimes[runtimes[0]].map((/** @type {any} */ { name }) => name);
  const ratios = runtimes.map((runtime) => results.runtimes[runtime].map((/** @type {any} */ { cpu }) => cpu.ratio.median));
  const largest = Math.max(1.2, ...ratios.flat());
  const x = (/** @type {number} */ ratio) => LEFT + (ratio / largest) * WIDTH;
  const height = TOP + names.length * LINE + 24;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 60} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="CPU time a call as a ratio to the floor">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    '<text x="16" y="24" font-size="15" font-weight="600" fill="#1c2126">CPU time a call, as a ratio to the hand-written client; shorter is faster</text>',
  ];
  runtimes.forEach((runtime, column) => {
    const at = LEFT + column * 110;
    parts.push(`<rect x="${at}" y="36" width="12" height="12" fill="${COLOURS[runtime]}"/>`);
    parts.push(`<text x="${at + 18}" y="47" fill="#1c2126">${runtime === 'node' ? 'Node' : 'Chromium'}</text>`);
  });
  names.forEach((/** @type {string} */ name, /** @type {number} */ row) => {
    const y = TOP + row * LINE;
    parts.push(`<text x="${LEFT - 10}" y="${y + 17}" text-anchor="end" fill="#1c2126">${name}</text>`);
    runtimes.forEach((runtime, column) => {
      const ratio = ratios[column][row];
      const top = y + column * 13;
      parts.push(`<rect x="${LEFT}" y="${top}" width="${(x(ratio) - LEFT).toFixed(1)}" height="11" fill="${COLOURS[runtime]}"/>`);
      parts.push(`<text x="${(x(ratio) + 5).toFixed(1)}" y="${top + 10}" font-size="11" fill="#1c2126">${ratio.toFixed(2)}</text>`);
    });
  });
  const one = x(1).toFixed(1);
  parts.push(`<line x1="${one}" x2="${one}" y1="${TOP - 6}" y2="${height - 20}" stroke="#8a2f2f" stroke-dasharray="4 3"/>`);
  parts.push(`<text x="${one}" y="${height - 6}" text-anchor="middle" font-size="11" fill="#8a2f2f">the floor</text>`, '</svg>');
  return `${parts.join('\n')}\n`;
};
