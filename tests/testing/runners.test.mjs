/** Within the test runners of agents' authors: vitest, jest (CommonJS) and `node --test`; matchers and snapshots. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

const tools = path.join(String(process.env.CODEBOLT_TOOLS), 'builds-mocks');
/** @type {string[]} */
const made = [];
after(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })));

/** A project below the tools, so that it finds them, with both packages. @param {Record<string, string>} files */
const project = (files) => {
  const folder = mkdtempSync(path.join(tools, 'codebolt-build-'));
  made.push(folder);
  mkdirSync(path.join(folder, 'node_modules'));
  for (const name of ['codebolt-wasm', 'codebolt-wasm-testing', 'ws']) cpSync(path.join('node_modules', name), path.join(folder, 'node_modules', name), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
};

const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
/** @param {string} cwd @param {string[]} args */
const node = (cwd, args) =>
  promisify(execFile)(process.execPath, args, { cwd, env: { ...env, CI: '', NO_COLOR: '1' } }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
  );

/** The same tests for both. @param {string} fake @param {string} real */
const tests = (fake, real) => `
expect.extend(matchers);
expect.addSnapshotSerializer(snapshotSerializer);

const agent = (codebolt) =>
  codebolt.onMessage(async ({ userMessage }) => {
    const { content } = await codebolt.fs.readFile(userMessage);
    await codebolt.fs.writeToFile('copy.txt', content);
    return 'copied';
  });

test('matchers and snapshots', async () => {
  const host = await TestHost.start();
  agent(host.connect());
  host.on('fs.readFile', { success: true, content: 'text' });
  expect(await host.sendUserMessage('a.txt')).toMatchObject({ message: 'copied' });
  expect(host.requests('fs.writeToFile')).toHaveLength(1);
  expect(host).toHaveSent('fs.writeToFile', { relPath: 'copy.txt', newContent: expect.any(String) });
  expect(host).not.toHaveSent('git.status');
  expect(host).toHaveSentTimes('fs.readFile', 1);
  expect(host).toHaveSentInOrder(['fs.readFile', 'fs.writeToFile', 'processStoped']);
  expect(() => expect(host).toHaveSent('fs.writeToFile', { relPath: 'other.txt' })).toThrow(/to send fs.writeToFile with .*other.txt.*; it sent 1: .*copy.txt/);
  expect(() => expect(host).toHaveSent('fs.writeFile')).toThrow(/no method 'fs.writeFile'/);
  expect(host).toMatchSnapshot();
  await host.close();
});

test('all goes on while the clock is faked', async () => {
  ${fake};
  const host = await TestHost.start();
  agent(host.connect());
  expect((await host.sendUserMessage('a.txt')).message).toBe('copied');
  await host.close();
  ${real};
});
`;

const SNAPSHOT = /← messageResponse .*→ fs\.readFile \{"message":\{"filePath":"a\.txt"\}\}\n← fs\.readFile .*→ fs\.writeToFile .*→ processStoped \{"message":"copied"\}/s;

test('vitest', async () => {
  const folder = project({
    'agent.test.mjs': `import { expect, test, vi } from 'vitest';
import { TestHost } from 'codebolt-wasm-testing';
import { matchers, snapshotSerializer } from 'codebolt-wasm-testing/matchers';
${tests("vi.useFakeTimers({ now: 0, toFake: ['Date', 'hrtime', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] })", 'vi.useRealTimers()')}`,
  });
  const run = () => node(folder, [path.join(tools, 'node_modules/vitest/vitest.mjs'), 'run', '--no-cache']);
  const first = await run();
  assert.equal(first.code, 0, first.said);
  assert.match(readFileSync(path.join(folder, '__snapshots__/agent.test.mjs.snap'), 'utf8'), SNAPSHOT);
  // The snapshot holds in another run.
  const second = await run();
  assert.equal(second.code, 0, second.said);
  assert.doesNotMatch(second.said, /written|obsolete/);
});

test('jest, in CommonJS', async () => {
  const folder = project({
    'agent.test.cjs': `const { TestHost } = require('codebolt-wasm-testing');
const { matchers, snapshotSerializer } = require('codebolt-wasm-testing/matchers');
${tests('jest.useFakeTimers({ now: 0 })', 'jest.useRealTimers()')}
test('a port', async () => {
  const host = await TestHost.start();
  const { url } = await host.listen();
  const { Codebolt } = require('codebolt-wasm');
  const codebolt = new Codebolt({ url });
  expect((await codebolt.fs.readFile('x')).success).toBe(true);
  await codebolt.close();
  await host.close();
});`,
    'jest.config.json': JSON.stringify({ testEnvironment: 'node', transform: {}, testMatch: ['**/agent.test.cjs'], moduleFileExtensions: ['js', 'mjs', 'cjs', 'json'] }),
  });
  const run = () => node(folder, [path.join(tools, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.json', '--runInBand', '--no-cache']);
  const first = await run();
  assert.equal(first.code, 0, first.said);
  assert.match(readFileSync(path.join(folder, '__snapshots__/agent.test.cjs.snap'), 'utf8'), SNAPSHOT);
  const second = await run();
  assert.equal(second.code, 0, second.said);
  assert.doesNotMatch(second.said, /written|obsolete/);
});

test('node --test', async () => {
  const folder = project({
    'agent.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestHost } from 'codebolt-wasm-testing';
import { assertSent, assertSentInOrder, assertSentTimes } from 'codebolt-wasm-testing/matchers';

test('assertions', async () => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  await codebolt.fs.readFile('a.txt');
  assertSent(host, 'fs.readFile', { filePath: /txt$/ });
  assertSentTimes(host, 'fs.readFile', 1);
  assert.throws(() => assertSentInOrder(host, ['git.status', 'fs.readFile']), { code: 'ASSERTION', message: /git.status did not come in that order among fs.readFile/ });
  assert.throws(() => assertSent(host, 'git.status'), /expected the agent to send git.status; it sent only fs.readFile/);
  await codebolt.close();
  await host.close();
});`,
  });
  const { code, said } = await node(folder, ['--test']);
  assert.equal(code, 0, said);
});
