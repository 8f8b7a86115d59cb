// Serves the toolbox `codebolt` to anything that speaks MCP, over standard input and output. In a client's configuration:
//
//   { "mcpServers": { "codebolt": { "command": "node", "args": ["mcp-server.mjs"] } } }
//
// It needs `npm install codebolt-wasm @modelcontextprotocol/sdk`.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';
import codebolt from 'codebolt-wasm';
import { executeTool, getFunctionCallSchemas, hasTool } from 'codebolt-wasm/tools';

const server = new Server({ name: 'codebolt', version: '1.0.0' }, { capabilities: { tools: {} } });

server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: getFunctionCallSchemas().map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters })),
}));

// The signal is aborted when the client cancels the call.
server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: params = {} } }, { signal }) => {
  if (!hasTool(name)) throw new McpError(ErrorCode.InvalidParams, `there is no tool '${name}'`);
  const { llmContent, error } = await executeTool(name, params, signal);
  return { content: [{ type: 'text', text: llmContent }], isError: error !== undefined };
});

server.onclose = () => codebolt.close();
await server.connect(new StdioServerTransport());
// A client that goes away closes standard input.
process.stdin.on('end', () => server.close());
