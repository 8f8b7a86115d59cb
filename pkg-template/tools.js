/** The entry `codebolt-wasm/tools`: the tools of the default instance, those of any other, and what tools are made of. */
import codebolt from '#instance';
import { ToolRegistry, toolsFor } from './toolbox.js';

export * from './toolbox.js';

/** @type {import('./tools.d.ts').Tools} */
const tools = /* @__PURE__ */ toolsFor(/** @type {any} */ (codebolt));

export const { getAllTools, getRegistry, getToolSchemas, getFunctionCallSchemas, getToolNames, getTool, hasTool, executeTool } = tools;
export const allTools = /* @__PURE__ */ getAllTools();
export const fileTools = tools.file;
export const searchTools = tools.search;
export const terminalTools = tools.terminal;
export const threadTools = tools.thread;
export const orchestratorTools = tools.orchestrator;
export const planningTools = tools.planning;
export const jobTools = tools.job;
export const actionBlockTools = tools.actionBlock;
export const actionPlanTools = tools.actionPlan;
export const requirementPlanTools = tools.requirementPlan;
export const completionTools = tools.completion;

/** For tools of one's own: empty at first. */
export const defaultRegistry = /* @__PURE__ */ new ToolRegistry();

export default tools;
