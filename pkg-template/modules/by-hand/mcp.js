import { notSupported } from './not-supported.js';

export const listMcpFromServers = () => notSupported('mcp.listMcpFromServers', 'it is not built yet');
export const getTools = () => notSupported('mcp.getTools', 'it is not built yet');
export const executeTool = () => notSupported('mcp.executeTool', 'it is not built yet');
export const getMcpTools = () => notSupported('mcp.getMcpTools', 'it is not built yet');
export const getAllMcpTools = () => notSupported('mcp.getAllMcpTools', 'it is not built yet');
