// A model works with the toolbox `codebolt`: it is told of the tools, calls them and reads their results, until it hands over
// what it found by `attempt_completion`. Any endpoint that speaks OpenAI's chat completions will do:
//
//   MODEL_URL=http://localhost:11434/v1 MODEL=qwen3 node agent-loop.mjs "How many tests are in /app?"
import codebolt from 'codebolt-wasm';

const { MODEL_URL = 'http://localhost:11434/v1', MODEL_KEY = '', MODEL = 'qwen3' } = process.env;
const task = process.argv[2] ?? 'List the files of the project and say what it is about.';
const TURNS = 25;

const { data } = await codebolt.mcp.listMcpFromServers(['codebolt']);
const messages = [
  { role: 'system', content: 'You work with tools. When the task is done, call codebolt--attempt_completion.' },
  { role: 'user', content: task },
];

const ask = async () => {
  const response = await fetch(`${MODEL_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${MODEL_KEY}` },
    body: JSON.stringify({ model: MODEL, messages, tools: data.tools }),
  });
  if (!response.ok) throw new Error(`the model's endpoint answers ${response.status}: ${await response.text()}`);
  const { choices } = await response.json();
  return choices[0].message;
};

// Models make mistakes. A name that does not exist, or arguments that are not JSON, get an answer and do not end the program.
const run = async ({ name, arguments: text }) => {
  let params;
  try {
    params = JSON.parse(text || '{}');
  } catch (error) {
    return { failed: true, text: `The arguments are not JSON: ${error.message}` };
  }
  const [toolbox, tool] = name.includes('--') ? name.split('--') : ['codebolt', name];
  const reply = await codebolt.mcp.executeTool(toolbox, tool, params);
  const [failed, content] = reply.data ?? [true, reply.error];
  return { failed, text: reply.result ?? content, params };
};

let isDone = false;
for (let turn = 0; turn < TURNS && !isDone; turn += 1) {
  const message = await ask();
  messages.push(message);
  if (!message.tool_calls?.length) {
    console.log(message.content);
    break;
  }
  for (const { id, function: call } of message.tool_calls) {
    const { failed, text } = await run(call);
    console.log(`${failed ? '✗' : '✓'} ${call.name} ${call.arguments}`);
    messages.push({ role: 'tool', tool_call_id: id, content: text });
    if (call.name.endsWith('--attempt_completion') && !failed) {
      console.log(text);
      isDone = true;
    }
  }
}
await codebolt.close();
