/** An agent and its tests in whatever runtime this is; gives what came of it. */
import { TestHost } from 'codebolt-wasm-testing';
import { matchers, stable } from 'codebolt-wasm-testing/matchers';

export const everything = async () => {
  const host = await TestHost.start({ record: true });
  const codebolt = host.connect({ requestTimeout: 2_000 });
  host.on('fs.readFile', ({ filePath }) => ({ success: true, content: `of ${filePath}` }));
  host.on('llm.inference', host.script([{ tool: 'read_file', arguments: { path: 'ä€😀' } }, 'done']));
  codebolt.onMessage(async ({ userMessage }) => {
    const ask = async (content) => (await codebolt.llm.inference({ messages: [{ role: 'user', content }] })).completion;
    const [call] = (await ask(userMessage)).tool_calls;
    const { content } = await codebolt.fs.readFile(JSON.parse(call.function.arguments).path);
    await codebolt.kvStore.set('notes', 'n', 'k', content, true);
    return `${(await ask(content)).content}: ${(await codebolt.kvStore.get('notes', 'n', 'k')).data.value}`;
  });
  const { message } = await host.sendUserMessage('go');
  host.fault('git.status', { drop: true, times: 1 });
  const lost = await codebolt.git.status({ timeout: 5 }).then(() => 'answered', ({ code }) => code);
  const sent = matchers.toHaveSent(host, 'fs.readFile', { filePath: 'ä€😀' }).pass;
  await codebolt.eventLog.appendEvent({ instanceId: 'log', payload: { n: 1 }, autoCreateInstance: true });
  const { result } = (await codebolt.eventLog.queryEvents({ from: { instance: 'log' } })).data;
  const { recording } = host;
  await codebolt.close();
  await host.close();

  const again = await TestHost.replay({ text: recording });
  const other = again.connect();
  await other.waitForReady();
  await other.git.diff('not recorded');
  const strayed = await again.finished().then(() => 'as recorded', ({ code }) => code);
  await other.close();
  await again.close().catch(() => {});
  return { message, events: result.total, lost, sent, strayed, stable: stable({ requestId: 'x', timestamp: '2026-01-01T00:00:00Z' }) };
};
