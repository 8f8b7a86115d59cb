/**
 * What `codebolt.mcp` does besides sending: what is asked of the toolbox `codebolt` does not go to the host. The
 * reference answers that from tools of its own; this package has none.
 */
import { ask, attempt } from '../../define.js';
import { CodeboltError } from '../../error.js';
import { shown } from '../../options.js';

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

/**
 * Whether a toolbox is the SDK's own. What is no name at all reaches no host, as in the reference: agents go on without tools then.
 * @param {unknown} toolbox
 */
const isOwn = (toolbox) => {
  if (typeof toolbox === 'string') return toolbox.toLowerCase() === 'codebolt';
  throw new CodeboltError('INVALID_ARGUMENT', `mcp: a toolbox is ${shown(toolbox)}; its name as a string is wanted`, { type: 'codebolttools' });
};

/** @param {Session} session */
export const listMcpFromServers =
  (session) =>
  async (/** @type {string[]} */ toolBoxes, /** @type {CallOptions | undefined} */ callOptions) => {
    const others = toolBoxes.filter((toolbox) => !isOwn(toolbox));
    if (others.length === 0) return { data: { tools: [] } };
    const message = { type: 'codebolttools', action: 'listToolsFromToolBoxes', toolBoxes: others };
    const reply = await ask(session, LIST, message, callOptions);
    return { ...reply, data: { ...reply.data, tools: reply.data?.tools ?? [] } };
  };

/** @param {Session} session */
export const getTools =
  (session) =>
  async (/** @type {{ toolbox: string }[]} */ toolRequests, /** @type {CallOptions | undefined} */ callOptions) => {
    const others = toolRequests.filter(({ toolbox }) => !isOwn(toolbox));
    if (others.length === 0) return { data: [] };
    const message = { type: 'codebolttools', action: 'getTools', toolboxes: others };
    const reply = await ask(session, GET, message, callOptions);
    return { ...reply, data: reply.data ?? [] };
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
      if (toolbox == null || isOwn(toolbox)) {
        const name = toolName.replace(/^codebolt--/, '');
        throw new CodeboltError(
          'NOT_SUPPORTED',
          `mcp.executeTool: tool '${name}' of the toolbox 'codebolt' is not supported: this package brings no tools of its own; call the method that does the same`,
          { type: 'codebolttools' },
        );
      }
      const message = { type: 'codebolttools', action: 'executeTool', toolName: `${toolbox}--${toolName}`, params };
      return ask(session, EXECUTE, message, callOptions);
    });

/** @param {Session} session */
export const getMcpTools =
  (session) =>
  async (/** @type {string[] | undefined} */ mcpNames, /** @type {CallOptions | undefined} */ callOptions) => {
    const others = mcpNames?.filter((name) => !isOwn(name));
    if (others?.length === 0) return { tools: [] };
    const message = { type: 'codebolttools', action: 'getMcpTools', mcpNames: others };
    const reply = await ask(session, GET_MCP, message, callOptions);
    return { ...reply, tools: reply.tools ?? [] };
  };

/** @param {Session} session */
export const getAllMcpTools = (session) => async (/** @type {CallOptions | undefined} */ callOptions) => {
  const reply = await ask(session, GET_ALL, { type: 'codebolttools', action: 'getAllMcpTools' }, callOptions);
  return { ...reply, tools: reply.tools ?? [] };
};
