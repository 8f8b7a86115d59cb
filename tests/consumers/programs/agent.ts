/** An agent as most are written: asks for tools, asks the model, runs what the model wants, until it wants nothing more. */
import codebolt from '@codebolt/codeboltjs';

interface ToolCall {
  id: string;
  function: { name: string; arguments: string };
}

async function runTool(call: ToolCall): Promise<{ role: 'tool'; tool_call_id: string; content: string }> {
  const [toolbox, tool] = call.function.name.split('--');
  try {
    const response: any = await codebolt.mcp.executeTool(toolbox ?? '', tool ?? '', JSON.parse(call.function.arguments || '{}'));
    const [failed, result] = response.data ?? [true, 'no result'];
    return { role: 'tool', tool_call_id: call.id, content: failed ? `failed: ${result}` : String(result) };
  } catch (error) {
    return { role: 'tool', tool_call_id: call.id, content: error instanceof Error ? error.message : 'failed' };
  }
}

codebolt.onMessage(async (message) => {
  codebolt.chat.sendMessage(`working on: ${message.userMessage}`, {});
  const { content } = (await codebolt.fs.readFile('README.md')) as any;
  const listed: any = await codebolt.mcp.getTools(message.mentionedMCPs.map((name: any) => ({ toolbox: name, toolName: 'all' })));
  const messages: any[] = [
    { role: 'system', content: `the project says: ${content}` },
    { role: 'user', content: message.userMessage },
  ];
  for (let turn = 0; turn < 5; turn++) {
    const { completion }: any = await codebolt.llm.inference({ messages, tools: listed.data, tool_choice: 'auto' } as any);
    const [choice] = completion.choices;
    messages.push(choice.message);
    if (!choice.message.tool_calls?.length) return choice.message.content;
    for (const call of choice.message.tool_calls) messages.push(await runTool(call));
  }
  throw new Error('too many turns');
});
