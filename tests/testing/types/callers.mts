/** Code of callers: what compiles, and what must not. */
import { TestHost, script, type HostRequest, type ReplyTo, type TestHostError } from 'codebolt-wasm-testing';
import { assertSent, matchers, stable, type TestHostMatchers } from 'codebolt-wasm-testing/matchers';

const host = await TestHost.start({ unhandled: 'error', secrets: ['a', /b/] });
const codebolt = host.connect({ throwOnError: true });

host.on('fs.readFile', ({ filePath }) => {
  const path: string = filePath;
  return { success: true, content: path };
});
host.on('fs.readFile', async ({ filePath }, request) => {
  const id: string | undefined = request.frame.requestId;
  request.connection.break();
  return filePath === id ? { success: true, content: '' } : host.refuse('no');
});
host.on('fs.readFile', { success: false, error: 'no such file' });
host.on('fs.readFile', () => {});
host.on('kvStore.get', ({ instanceId, namespace, key }) => ({ success: true, data: { value: `${instanceId}${namespace}${key}`, exists: true } }));
host.on('todo.addTodo', ({ params }) => ({ success: true, todo: { id: '1', title: params.title } }));
host.on('llm.inference', script(['done', { tool: 'x' }, ({ messages }) => `${messages.length}`]));
host.on('llm.inference', host.script([[{ tool: 'a', arguments: '{' }], { text: 'x' }, { error: 'y' }]));
host.on('fs.writeToFile', ({ relPath, newContent }) => ({ success: true, anything: relPath + newContent }));
host.on('terminal.executeCommandWithStream', ({ command, executeInMain }, request) => host.stream(request, { output: [command], exitCode: executeInMain ? 0 : 1 }));
host.on('acme.count', ({ n }) => ({ count: n + 1 }));
host.on('processStoped', (params, { frame }) => void frame['message']);

// @ts-expect-error a parameter that the method does not have
host.on('fs.readFile', ({ file }) => ({ success: true, content: file }));
// @ts-expect-error a member of another type
host.on('fs.readFile', () => ({ success: true, content: 7 }));
// @ts-expect-error a reply of another type
host.on('kvStore.get', { success: true, data: { value: 1, exists: 'yes' } });
// @ts-expect-error a fault that there is not
host.fault('fs.readFile', { late: true });
// @ts-expect-error a handler that there is not
host.ask('onNothing');
// @ts-expect-error another policy
await TestHost.start({ unhandled: 'ignore' });

const [sent] = host.requests('fs.readFile');
const path: string | undefined = sent?.params.filePath;
const command: string = (await host.sent('terminal.executeCommand', { where: ({ params }) => params.command !== path })).params.command;
const { message, error } = await host.sendUserMessage({ userMessage: command, threadId: 't' });
const answered: unknown = [message, error?.length, await host.ask('onProviderStart', { environmentName: 'e' })];
const reply: ReplyTo<'fs.readFile'> = { success: true, content: '' };
const raw = (request: HostRequest): void => request.send({ type: 'commandOutput', output: '' });
const { seed } = host.chaos({ seed: 1, kinds: ['drop'] });
const failed = (error: TestHostError): boolean => error.code === 'STRAYED';
assertSent(host, 'fs.readFile', { filePath: 'a' });
const check: TestHostMatchers['toHaveSent'] = (name) => void matchers.toHaveSent(host, name);
export { answered, check, codebolt, failed, raw, reply, seed, stable };
