/** An agent with a tool loop: the model reads and writes files until it says that it is done. */

const TOOLS = [
  ['read_file', 'Reads a file.', { path: { type: 'string' } }],
  ['write_file', 'Writes a file.', { path: { type: 'string' }, text: { type: 'string' } }],
].map(([name, description, properties]) => ({ type: 'function', function: { name, description, parameters: { type: 'object', properties, required: Object.keys(properties) } } }));

const MOST_STEPS = 10;

/** What a tool tells the model. @param {import('codebolt-wasm').Codebolt} codebolt */
const use = async (codebolt, { name, arguments: text }) => {
  const { path, text: content } = JSON.parse(text);
  const reply = name === 'read_file' ? await codebolt.fs.readFile(path) : await codebolt.fs.updateFile(path, path, content);
  if (!reply.success) return `failed: ${reply.error}`;
  return name === 'read_file' ? reply.content : 'written';
};

/** Has the agent answer its user. @param {import('codebolt-wasm').Codebolt} codebolt */
export const startAgent = (codebolt) =>
  codebolt.onMessage(async ({ userMessage }) => {
    const messages = [{ role: 'user', content: userMessage }];
    for (let step = 0; step < MOST_STEPS; step++) {
      const { completion } = await codebolt.llm.inference({ messages, tools: TOOLS, llmrole: 'coder' });
      const [{ message }] = completion.choices;
      messages.push(message);
      if (!message.tool_calls?.length) return message.content;
      for (const call of message.tool_calls) messages.push({ role: 'tool', tool_call_id: call.id, content: await use(codebolt, call.function) });
    }
    throw new Error(`the model was not done after ${MOST_STEPS} steps`);
  });
