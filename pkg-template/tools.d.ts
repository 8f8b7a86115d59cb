/**
 * Tools for models: functions that a model can call, each with a JSON Schema of its parameters, which work through an
 * instance of the SDK. `codebolt.mcp` answers the toolbox `codebolt` from the same tools.
 *
 * @example
 * import { executeTool, getToolSchemas } from 'codebolt-wasm/tools';
 *
 * const tools = getToolSchemas();                       // for the request to the model
 * const result = await executeTool('read_file', { absolute_path: '/app/README.md' });
 * if (result.error) console.error(result.error.type);   // 'file_not_found'
 * else console.log(result.llmContent);                  // for the model's next turn
 */
import type { CodeboltModules } from './modules/index.d.ts';

/** What the tools call of an instance; an instance has it. */
export type ToolsSdk = Pick<
  CodeboltModules,
  'actionBlock' | 'actionPlan' | 'chat' | 'codebaseSearch' | 'fs' | 'job' | 'orchestrator' | 'requirementPlan' | 'roadmap' | 'terminal' | 'thread'
>;

/** A JSON Schema, as far as tools use it. */
export interface ToolSchema {
  type?: string;
  description?: string;
  enum?: unknown[];
  items?: ToolSchema;
  properties?: Record<string, ToolSchema>;
  required?: string[];
  additionalProperties?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

/** The schema of all parameters of a tool. */
export interface ToolParametersSchema extends ToolSchema {
  type: 'object';
  properties: Record<string, ToolSchema>;
  required: string[];
  additionalProperties: boolean;
}

/** A function as models take it. */
export interface OpenAIFunctionCall {
  name: string;
  description: string;
  parameters: ToolParametersSchema;
}

/** A tool as models of the OpenAI kind take it. */
export interface OpenAIToolSchema {
  type: 'function';
  function: OpenAIFunctionCall;
}

/** A tool as Google's models take it: the schema as the tool declares it. */
export interface FunctionDeclaration {
  name: string;
  description: string;
  parameters?: ToolSchema;
}

/** A piece of what a model reads. */
export interface Part {
  text?: string;
  inlineData?: { mimeType: string; data: string };
}

/** What a model reads. */
export type PartListUnion = string | Part | (string | Part)[];

/** What became of a file, for people. `fileDiff` lists the lines that differ, by their number; it is not a patch. */
export interface FileDiff {
  fileDiff: string;
  fileName: string;
  originalContent: string | null;
  newContent: string;
  diffStat?: DiffStat;
}

/** How much of a file changed, and by whom. */
export interface DiffStat {
  model_added_lines: number;
  model_removed_lines: number;
  model_added_chars: number;
  model_removed_chars: number;
  user_added_lines: number;
  user_removed_lines: number;
  user_added_chars: number;
  user_removed_chars: number;
}

/** What the user is shown of a result. */
export type ToolResultDisplay = string | FileDiff;

/** What a tool settles with. A failure is a result too: it has `error`. */
export interface ToolResult {
  /** For the model. */
  llmContent: PartListUnion;
  /** For the user. */
  returnDisplay: ToolResultDisplay;
  /** There when the tool failed. */
  error?: { message: string; type?: ToolErrorType };
}

/** `ToolResult` by the name that the main entry has for it. */
export type ToolFrameworkResult = ToolResult;

/** A place that a tool touches. */
export interface ToolLocation {
  path: string;
  /** The line, counted from 0; absent when it is the whole file. */
  line?: number;
}

/** What a tool does to the world. */
export declare const Kind: {
  readonly Read: 'read';
  readonly Edit: 'edit';
  readonly Delete: 'delete';
  readonly Move: 'move';
  readonly Search: 'search';
  readonly Execute: 'execute';
  readonly Think: 'think';
  readonly Fetch: 'fetch';
  readonly Other: 'other';
  readonly FileSystem: 'filesystem';
};
export type Kind = (typeof Kind)[keyof typeof Kind];

/** What a failure is of. The tools of this package use some; the others are for tools of your own. */
export declare const ToolErrorType: {
  readonly INVALID_TOOL_PARAMS: 'invalid_tool_params';
  readonly UNKNOWN: 'unknown';
  readonly UNHANDLED_EXCEPTION: 'unhandled_exception';
  readonly TOOL_NOT_REGISTERED: 'tool_not_registered';
  readonly EXECUTION_FAILED: 'execution_failed';
  readonly FILE_NOT_FOUND: 'file_not_found';
  readonly FILE_WRITE_FAILURE: 'file_write_failure';
  readonly READ_CONTENT_FAILURE: 'read_content_failure';
  readonly ATTEMPT_TO_CREATE_EXISTING_FILE: 'attempt_to_create_existing_file';
  readonly FILE_TOO_LARGE: 'file_too_large';
  readonly PERMISSION_DENIED: 'permission_denied';
  readonly NO_SPACE_LEFT: 'no_space_left';
  readonly TARGET_IS_DIRECTORY: 'target_is_directory';
  readonly PATH_NOT_IN_WORKSPACE: 'path_not_in_workspace';
  readonly SEARCH_PATH_NOT_FOUND: 'search_path_not_found';
  readonly SEARCH_PATH_NOT_A_DIRECTORY: 'search_path_not_a_directory';
  readonly EDIT_NO_CHANGE_LLM_JUDGEMENT: 'edit_no_change_llm_judgement';
  readonly EDIT_PREPARATION_FAILURE: 'edit_preparation_failure';
  readonly EDIT_NO_OCCURRENCE_FOUND: 'edit_no_occurrence_found';
  readonly EDIT_EXPECTED_OCCURRENCE_MISMATCH: 'edit_expected_occurrence_mismatch';
  readonly EDIT_NO_CHANGE: 'edit_no_change';
  readonly GLOB_EXECUTION_ERROR: 'glob_execution_error';
  readonly GREP_EXECUTION_ERROR: 'grep_execution_error';
  readonly LS_EXECUTION_ERROR: 'ls_execution_error';
  readonly PATH_IS_NOT_A_DIRECTORY: 'path_is_not_a_directory';
  readonly MCP_TOOL_ERROR: 'mcp_tool_error';
  readonly MEMORY_TOOL_EXECUTION_ERROR: 'memory_tool_execution_error';
  readonly READ_MANY_FILES_SEARCH_ERROR: 'read_many_files_search_error';
  readonly SHELL_EXECUTE_ERROR: 'shell_execute_error';
  readonly DISCOVERED_TOOL_EXECUTION_ERROR: 'discovered_tool_execution_error';
  readonly WEB_FETCH_NO_URL_IN_PROMPT: 'web_fetch_no_url_in_prompt';
  readonly WEB_FETCH_FALLBACK_FAILED: 'web_fetch_fallback_failed';
  readonly WEB_FETCH_PROCESSING_ERROR: 'web_fetch_processing_error';
  readonly WEB_SEARCH_FAILED: 'web_search_failed';
  readonly GIT_EXECUTION_ERROR: 'git_execution_error';
  readonly BROWSER_EXECUTION_ERROR: 'browser_execution_error';
  readonly TERMINAL_EXECUTION_ERROR: 'terminal_execution_error';
  readonly COMMAND_TIMEOUT: 'command_timeout';
  readonly AGENT_NOT_FOUND: 'agent_not_found';
  readonly THREAD_NOT_FOUND: 'thread_not_found';
  readonly TASK_NOT_FOUND: 'task_not_found';
};
export type ToolErrorType = (typeof ToolErrorType)[keyof typeof ToolErrorType];

/** What a person can answer when asked whether a tool may run. */
export declare const ToolConfirmationOutcome: {
  readonly ProceedOnce: 'proceed_once';
  readonly ProceedAlways: 'proceed_always';
  readonly ProceedAlwaysServer: 'proceed_always_server';
  readonly ProceedAlwaysTool: 'proceed_always_tool';
  readonly ModifyWithEditor: 'modify_with_editor';
  readonly Cancel: 'cancel';
};
export type ToolConfirmationOutcome = (typeof ToolConfirmationOutcome)[keyof typeof ToolConfirmationOutcome];

/** What a person is asked about any tool. */
export interface BaseConfirmationDetails {
  type: string;
  title: string;
  onConfirm: (outcome: ToolConfirmationOutcome, payload?: unknown) => Promise<void>;
}

/** A command to be confirmed. */
export interface ToolExecuteConfirmationDetails extends BaseConfirmationDetails {
  type: 'exec';
  command: string;
  /** The command's first word. */
  rootCommand: string;
}

/** A change of a file to be confirmed. */
export interface ToolEditConfirmationDetails extends BaseConfirmationDetails {
  type: 'edit';
  fileName: string;
  filePath: string;
  fileDiff: string;
  originalContent: string | null;
  newContent: string;
  isModifying?: boolean;
}

/** A call of another server's tool to be confirmed. */
export interface ToolMcpConfirmationDetails extends BaseConfirmationDetails {
  type: 'mcp';
  serverName: string;
  toolName: string;
  toolDisplayName: string;
}

/** Something else to be confirmed. */
export interface ToolInfoConfirmationDetails extends BaseConfirmationDetails {
  type: 'info';
  prompt: string;
  urls?: string[];
}

/** What a person is asked before a tool runs. */
export type ToolCallConfirmationDetails =
  | ToolEditConfirmationDetails
  | ToolExecuteConfirmationDetails
  | ToolMcpConfirmationDetails
  | ToolInfoConfirmationDetails;

/** What holds for one execution. */
export interface ToolExecutionOptions {
  /** Milliseconds for each call of the SDK that the tool makes; 0 means no limit. Default: as the method has it. */
  timeout?: number;
}

/** One call of a tool, its parameters checked. */
export interface ToolInvocation<TParams extends object = object, TResult extends ToolResult = ToolResult> {
  params: TParams;
  /** The places that it touches. */
  toolLocations(): ToolLocation[];
  /** What a person is to be asked before; `false` when nothing. */
  shouldConfirmExecute(abortSignal: AbortSignal): Promise<ToolCallConfirmationDetails | false>;
  /** Runs it. */
  execute(signal: AbortSignal, updateOutput?: (output: string) => void, options?: ToolExecutionOptions): Promise<TResult>;
}

/** A tool: it checks parameters, and builds invocations. */
export interface ToolBuilder<TParams extends object = object, TResult extends ToolResult = ToolResult> {
  name: string;
  displayName: string;
  description: string;
  explanation: string;
  kind: Kind;
  schema: OpenAIToolSchema;
  openAIFunctionCall?: OpenAIFunctionCall;
  genAISchema: FunctionDeclaration;
  isOutputMarkdown: boolean;
  canUpdateOutput: boolean;
  /** @throws {Error} when the parameters are wrong; its message says what is. */
  build(params: TParams): ToolInvocation<TParams, TResult>;
  /** What is wrong with parameters, in words; `null` when nothing is. */
  validateToolParams(params: TParams): string | null;
  /** @throws {Error} when the parameters are wrong. */
  buildAndExecute(params: TParams, signal: AbortSignal, updateOutput?: (output: string) => void): Promise<TResult>;
  /** Never rejects: what goes wrong is a result with `error`. */
  validateBuildAndExecute(
    params: TParams,
    abortSignal: AbortSignal,
    updateOutput?: (output: string) => void,
    options?: ToolExecutionOptions,
  ): Promise<ToolResult>;
}

/** A tool of any parameters. */
export type AnyDeclarativeTool = ToolBuilder<object, ToolResult>;

/** An invocation of any tool. */
export type AnyToolInvocation = ToolInvocation<object, ToolResult>;

/** The base of an invocation: touches no place, asks nobody. */
export declare abstract class BaseToolInvocation<TParams extends object, TResult extends ToolResult> implements ToolInvocation<TParams, TResult> {
  constructor(params: TParams);
  readonly params: TParams;
  toolLocations(): ToolLocation[];
  shouldConfirmExecute(abortSignal: AbortSignal): Promise<ToolCallConfirmationDetails | false>;
  abstract execute(signal: AbortSignal, updateOutput?: (output: string) => void, options?: ToolExecutionOptions): Promise<TResult>;
}

/** The base of a tool that says itself how it checks parameters. */
export declare abstract class DeclarativeTool<TParams extends object, TResult extends ToolResult> implements ToolBuilder<TParams, TResult> {
  /**
   * @param name what a model calls it by
   * @param displayName its name for people
   * @param description what the model is told of it
   * @param kind what it does to the world
   * @param parameterSchema its JSON Schema: `properties`, and the names of the `required`
   * @param isOutputMarkdown whether people are to be shown its output as Markdown; `true`
   * @param canUpdateOutput whether it tells of its output while it runs; `false`
   */
  constructor(
    name: string,
    displayName: string,
    description: string,
    kind: Kind,
    parameterSchema: unknown,
    isOutputMarkdown?: boolean,
    canUpdateOutput?: boolean,
  );
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly kind: Kind;
  readonly parameterSchema: unknown;
  readonly isOutputMarkdown: boolean;
  readonly canUpdateOutput: boolean;
  get explanation(): string;
  get schema(): OpenAIToolSchema;
  get openAIFunctionCall(): OpenAIFunctionCall;
  get genAISchema(): FunctionDeclaration;
  validateToolParams(params: TParams): string | null;
  abstract build(params: TParams): ToolInvocation<TParams, TResult>;
  buildAndExecute(params: TParams, signal: AbortSignal, updateOutput?: (output: string) => void): Promise<TResult>;
  validateBuildAndExecute(
    params: TParams,
    abortSignal: AbortSignal,
    updateOutput?: (output: string) => void,
    options?: ToolExecutionOptions,
  ): Promise<ToolResult>;
}

/**
 * The base of a tool whose parameters are checked by its schema.
 *
 * @example
 * class Clock extends BaseDeclarativeTool<{ zone: string }, ToolResult> {
 *   constructor() {
 *     super('clock', 'Clock', 'Tells the time of a zone, e.g. Europe/Paris.', Kind.Other, {
 *       type: 'object',
 *       properties: { zone: { type: 'string', description: 'IANA name of the zone' } },
 *       required: ['zone'],
 *     });
 *   }
 *   protected createInvocation(params: { zone: string }) {
 *     return new ClockInvocation(params); // extends BaseToolInvocation, has `execute`
 *   }
 * }
 * getRegistry().registerTool(new Clock());
 */
export declare abstract class BaseDeclarativeTool<TParams extends object, TResult extends ToolResult> extends DeclarativeTool<TParams, TResult> {
  build(params: TParams): ToolInvocation<TParams, TResult>;
  override validateToolParams(params: TParams): string | null;
  /** What is wrong with parameters that fit the schema; `null` when nothing is. */
  protected validateToolParamValues(params: TParams): string | null;
  protected abstract createInvocation(params: TParams): ToolInvocation<TParams, TResult>;
}

/** Runs a tool by its name. Never rejects: an unknown tool, wrong parameters and an aborted signal are results with `error`. */
export interface ExecuteTool {
  /**
   * Runs a tool of this package.
   *
   * @param name without `codebolt--`
   * @param params what the tool takes
   * @param signal ends the tool when it is aborted; the host may still finish what it has started
   * @param updateOutput told of the output while the tool runs, by tools that can; none of this package's can
   */
  <Name extends ToolName>(
    name: Name,
    params: ToolParametersByName[Name],
    signal?: AbortSignal,
    updateOutput?: (output: string) => void,
    options?: ToolExecutionOptions,
  ): Promise<ToolResult>;
  /**
   * Runs a registered tool of any name.
   *
   * @param name without `codebolt--`
   * @param params what the tool takes
   */
  (name: string, params: object, signal?: AbortSignal, updateOutput?: (output: string) => void, options?: ToolExecutionOptions): Promise<ToolResult>;
}

/** Tools by their names, in the order in which they were registered. */
export declare class ToolRegistry {
  /** Adds a tool. One of the same name gives it its place, with a warning on the console. */
  registerTool(tool: AnyDeclarativeTool): void;
  registerTools(tools: AnyDeclarativeTool[]): void;
  /** Whether there was one to take away. */
  unregisterTool(name: string): boolean;
  /** By the exact name, without `codebolt--`. */
  getTool(name: string): AnyDeclarativeTool | undefined;
  hasTool(name: string): boolean;
  /** A new list each time. */
  getAllTools(): AnyDeclarativeTool[];
  getToolNames(): string[];
  getToolCount(): number;
  getToolSchemas(): OpenAIToolSchema[];
  getFunctionCallSchemas(): OpenAIFunctionCall[];
  executeTool: ExecuteTool;
  /**
   * Runs a tool after a person was asked, where it wants that (of this package's, `execute_command` does).
   * @param onConfirmation settles with whether the tool may run
   */
  executeToolWithConfirmation(
    name: string,
    params: object,
    signal: AbortSignal,
    onConfirmation: (details: ToolCallConfirmationDetails) => Promise<boolean>,
    updateOutput?: (output: string) => void,
  ): Promise<ToolResult>;
  clear(): void;
}

/** The name of a tool of this package. */
export type ToolName = keyof ToolParametersByName;

/** The tools of one instance: by these functions, and as lists by category. */
export interface Tools extends Readonly<Record<ToolCategory, AnyDeclarativeTool[]>> {
  /** All tools of this package, in the order in which a model is told of them. */
  getAllTools(this: void): AnyDeclarativeTool[];
  /** Where they are registered, and tools of your own can be: the instance's `mcp` lists and runs those, too. */
  getRegistry(this: void): ToolRegistry;
  /** For a request to a model of the OpenAI kind. */
  getToolSchemas(this: void): OpenAIToolSchema[];
  /** The same, each as a function call: name, description and parameters. */
  getFunctionCallSchemas(this: void): OpenAIFunctionCall[];
  /** The names of all registered tools, without `codebolt--`. */
  getToolNames(this: void): string[];
  /** The tool of this name, without `codebolt--`; `undefined` when there is none. */
  getTool(this: void, name: string): AnyDeclarativeTool | undefined;
  /** Whether there is a tool of this name, without `codebolt--`. */
  hasTool(this: void, name: string): boolean;
  executeTool: ExecuteTool;
}

/**
 * The tools of an instance: they work through its connection. The same for each call with it.
 *
 * @example
 * const tools = toolsFor(new Codebolt({ host: 'localhost', port: 12345 }));
 * await tools.executeTool('ls', { path: '/app' });
 */
export declare const toolsFor: (codebolt: ToolsSdk) => Tools;

/** Whether something can be used as a tool. */
export declare const isTool: (value: unknown) => value is AnyDeclarativeTool;

export declare const getAllTools: Tools['getAllTools'];
export declare const getRegistry: Tools['getRegistry'];
export declare const getToolSchemas: Tools['getToolSchemas'];
export declare const getFunctionCallSchemas: Tools['getFunctionCallSchemas'];
export declare const getToolNames: Tools['getToolNames'];
export declare const getTool: Tools['getTool'];
export declare const hasTool: Tools['hasTool'];
export declare const executeTool: ExecuteTool;

/** All tools of the default instance, and those of each category. */
export declare const allTools: AnyDeclarativeTool[];
export declare const fileTools: AnyDeclarativeTool[];
export declare const searchTools: AnyDeclarativeTool[];
export declare const terminalTools: AnyDeclarativeTool[];
export declare const threadTools: AnyDeclarativeTool[];
export declare const orchestratorTools: AnyDeclarativeTool[];
export declare const planningTools: AnyDeclarativeTool[];
export declare const jobTools: AnyDeclarativeTool[];
export declare const actionBlockTools: AnyDeclarativeTool[];
export declare const actionPlanTools: AnyDeclarativeTool[];
export declare const requirementPlanTools: AnyDeclarativeTool[];
export declare const completionTools: AnyDeclarativeTool[];

/** For tools of your own: empty at first, apart from the tools of this package. */
export declare const defaultRegistry: ToolRegistry;

/** The tools of the default instance. */
declare const tools: Tools;
export default tools;
