/**
 * What `codebolt.mcp` does besides sending: what is asked of the toolbox `codebolt` is answered from the tools of this
 * package, and the host is asked for the others.
 */
import { readCallOptions } from '../../session/call-options.js';
import { ask, attempt } from '../../define.js';
import { unexpected } from '../../arguments.js';
import { sdkFor } from '../../tools/sdk.js';

/** @typedef {import('../../define.d.ts').Session} Session */
/** @typedef {import('../../define.d.ts').CallOptions} CallOptions */

/**
 * @param {string} action
 * @param {0} [timeout]
 */
const method = (action, timeout) => ({ type: 'codebolttools', replyTypes: [`${action}Response`], timeout });

const LIST = /* @__PURE__ */ method('listToolsFromToolBoxes');
const GET = /* @__PURE__ */ method('getTools');
const EXECUTE = /* @__PURE__ */ method('executeTool', 0);
const GET_MCP = /* @__PURE__ */ method('getMcpTools');
const GET_ALL = /* @__PURE__ */ method('getAllMcpTools');

const PREFIX = 'codebolt--';

/**
 * Whether a toolbox is the SDK's own. A value that is not a name is not sent to the host, as in the reference: agents go on without tools then.
 * @param {unknown} toolbox
 */
const isOwn = (toolbox) => {
  if (typeof toolbox === 'string') return toolbox.toLowerCase() === 'codebolt';
  throw unexpected('mcp: a toolbox', 'its name as a string', toolbox, { type: 'codebolttools' });
};

/** @param {string} name */
const ownName = (name) => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);

/** The tools of a session, from a file of their own, so that a program without tools does not load them. @param {Session} session */
const toolsFor = async (session) => (await import('../../toolbox.js')).toolsOf(session, sdkFor(session));

/** The reply of a host that nothing was asked. @type {any} */
const NOTHING = {};

/** The own tools as a model takes them. @param {Session} session */
const listed = async (session) => (await toolsFor(session)).getToolSchemas().map(prefixed);

/** @param {{ type: string, function: { name: string } }} schema */
const prefixed = ({ type, function: { name, ...rest } }) => ({ type, function: { name: PREFIX + name, ...rest } });

/** That a reply says no, for the result: the reference drops it. @param {any} reply */
const refusal = ({ success, message, error = message }) =>
  success === undefined || success ? {} : { success: false, ...(error !== undefined && { error }) };

// In what follows the host is asked before the own tools are loaded: a call sends what it sends at once.

/** @param {Session} session */
export const listMcpFromServers =
  (session) =>
  async (/** @type {string[]} */ toolBoxes, /** @type {CallOptions | undefined} */ callOptions) => {
    const others = toolBoxes.filter((toolbox) => !isOwn(toolbox));
    const message = { type: 'codebolttools', action: 'listToolsFromToolBoxes', toolBoxes: others };
    const [reply, own] = await Promise.all([
      others.length > 0 ? ask(session, LIST, message, callOptions) : NOTHING,
      others.length < toolBoxes.length ? listed(session) : [],
    ]);
    return { ...refusal(reply), data: { tools: [...own, ...(reply.data?.tools ?? [])] } };
  };

/** @param {Session} session */
export const getTools =
  (session) =>
  async (/** @type {{ toolbox: string, toolName: string }[]} */ toolRequests, /** @type {CallOptions | undefined} */ callOptions) => {
    const others = toolRequests.filter(({ toolbox }) => !isOwn(toolbox));
    const names = toolRequests.filter(({ toolbox }) => isOwn(toolbox)).map(({ toolName }) => ownName(toolName));
    const message = { type: 'codebolttools', action: 'getTools', toolboxes: others };
    const [reply, own] = await Promise.all([
      others.length > 0 ? ask(session, GET, message, callOptions) : NOTHING,
      names.length > 0 ? described(session, names) : [],
    ]);
    return { ...refusal(reply), data: [...own, ...(reply.data ?? [])] };
  };

/** @param {Session} session @param {string[]} names */
const described = async (session, names) => {
  const tools = await toolsFor(session);
  return names
    .filter((name) => tools.hasTool(name))
    .map((name) => {
      const { description, parameters } = tools.getTool(name).schema.function;
      return { toolbox: 'codebolt', toolName: PREFIX + name, description, parameters };
    });
};

/** @param {Session} session */
export const executeTool =
  (session) =>
  (
    /** @type {string} */ toolbox,
    /** @type {string} */ toolName,
    /** @type {unknown} */ params,
    /** @type {CallOptions | undefined} */ callOptions,
  ) =>
    attempt(() => {
      if (toolbox == null || isOwn(toolbox)) return executeOwn(session, ownName(toolName), params, callOptions);
      const message = { type: 'codebolttools', action: 'executeTool', toolName: `${toolbox}--${toolName}`, params };
      return ask(session, EXECUTE, message, callOptions);
    });

/**
 * The result of an own tool in the form of a host's reply.
 * @param {Session} session
 * @param {string} name
 * @param {unknown} params
 * @param {CallOptions | undefined} callOptions
 */
const executeOwn = async (session, name, params, callOptions) => {
  const { signal } = readCallOptions(callOptions, NaN);
  const tools = await toolsFor(session);
  if (!tools.hasTool(name)) {
    return { success: false, error: `the toolbox 'codebolt' has no tool '${name}'; listMcpFromServers(['codebolt']) lists those it has` };
  }
  const options = callOptions?.timeout === undefined ? undefined : { timeout: callOptions.timeout };
  const { llmContent, error } = await tools.executeTool(name, params, signal, undefined, options);
  const result = typeof llmContent === 'string' ? llmContent : JSON.stringify(llmContent);
  if (error) return { success: false, status: 'error', error: error.message, result, data: [true, error.message] };
  return { success: true, status: 'success', result, data: [false, result] };
};

/** @param {Session} session */
export const getMcpTools =
  (session) =>
  async (/** @type {string[] | undefined} */ mcpNames, /** @type {CallOptions | undefined} */ callOptions) => {
    const others = mcpNames?.filter((name) => !isOwn(name));
    const message = { type: 'codebolttools', action: 'getMcpTools', mcpNames: others };
    const [reply, own] = await Promise.all([
      others?.length === 0 ? NOTHING : ask(session, GET_MCP, message, callOptions),
      mcpNames && others?.length === mcpNames.length ? [] : listed(session),
    ]);
    return { ...refusal(reply), tools: [...own, ...(reply.tools ?? [])] };
  };

/** @param {Session} session */
export const getAllMcpTools = (session) => async (/** @type {CallOptions | undefined} */ callOptions) => {
  const [reply, own] = await Promise.all([
    ask(session, GET_ALL, { type: 'codebolttools', action: 'getAllMcpTools' }, callOptions),
    listed(session),
  ]);
  return { ...refusal(reply), tools: [...own, ...(reply.tools ?? [])] };
};
