/** The classes that tools are made of: a tool checks parameters and builds an invocation, which runs. */
import { ToolErrorType } from './kinds.js';
import { check } from './schema-check.js';

/** One call of a tool, its parameters checked. */
export class BaseToolInvocation {
  /** @param {any} params */
  constructor(params) {
    this.params = params;
  }

  /** @returns {import('../tools.d.ts').ToolLocation[]} */
  toolLocations() {
    return [];
  }

  /** @param {AbortSignal} signal @returns {Promise<any>} */
  async shouldConfirmExecute(signal) {
    return false;
  }
}

/** A tool that says itself how it checks parameters. */
export class DeclarativeTool {
  /**
   * @param {string} name
   * @param {string} displayName
   * @param {string} description
   * @param {string} kind
   * @param {any} parameterSchema
   */
  constructor(name, displayName, description, kind, parameterSchema, isOutputMarkdown = true, canUpdateOutput = false) {
    this.name = name;
    this.displayName = displayName;
    this.description = description;
    this.kind = kind;
    this.parameterSchema = parameterSchema;
    this.isOutputMarkdown = isOutputMarkdown;
    this.canUpdateOutput = canUpdateOutput;
  }

  get explanation() {
    return this.description;
  }

  get schema() {
    return { type: 'function', function: this.openAIFunctionCall };
  }

  get openAIFunctionCall() {
    const { properties = {}, required = [] } = this.parameterSchema ?? {};
    return { name: this.name, description: this.description, parameters: { type: 'object', properties, required, additionalProperties: false } };
  }

  get genAISchema() {
    return { name: this.name, description: this.description, parameters: this.parameterSchema };
  }

  /** @param {any} params @returns {string | null} */
  validateToolParams(params) {
    return null;
  }

  /** @param {any} params @returns {any} */
  build(params) {
    throw new Error(`the tool '${this.name}' has no method build`);
  }

  /**
   * @param {any} params
   * @param {AbortSignal} signal
   * @param {(output: string) => void} [updateOutput]
   */
  async buildAndExecute(params, signal, updateOutput) {
    return this.build(params).execute(signal, updateOutput);
  }

  /**
   * @param {any} params
   * @param {AbortSignal} signal
   * @param {(output: string) => void} [updateOutput]
   * @param {{ timeout?: number }} [options]
   */
  async validateBuildAndExecute(params, signal, updateOutput, options) {
    let invocation;
    try {
      invocation = this.build(params);
    } catch (error) {
      return failure(`Error: Invalid parameters provided. Reason: ${messageOf(error)}`, messageOf(error), messageOf(error), ToolErrorType.INVALID_TOOL_PARAMS);
    }
    try {
      return await invocation.execute(signal, updateOutput, options);
    } catch (error) {
      return failure(`Error: Tool call execution failed. Reason: ${messageOf(error)}`, messageOf(error), messageOf(error));
    }
  }
}

/** A tool whose parameters are checked by its schema. */
export class BaseDeclarativeTool extends DeclarativeTool {
  /** @param {any} params @returns {any} */
  build(params) {
    const wrong = this.validateToolParams(params);
    if (wrong) throw new Error(wrong);
    return this.createInvocation(params);
  }

  /** @param {any} params */
  validateToolParams(params) {
    return check(/** @type {any} */ (this.openAIFunctionCall.parameters), params) ?? this.validateToolParamValues(params);
  }

  /** @param {any} params @returns {string | null} */
  validateToolParamValues(params) {
    return null;
  }

  /** @param {any} params @returns {any} */
  createInvocation(params) {
    throw new Error(`the tool '${this.name}' has no method createInvocation`);
  }
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The result of a failure.
 * @param {string} llmContent
 * @param {any} returnDisplay
 * @param {any} message
 */
export const failure = (llmContent, returnDisplay, message, type = ToolErrorType.EXECUTION_FAILED) => ({
  llmContent,
  returnDisplay,
  error: { message, type },
});

/** Whether something can be used as a tool. @param {any} value */
export const isTool = (value) => typeof value === 'object' && value !== null && 'name' in value && typeof value.build === 'function';
