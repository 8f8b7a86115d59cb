/** `todo` in memory. The SDK deletes no todos; exports and imports are left to the test, for nobody says what their text looks like. */
import { copied, now, numbered, refused } from './store.js';

/** @returns {import('./store.js').Operations} */
export const todo = () => {
  /** @type {Map<string, any>} */
  const todos = new Map();
  const nextId = numbered('todo');
  const createdAt = now();

  return {
    'todo.addTodo': ({ params = {} }) => {
      if (typeof params.title !== 'string' || params.title === '') return refused('todo.addTodo: the title is missing');
      const added = { id: nextId(), title: params.title, status: 'pending', priority: params.priority ?? 'medium', tags: params.tags ?? [], createdAt: now(), updatedAt: now() };
      todos.set(added.id, added);
      // The types have it at the top, the public pages in `data`.
      return copied({ success: true, id: added.id, todo: added, data: { todo: added } });
    },
    'todo.updateTodo': ({ params = {} }) => {
      const found = todos.get(params.id);
      if (!found) return refused(`todo.updateTodo: there is no todo '${params.id}'`);
      for (const name of ['title', 'status', 'priority', 'tags']) if (params[name] !== undefined) found[name] = params[name];
      found.updatedAt = now();
      return copied({ success: true, todo: found, data: { todo: found } });
    },
    'todo.getTodoList': () => {
      const all = [...todos.values()];
      const list = { id: 'todo-list-1', name: 'Todos', todos: all, createdAt, updatedAt: all.map(({ updatedAt }) => updatedAt).sort().at(-1) ?? createdAt };
      return copied({ success: true, todoList: list, lists: [list], data: { todos: all, count: all.length } });
    },
    'todo.getAllIncompleteTodos': () => {
      const open = [...todos.values()].filter(({ status }) => status !== 'completed');
      return copied({ success: true, todos: open, data: { todos: open, count: open.length } });
    },
  };
};
