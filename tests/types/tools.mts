// Programs that use the tools for models.

import codebolt, { Codebolt } from 'codebolt-wasm';
import tools, {
  BaseDeclarativeTool,
  BaseToolInvocation,
  Kind,
  ToolErrorType,
  executeTool,
  getRegistry,
  getToolSchemas,
  isTool,
  toolsFor,
} from 'codebolt-wasm/tools';
import type { OpenAIToolSchema, ReadFileToolParams, ToolName, ToolParametersByName, ToolResult, Tools } from 'codebolt-wasm/tools';

export const read = async (): Promise<string> => {
  const params: ReadFileToolParams = { absolute_path: '/a', limit: 5 };
  const { llmContent, error } = await executeTool('read_file', params);
  if (error) return `${error.message} ${error.type === ToolErrorType.FILE_NOT_FOUND}`;
  return typeof llmContent === 'string' ? llmContent : '';
};

// A model's own words are taken, too.
export const called = (name: string, params: object, signal: AbortSignal): Promise<ToolResult> => tools.executeTool(name, params, signal);

const job: ToolParametersByName['job_create'] = { group_id: 'G', name: 'n', type: 'bug', priority: 3 };
// @ts-expect-error there is no such kind of job
job.type = 'wish';
// @ts-expect-error there is no such tool
const name: ToolName = 'read_files';
export const all = [job, name];

// By an instance.
const own: Tools = toolsFor(new Codebolt({ host: 'localhost', port: 1 }));
export const lists: OpenAIToolSchema[] = [...getToolSchemas(), ...own.getToolSchemas(), ...own.file.map((tool) => tool.schema)];

// Of one's own.
class Clock extends BaseDeclarativeTool<{ zone: string }, ToolResult> {
  constructor() {
    super('clock', 'Clock', 'Tells the time.', Kind.Other, { properties: { zone: { type: 'string' } }, required: ['zone'] });
  }

  protected override validateToolParamValues({ zone }: { zone: string }): string | null {
    return zone === '' ? 'no zone' : null;
  }

  protected createInvocation(params: { zone: string }): ClockInvocation {
    return new ClockInvocation(params);
  }
}

class ClockInvocation extends BaseToolInvocation<{ zone: string }, ToolResult> {
  async execute(signal: AbortSignal): Promise<ToolResult> {
    return { llmContent: this.params.zone, returnDisplay: `${signal.aborted}` };
  }
}

getRegistry().registerTool(new Clock());
export const clock = (value: unknown): string => (isTool(value) ? value.name : '');

// What the toolbox `codebolt` answers.
export const listed = async (): Promise<string[]> => {
  const { data } = await codebolt.mcp.listMcpFromServers(['codebolt']);
  const { tools: others } = await codebolt.mcp.getMcpTools();
  return [...(data?.tools ?? []), ...(others ?? [])].map((tool) => tool.function.name);
};
