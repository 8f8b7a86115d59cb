/** kvStore, memory and todo as an agent uses them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestHost } from 'codebolt-wasm-testing';

/** @param {import('node:test').TestContext} t */
const started = async (t) => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  t.after(() => Promise.all([codebolt.close(), host.close()]));
  return /** @type {any} */ (codebolt);
};

test('kvStore keeps values under keys in namespaces, and queries them', async (t) => {
  const { kvStore } = await started(t);
  const { instance } = (await kvStore.createInstance('users', 'all of them')).data;
  assert.deepEqual((await kvStore.getInstance(instance.id)).data.instance, instance);
  for (const [key, age, role] of [['ann', 30, 'admin'], ['bob', 20, 'user'], ['cy', 40, 'admin']]) await kvStore.set(instance.id, 'people', key, { age, role });
  await kvStore.set(instance.id, 'other', 'x', 1);
  assert.deepEqual((await kvStore.get(instance.id, 'people', 'bob')).data, { value: { age: 20, role: 'user' }, exists: true });
  assert.deepEqual((await kvStore.get(instance.id, 'people', 'dee')).data, { value: null, exists: false });
  const query = { from: { instance: instance.id, namespace: 'people' }, where: [{ field: 'value.role', operator: 'eq', value: 'admin' }], orderBy: { field: 'value.age', direction: 'desc' } };
  const all = (await kvStore.query(query)).data.result;
  assert.deepEqual([all.total, all.records.map((/** @type {any} */ one) => one.key)], [2, ['cy', 'ann']]);
  const page = (await kvStore.query({ ...query, select: ['key', 'value.age'], limit: 1, offset: 1 })).data.result;
  assert.deepEqual(page, { records: [{ key: 'ann', value: { age: 30 } }], total: 2, limit: 1, offset: 1 });
  assert.deepEqual((await kvStore.getNamespaces(instance.id)).data.namespaces, ['people', 'other']);
  assert.equal((await kvStore.getRecordCount(instance.id, 'people')).data.count, 3);
  const { record } = (await kvStore.set(instance.id, 'people', 'ann', 1)).data;
  assert.deepEqual([record.key, record.value, (await kvStore.getRecordCount(instance.id)).data.count], ['ann', 1, 4]);
  assert.deepEqual([(await kvStore.delete(instance.id, 'people', 'ann')).data.deleted, (await kvStore.delete(instance.id, 'people', 'ann')).data.deleted], [true, false]);
  assert.equal((await kvStore.deleteNamespace(instance.id, 'people')).data.deletedCount, 2);
  assert.equal((await kvStore.updateInstance(instance.id, { name: 'renamed' })).data.instance.name, 'renamed');
  assert.equal((await kvStore.deleteInstance(instance.id)).data.deleted, true);
  assert.deepEqual((await kvStore.listInstances()).data.instances, []);
});

test('kvStore refuses what is not there, and makes a store on demand only when asked', async (t) => {
  const { kvStore } = await started(t);
  assert.match((await kvStore.get('none', 'a', 'b')).error, /no instance 'none'/);
  assert.equal((await kvStore.set('mine', 'a', 'b', 1)).success, false);
  assert.equal((await kvStore.set('mine', 'a', 'b', 1, true)).success, true);
  assert.equal((await kvStore.get('mine', 'a', 'b')).data.value, 1);
  assert.match((await kvStore.query({ from: { instance: 'mine' }, where: [{ field: 'key', operator: 'like', value: 'x' }] })).error, /no operator 'like'/);
});

test('memory keeps entries of three formats apart, and filters them', async (t) => {
  const { memory } = await started(t);
  const { memoryId } = await memory.json.save({ userId: '1', theme: 'dark' });
  await memory.json.save({ userId: '2' });
  await memory.markdown.save('# a', { category: 'notes' });
  await memory.todo.save({ title: 'write' });
  assert.deepEqual((await memory.json.list({ userId: '1' })).items.map((/** @type {any} */ one) => one.json), [{ userId: '1', theme: 'dark' }]);
  assert.deepEqual((await memory.markdown.list({ category: 'notes' })).items.map((/** @type {any} */ one) => one.markdown), ['# a']);
  assert.equal((await memory.todo.list()).items.length, 1);
  await memory.json.update(memoryId, { userId: '3' });
  assert.equal((await memory.json.list({ userId: '3' })).items.length, 1);
  assert.match((await memory.markdown.update(memoryId, 'x')).error, /no entry/);
  assert.equal((await memory.json.delete(memoryId)).success, true);
  assert.equal((await memory.json.delete(memoryId)).success, false);
});

test('todo adds, changes and lists', async (t) => {
  const { todo } = await started(t);
  const { todo: first } = await todo.addTodo({ title: 'one', tags: ['a'] });
  await todo.addTodo({ title: 'two', priority: 'high' });
  assert.deepEqual([first.status, first.priority, first.tags], ['pending', 'medium', ['a']]);
  assert.equal((await todo.updateTodo({ id: first.id, status: 'completed' })).todo.status, 'completed');
  assert.deepEqual((await todo.getAllIncompleteTodos()).todos.map((/** @type {any} */ one) => one.title), ['two']);
  assert.deepEqual((await todo.getTodoList()).todoList.todos.length, 2);
  assert.match((await todo.updateTodo({ id: 'no' })).error, /no todo 'no'/);
});

test('each host has stores of its own, and a handler takes precedence', async (t) => {
  const a = await started(t);
  const host = await TestHost.start();
  const b = /** @type {any} */ (host.connect());
  t.after(() => Promise.all([b.close(), host.close()]));
  await a.todo.addTodo({ title: 'x' });
  assert.equal((await b.todo.getAllIncompleteTodos()).todos.length, 0);
  host.on('todo.getAllIncompleteTodos', { success: false, error: 'closed' });
  assert.equal((await b.todo.getAllIncompleteTodos()).error, 'closed');
});
