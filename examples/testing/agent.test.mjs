/** The agent without the application: `npm test`. `RECORD=1 npm test` records the run anew that the last test replays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TestHost } from 'codebolt-wasm-testing';
import { assertSent, assertSentInOrder } from 'codebolt-wasm-testing/matchers';
import { startAgent } from './agent.mjs';

/** A project of one file, and a model that mends it. */
const projectOn = (host) => {
  const files = { 'add.js': 'export const add = (a, b) => a - b;' };
  host.on('fs.readFile', ({ filePath }) => (filePath in files ? { success: true, content: files[filePath] } : host.refuse(`no file ${filePath}`)));
  host.on('fs.updateFile', ({ filePath, newContent }) => {
    files[filePath] = newContent;
    return { success: true };
  });
  host.on(
    'llm.inference',
    host.script([
      { tool: 'read_file', arguments: { path: 'add.js' } },
      ({ messages }) => ({ tool: 'write_file', arguments: { path: 'add.js', text: messages.at(-1).content.replace('-', '+') } }),
      'Mended.',
    ]),
  );
  return files;
};

test('the agent mends the file', async () => {
  const host = await TestHost.start({ unhandled: 'error' });
  startAgent(host.connect());
  const files = projectOn(host);
  assert.equal((await host.sendUserMessage('add.js subtracts')).message, 'Mended.');
  assert.equal(files['add.js'], 'export const add = (a, b) => a + b;');
  assertSentInOrder(host, ['llm.inference', 'fs.readFile', 'llm.inference', 'fs.updateFile', 'llm.inference', 'processStoped']);
  assertSent(host, 'llm.inference', { params: { llmrole: 'coder' } });
  await host.close();
});

test('a host that refuses: the model hears why, and the agent goes on', async () => {
  const host = await TestHost.start({ unhandled: 'error' });
  startAgent(host.connect());
  projectOn(host);
  host.on('fs.readFile', host.refuse('no permission'));
  host.on('llm.inference', host.script([{ tool: 'read_file', arguments: { path: 'add.js' } }, ({ messages }) => `I could not read it: ${messages.at(-1).content}`]));
  assert.equal((await host.sendUserMessage('mend add.js')).message, 'I could not read it: failed: no permission');
  await host.close();
});

test('a host that dies in the middle: nothing hangs, and nothing is written twice', async () => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  startAgent(codebolt);
  projectOn(host);
  const closed = new Promise((resolve) => codebolt.on('close', resolve));
  host.fault('fs.updateFile', { break: true });
  await assert.rejects(host.sendUserMessage('mend add.js'), { code: 'CONNECTION_ENDED', closeCode: 1006 });
  assert.equal((await closed).closeCode, 1006);
  assert.equal(host.requests('fs.updateFile').length, 1);
  await host.close();
});

test('the program finds the host by its environment', async () => {
  const host = await TestHost.start();
  projectOn(host);
  const program = host.run([process.execPath, 'main.mjs'], { cwd: fileURLToPath(new URL('.', import.meta.url)) });
  assert.equal((await host.sendUserMessage('mend add.js')).message, 'Mended.');
  assert.equal((await program.stop()).code, 0);
  await host.close();
});

test('the agent does what was recorded', async () => {
  const file = fileURLToPath(new URL('run.jsonl', import.meta.url));
  if (process.env.RECORD) {
    const host = await TestHost.record(file);
    const codebolt = host.connect();
    startAgent(codebolt);
    projectOn(host);
    await host.sendUserMessage('mend add.js');
    await codebolt.close();
    await host.close();
  }
  const host = await TestHost.replay(file);
  startAgent(host.connect());
  await host.finished();
  await host.close();
});
