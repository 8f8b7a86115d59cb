/**
 * The tools for models, and what such are made of. It needs nothing of the other files, so that Node, and a page, load it when a
 * tool is first asked for.
 */
export { toolsOf } from './tools/all.js';
export { BaseDeclarativeTool, BaseToolInvocation, DeclarativeTool, isTool } from './tools/framework.js';
export { Kind, ToolConfirmationOutcome, ToolErrorType } from './tools/kinds.js';
export { ToolRegistry } from './tools/registry.js';
