/**
 * The entry `codebolt-wasm/tools`: the tools of the default instance, those of any other, and what tools are made of. The build
 * makes one file a runtime of it, each with the instance of that runtime's entry.
 */
import codebolt from './browser.js';
import { sessionOf } from './core.js';
import { ToolRegistry, toolsOf } from './toolbox.js';

export { BaseDeclarativeTool, BaseToolInvocation, DeclarativeTool, Kind, ToolConfirmationOutcome, ToolErrorType, ToolRegistry, isTool } from './toolbox.js';

/** @param {any} instance @returns {import('./tools.d.ts').Tools} */
export const toolsFor = (instance) => toolsOf(sessionOf(instance) ?? instance, instance);

const tools = /* @__PURE__ */ toolsFor(codebolt);

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
