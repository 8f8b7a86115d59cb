const codebolt = require('@codebolt/codeboltjs').default;

// An agent at work: what the user says starts it, and ten of the SDK's modules do it.
codebolt.onMessage(async (message) => {
  const file = await codebolt.fs.readFile('/notes.txt');
  const branches = await codebolt.git.status('/project');
  const todo = await codebolt.todo.addTodo({ title: 'Write', priority: 'high' });
  const mails = await codebolt.mail.listAgents();
  const state = await codebolt.cbstate.getApplicationState();
  const memory = await codebolt.dbmemory.addKnowledge('key', 'value');
  const tokens = await codebolt.tokenizer.addToken('word');
  const vector = await codebolt.vectordb.getVector('word');
  const path = await codebolt.project.getProjectPath();
  const log = await codebolt.eventLog.listInstances();
  codebolt.chat.sendMessage('done', {});
  const replies = [file, branches, todo, mails, state, memory, tokens, vector, path, log];
  return `${message.userMessage}: ${replies.filter((reply) => reply && reply.success).length} of ${replies.length}`;
});
