/** A run as text that a snapshot can hold. */
import { Stable } from './stable.js';

/**
 * @param {import('./traffic.js').Entry[]} entries
 * @param {import('./index.d.ts').TranscriptOptions} [options]
 */
export const transcriptOf = (entries, { only, replies = true } = {}) => {
  const stable = new Stable();
  const many = new Set(entries.map(({ connection }) => connection)).size > 1;
  /** Which request an id is of, for its reply. @type {Map<string, string>} */
  const asked = new Map();
  const lines = entries.flatMap(({ from, frame, connection, method }) => {
    const { type, requestId, timestamp: _, ...rest } = frame;
    if (from === 'agent' && requestId !== undefined) asked.set(requestId, method ?? type);
    const name = from === 'agent' ? method ?? type : asked.get(requestId) ?? type;
    const wanted = (only === undefined || only.includes(name) || only.includes(type)) && (replies || from === 'agent' || !asked.has(requestId));
    if (!wanted) return [];
    const { action: __, ...body } = rest;
    const shown = JSON.stringify(stable.of(from === 'agent' ? body : rest));
    return [`${many ? `${connection.number} ` : ''}${from === 'agent' ? '→' : '←'} ${name}${shown === '{}' ? '' : ` ${shown}`}`];
  });
  return lines.join('\n');
};
