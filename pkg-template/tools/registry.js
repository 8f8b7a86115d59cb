/** Tools by their names. */
import { failure, messageOf } from './framework.js';
import { ToolErrorType } from './kinds.js';

export class ToolRegistry {
  /** @type {Map<string, any>} */
  #tools = new Map();

  /** @param {any} tool */
  registerTool(tool) {
    if (this.#tools.has(tool.name)) console.warn(`Tool "${tool.name}" is registered already; the new one takes its place.`);
    this.#tools.set(tool.name, tool);
  }

  /** @param {any[]} tools */
  registerTools(tools) {
    for (const tool of tools) this.registerTool(tool);
  }

  /** @param {string} name */
  unregisterTool(name) {
    return this.#tools.delete(name);
  }

  /** @param {string} name */
  getTool(name) {
    return this.#tools.get(name);
  }

  /** @param {string} name */
  hasTool(name) {
    return this.#tools.has(name);
  }

  getAllTools() {
    return [...this.#tools.values()];
  }

  getToolNames() {
    return [...this.#tools.keys()];
  }

  getToolCount() {
    return this.#tools.size;
  }

  getToolSchemas() {
    return this.getAllTools().map((tool) => tool.schema);
  }

  getFunctionCallSchemas() {
    return this.getAllTools().map((tool) => ({ name: tool.name, description: tool.description, parameters: tool.schema.function.parameters }));
  }

  /**
   * @param {string} name
   * @param {any} params
   * @param {AbortSignal} [signal]
   * @param {(output: string) => void} [updateOutput]
   * @param {{ timeout?: number }} [options]
   */
  async executeTool(name, params, signal, updateOutput, options) {
    const tool = this.#tools.get(name);
    if (!tool) return unknown(name);
    try {
      return await tool.validateBuildAndExecute(params, signal ?? new AbortController().signal, updateOutput, options);
    } catch (error) {
      return crashed(name, error);
    }
  }

  /**
   * @param {string} name
   * @param {any} params
   * @param {AbortSignal} signal
   * @param {(details: any) => Promise<boolean>} onConfirmation
   * @param {(output: string) => void} [updateOutput]
   */
  async executeToolWithConfirmation(name, params, signal, onConfirmation, updateOutput) {
    const tool = this.#tools.get(name);
    if (!tool) return unknown(name);
    try {
      const invocation = tool.build(params);
      const details = await invocation.shouldConfirmExecute(signal);
      if (details && !(await onConfirmation(details))) {
        return failure('The user did not let the tool run.', 'Execution cancelled', 'the user did not let the tool run');
      }
      return await invocation.execute(signal, updateOutput);
    } catch (error) {
      return crashed(name, error);
    }
  }

  clear() {
    this.#tools.clear();
  }
}

/** @param {string} name */
const unknown = (name) =>
  failure(`Error: Tool "${name}" is not registered.`, `Tool "${name}" not found`, `Tool "${name}" is not registered`, ToolErrorType.TOOL_NOT_REGISTERED);

/** @param {string} name @param {unknown} error */
const crashed = (name, error) => failure(`Error executing tool "${name}": ${messageOf(error)}`, `Error: ${messageOf(error)}`, messageOf(error));
