/** `memory` in memory: entries in three formats. */
import { copied, numbered, refused } from './store.js';

/** @typedef {{ memoryId: string, format: string, metadata?: any, [value: string]: any }} Entry */

/** Where an entry holds a feature that a list is filtered by. @param {Entry} entry @param {[string, unknown]} feature */
const has = (entry, [name, wanted]) => [entry[entry.format], entry.metadata, entry].some((part) => part?.[name] !== undefined && JSON.stringify(part[name]) === JSON.stringify(wanted));

/** @returns {import('./store.js').Operations} */
export const memory = () => {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const nextId = numbered('memory');

  /** @param {string} memoryId @param {string} format @param {(entry: Entry) => any} work */
  const within = (memoryId, format, work) => {
    const entry = entries.get(memoryId);
    if (entry?.format === format) return { success: true, memoryId, ...work(entry) };
    return refused(`memory.${format}: there is no entry '${memoryId}'`);
  };

  /** @param {string} format @returns {import('./store.js').Operations} */
  const operations = (format) => ({
    [`memory.${format}.save`]: (params) => {
      const memoryId = nextId();
      const entry = { memoryId, format, [format]: copied(params[format]), ...(params.metadata && { metadata: copied(params.metadata) }) };
      entries.set(memoryId, entry);
      return { success: true, memoryId, data: copied(entry) };
    },
    [`memory.${format}.update`]: ({ memoryId, metadata, ...params }) =>
      within(memoryId, format, (entry) => {
        entry[format] = copied(params[format]);
        if (metadata !== undefined) entry.metadata = copied(metadata);
        return { data: copied(entry) };
      }),
    [`memory.${format}.delete`]: ({ memoryId }) => within(memoryId, format, () => void entries.delete(memoryId)),
    [`memory.${format}.list`]: ({ filters = {} }) => ({
      success: true,
      items: copied([...entries.values()].filter((entry) => entry.format === format && Object.entries(filters).every((feature) => has(entry, feature)))),
    }),
  });
  return { ...operations('json'), ...operations('todo'), ...operations('markdown') };
};
