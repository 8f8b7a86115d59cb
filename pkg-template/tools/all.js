/** All tools, for one connection of the SDK. */
import { ToolRegistry } from './registry.js';
import { RowTool } from './row.js';
import { families } from './table.js';

/** @type {WeakMap<object, any>} */
const known = /* @__PURE__ */ new WeakMap();

/**
 * The tools of one connection: the same for all who ask with the same key, so that what one registers the others have.
 * @param {object} key
 * @param {import('../tools.d.ts').ToolsSdk} sdk what the tools call
 */
export const toolsOf = (key, sdk) => {
  let tools = known.get(key);
  if (!tools) known.set(key, (tools = made(sdk)));
  return tools;
};

/** @param {import('../tools.d.ts').ToolsSdk} sdk */
const made = (sdk) => {
  const registry = new ToolRegistry();
  /** @type {any[]} */
  const all = [];
  /** @type {Record<string, any[]>} */
  const categories = {};
  for (const { category, explains, shared, tools } of families) {
    for (const row of tools) {
      const tool = new RowTool({ ...shared, explains, ...row }, sdk);
      all.push(tool);
      (categories[category] ??= []).push(tool);
    }
  }
  registry.registerTools(all);
  return {
    getAllTools: () => all,
    getRegistry: () => registry,
    getToolSchemas: () => registry.getToolSchemas(),
    getFunctionCallSchemas: () => registry.getFunctionCallSchemas(),
    getToolNames: () => registry.getToolNames(),
    getTool: (/** @type {string} */ name) => registry.getTool(name),
    hasTool: (/** @type {string} */ name) => registry.hasTool(name),
    executeTool: (
      /** @type {string} */ name,
      /** @type {any} */ params,
      /** @type {AbortSignal | undefined} */ signal,
      /** @type {((output: string) => void) | undefined} */ updateOutput,
      /** @type {{ timeout?: number } | undefined} */ options,
    ) => registry.executeTool(name, params, signal, updateOutput, options),
    ...categories,
  };
};
