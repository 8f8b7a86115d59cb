// Handlers as agents write them: their parameters have the types of `@codebolt/types`, which are stated here by their shape.

import codebolt, { AgentDeliberationAction, LogType, fsNotifications, getVector, state } from 'codebolt-wasm';
import type { FlatUserMessage, Message, UserMessage } from 'codebolt-wasm';

enum AgentType {
  Marketplace = 'marketplace',
  Zip_Path = 'zippath',
}

/** A user's message in version 1.0.16, which requires what later versions leave open. */
interface TheirMessage {
  userMessage: string;
  currentFile: string;
  selectedAgent: { id: string; name: string; lastMessage?: Record<string, any>; agentType?: AgentType };
  mentionedFiles: string[];
  mentionedFullPaths: string[];
  mentionedFolders: string[];
  mentionedMCPs: string[];
  uploadedImages: string[];
  mentionedAgents: any[];
  selection: any | null;
  messageId: string;
  threadId: string;
  remixPrompt?: any;
  activeFile: string;
  openedFiles: string[];
}

/** And in version 6.0.0. */
interface TheirLaterMessage extends Partial<Omit<TheirMessage, 'userMessage' | 'messageId' | 'threadId' | 'mentionedAgents'>> {
  userMessage: string;
  messageId: string;
  threadId: string;
  mentionedAgents: any[];
}

interface TheirStart {
  environmentName: string;
  type: string;
  mergeConfig?: { mergeStrategy: 'auto' | 'manual'; conflictResolution: 'manual' | 'agent' };
  [key: string]: unknown;
}

interface TheirAgentStart extends TheirMessage {
  agentId: string;
  agentType: AgentType;
  [key: string]: unknown;
}

interface TheirRawMessage {
  type: string;
  requestId: string;
  action?: string;
  data?: unknown;
  [key: string]: unknown;
}

declare const answer: (message: TheirMessage) => Promise<string>;

codebolt.onMessage(async (message: TheirMessage) => answer(message));
codebolt.onMessage(async (message: TheirLaterMessage, variables: Record<string, string>) => [message, variables]);
codebolt.onMessage(async (message: TheirMessage, additional: any) => [message, additional]);
// Handed on to code that takes theirs.
codebolt.onMessage((message) => answer(message));
codebolt.onMessage(async ({ userMessage, mentionedMCPs, uploadedImages, threadId }) => {
  const texts: string[] = [userMessage, threadId, ...mentionedMCPs, ...uploadedImages];
  return texts.join();
});
codebolt.onProviderStart(async (start: TheirStart) => ({ status: 'ok', of: start.environmentName }));
codebolt.onProviderStop(async (stop: TheirStart) => void stop.mergeConfig?.mergeStrategy);
codebolt.onProviderAgentStart(async (start: TheirAgentStart) => void start.agentType);
codebolt.onRawMessage(async (message: TheirRawMessage) => void message.data);
codebolt.onActionBlockInvocation(async (context: { params: { plan: string } }, metadata: Record<string, unknown>) => [context.params.plan, metadata]);
codebolt.onActionBlockInvocation((context: any, { sideExecutionId, threadId }) => `${sideExecutionId}${threadId}${context.anything}`);
codebolt.onPluginStart(({ pluginId, manifest }) => `${pluginId}${manifest.name}`);
codebolt.onProviderHeartbeatRequest(({ providerId }) => ({ status: 'healthy', connectedEnvironments: [providerId] }));
// @ts-expect-error a message is not a number
codebolt.onMessage((message: number) => message);
// @ts-expect-error no such member
codebolt.onMessage(({ userMesage }) => userMesage);

// What programs do with replies that nobody describes.
export const plan = async (): Promise<string> => {
  const reply = await codebolt.actionPlan.getPlanDetail('1');
  const read = await codebolt.fs.readFile('a');
  const { data } = await codebolt.mcp.executeTool('files', 'read', { path: 'a' });
  if (Array.isArray(data)) {
    const [failed, content] = data;
    if (failed) return String(content);
  }
  const { data: tools } = await codebolt.mcp.listMcpFromServers(['files']);
  const listed: any[] = tools;
  if (codebolt.websocket?.readyState === 1) codebolt.websocket.send(JSON.stringify({ type: 'ready' }));
  return reply.plan.tasks[0].name + (read.success && read.result ? read.result : '') + listed.length;
};

// Names of the index.
export const names = (message: Message, user: UserMessage, flat: FlatUserMessage): unknown[] => {
  const level: LogType = LogType.error;
  const action: AgentDeliberationAction = AgentDeliberationAction.CREATE;
  fsNotifications.FileReadRequestNotify('a');
  return [message.role, user.selection?.text, flat.threadId, level, action, getVector('key'), state.getAgentState()];
};
