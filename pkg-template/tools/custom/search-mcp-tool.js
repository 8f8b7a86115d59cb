/** The result of `search_mcp_tool`: a heading, a description and the parameters of each tool found. */
import { json, listOf } from '../words.js';

/** @param {any} params @param {any} reply */
export const shape = ({ query }, reply) => {
  const tools = listOf(reply.results);
  if (tools.length === 0) return { llmContent: `No tool of another server was found for: "${query}"`, returnDisplay: 'No tools found' };
  const parts = tools.map((tool) => {
    const server = tool.server || tool.serverName || tool.mcpName;
    const score = tool.score || tool.relevance;
    const parameters = tool.parameters || tool.inputSchema;
    const heading = `--- ${server ? `${server}::` : ''}${tool.name || tool.toolName}${score ? ` (score: ${score.toFixed(2)})` : ''} ---\n`;
    return `${heading}${tool.description ? `${tool.description}\n` : ''}${parameters ? `Parameters: ${json(parameters)}\n` : ''}\n`;
  });
  return { llmContent: `Found ${tools.length} tool(s) of other servers for: "${query}"\n\n${parts.join('')}`, returnDisplay: `Found ${tools.length} MCP tool(s)` };
};
