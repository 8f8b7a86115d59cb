// CommonJS gets what ECMAScript modules get. Each name stands here, since programs that read this file without running it
// know the exports by it.
Object.defineProperty(exports, '__esModule', { value: true });
const tools = require('./tools.js');

exports.default = tools.default;
exports.toolsFor = tools.toolsFor;
exports.getAllTools = tools.getAllTools;
exports.getRegistry = tools.getRegistry;
exports.getToolSchemas = tools.getToolSchemas;
exports.getFunctionCallSchemas = tools.getFunctionCallSchemas;
exports.getToolNames = tools.getToolNames;
exports.getTool = tools.getTool;
exports.hasTool = tools.hasTool;
exports.executeTool = tools.executeTool;
exports.allTools = tools.allTools;
exports.fileTools = tools.fileTools;
exports.searchTools = tools.searchTools;
exports.terminalTools = tools.terminalTools;
exports.threadTools = tools.threadTools;
exports.orchestratorTools = tools.orchestratorTools;
exports.planningTools = tools.planningTools;
exports.jobTools = tools.jobTools;
exports.actionBlockTools = tools.actionBlockTools;
exports.actionPlanTools = tools.actionPlanTools;
exports.requirementPlanTools = tools.requirementPlanTools;
exports.completionTools = tools.completionTools;
exports.defaultRegistry = tools.defaultRegistry;
exports.ToolRegistry = tools.ToolRegistry;
exports.BaseDeclarativeTool = tools.BaseDeclarativeTool;
exports.BaseToolInvocation = tools.BaseToolInvocation;
exports.DeclarativeTool = tools.DeclarativeTool;
exports.isTool = tools.isTool;
exports.Kind = tools.Kind;
exports.ToolConfirmationOutcome = tools.ToolConfirmationOutcome;
exports.ToolErrorType = tools.ToolErrorType;
