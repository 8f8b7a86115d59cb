// CommonJS in TypeScript: the tools as agents for the reference take them.

import tools = require('codebolt-wasm/tools');

const { executeTool, BaseToolInvocation } = tools;

class Invocation extends BaseToolInvocation<{ a: number }, tools.ToolResult> {
  async execute(): Promise<tools.ToolResult> {
    return { llmContent: `${this.params.a}`, returnDisplay: '' };
  }
}

export const invocation = new Invocation({ a: 1 });
export const names: string[] = tools.default.getToolNames();
export const read = (): Promise<tools.ToolResult> => executeTool('read_file', { absolute_path: '/a' });
export const same: tools.Tools = tools.default;
