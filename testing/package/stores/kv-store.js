/** `kvStore` in memory, as its definitions and the public pages describe it. */
import { copied, now, numbered, refused } from './store.js';

/**
 * @typedef {{ id: string, name: string, description?: string, createdAt: string, updatedAt: string }} Instance
 * @typedef {{ id: string, instanceId: string, namespace: string, key: string, value: any, createdAt: string, updatedAt: string }} Entry
 */

/** How two values compare; `undefined` where they do not. @param {any} a @param {any} b */
const order = (a, b) => (typeof a === typeof b && (typeof a === 'number' || typeof a === 'string') ? Math.sign(a < b ? -1 : Number(a > b)) : undefined);
/** @param {unknown} a @param {unknown} b */
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @type {Record<string, (found: any, wanted: any) => boolean>} */
const OPERATORS = {
  eq: equal,
  neq: (found, wanted) => !equal(found, wanted),
  gt: (found, wanted) => order(found, wanted) === 1,
  gte: (found, wanted) => (order(found, wanted) ?? -1) >= 0,
  lt: (found, wanted) => order(found, wanted) === -1,
  lte: (found, wanted) => (order(found, wanted) ?? 1) <= 0,
  contains: (found, wanted) => (typeof found === 'string' ? found.includes(wanted) : Array.isArray(found) && found.some((one) => equal(one, wanted))),
  startsWith: (found, wanted) => typeof found === 'string' && found.startsWith(wanted),
  endsWith: (found, wanted) => typeof found === 'string' && found.endsWith(wanted),
};

/** @param {Entry} entry @param {string} field such as `key` or `value.role` */
const read = (entry, field) => field.split('.').reduce((at, name) => at?.[name], /** @type {any} */ (entry));

/** @param {Entry} entry @param {string[] | undefined} fields */
const selected = (entry, fields) => {
  if (fields === undefined || fields.length === 0) return entry;
  /** @type {any} */
  const some = {};
  for (const field of fields) {
    const names = field.split('.');
    const last = /** @type {string} */ (names.pop());
    const parent = names.reduce((at, name) => (at[name] ??= {}), some);
    parent[last] = read(entry, field);
  }
  return some;
};

/** @returns {import('./store.js').Operations} */
export const kvStore = () => {
  /** @type {Map<string, Instance>} */
  const instances = new Map();
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const instanceId = numbered('kv-instance');
  const recordId = numbered('kv-record');

  /** By its id, else by its name, which callers use too. @param {string} id */
  const find = (id) => instances.get(id) ?? [...instances.values()].find(({ name }) => name === id);
  /** @param {string} name @param {string} [description] */
  const create = (name, description) => {
    const instance = { id: instanceId(), name, ...(description !== undefined && { description }), createdAt: now(), updatedAt: now() };
    instances.set(instance.id, instance);
    return instance;
  };
  const keyOf = (/** @type {any} */ ...parts) => JSON.stringify(parts);
  const of = (/** @type {Instance} */ { id }, /** @type {string | undefined} */ namespace) => [...entries.values()].filter((entry) => entry.instanceId === id && (namespace === undefined || entry.namespace === namespace));
  /** @param {string} id @param {(instance: Instance) => any} work */
  const within = (id, work) => {
    const instance = find(id);
    return instance ? { success: true, data: copied(work(instance)) } : refused(`kvStore: there is no instance '${id}'; create it with createInstance, or set with autoCreateInstance`);
  };

  return {
    'kvStore.createInstance': ({ name, description }) => (typeof name === 'string' && name !== '' ? { success: true, data: { instance: copied(create(name, description)) } } : refused('kvStore.createInstance: the name is missing')),
    'kvStore.getInstance': ({ instanceId: id }) => within(id, (instance) => ({ instance })),
    'kvStore.listInstances': () => ({ success: true, data: { instances: copied([...instances.values()]) } }),
    'kvStore.updateInstance': ({ instanceId: id, updates = {} }) =>
      within(id, (instance) => {
        for (const name of /** @type {const} */ (['name', 'description'])) if (updates[name] !== undefined) instance[name] = updates[name];
        instance.updatedAt = now();
        return { instance };
      }),
    'kvStore.deleteInstance': ({ instanceId: id }) =>
      within(id, (instance) => {
        for (const entry of of(instance, undefined)) entries.delete(keyOf(instance.id, entry.namespace, entry.key));
        return { deleted: instances.delete(instance.id) };
      }),
    'kvStore.get': ({ instanceId: id, namespace, key }) =>
      within(id, (instance) => {
        const entry = entries.get(keyOf(instance.id, namespace, key));
        return { value: entry?.value ?? null, exists: entry !== undefined };
      }),
    'kvStore.set': ({ instanceId: id, namespace, key, value, autoCreateInstance }) => {
      if (autoCreateInstance && !find(id)) create(id);
      return within(id, (instance) => {
        const entryKey = keyOf(instance.id, namespace, key);
        const earlier = entries.get(entryKey);
        const record = { id: earlier?.id ?? recordId(), instanceId: instance.id, namespace, key, value, createdAt: earlier?.createdAt ?? now(), updatedAt: now() };
        entries.set(entryKey, record);
        return { record };
      });
    },
    'kvStore.delete': ({ instanceId: id, namespace, key }) => within(id, (instance) => ({ deleted: entries.delete(keyOf(instance.id, namespace, key)) })),
    'kvStore.deleteNamespace': ({ instanceId: id, namespace }) => within(id, (instance) => ({ deletedCount: of(instance, namespace).filter((entry) => entries.delete(keyOf(instance.id, namespace, entry.key))).length })),
    'kvStore.getNamespaces': ({ instanceId: id }) => within(id, (instance) => ({ namespaces: [...new Set(of(instance, undefined).map(({ namespace }) => namespace))] })),
    'kvStore.getRecordCount': ({ instanceId: id, namespace }) => within(id, (instance) => ({ count: of(instance, namespace).length })),
    'kvStore.query': ({ query = {} }) => {
      const { from, where = [], select, orderBy, limit, offset } = query;
      const unknown = where.find((/** @type {any} */ { operator }) => !Object.hasOwn(OPERATORS, operator));
      if (unknown) return refused(`kvStore.query: there is no operator '${unknown.operator}'; there are ${Object.keys(OPERATORS).join(', ')}`);
      return within(from?.instance, (instance) => {
        const found = of(instance, from.namespace).filter((entry) => where.every((/** @type {any} */ { field, operator, value }) => OPERATORS[operator](read(entry, field), value)));
        for (const { field, direction } of [orderBy ?? []].flat().reverse()) found.sort((a, b) => (order(read(a, field), read(b, field)) ?? 0) * (direction === 'desc' ? -1 : 1));
        const page = found.slice(offset ?? 0, limit === undefined ? undefined : (offset ?? 0) + limit);
        return { result: { records: page.map((entry) => selected(entry, select)), total: found.length, ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) } };
      });
    },
  };
};
