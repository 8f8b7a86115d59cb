/** Record and replay. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { TestHost } from 'codebolt-wasm-testing';

const folder = mkdtempSync(path.join(tmpdir(), 'recordings-'));

/** An agent: reads what the user names, and writes it elsewhere. @param {Codebolt} codebolt @param {{ to?: string, extra?: boolean, both?: boolean }} [habits] */
const agent = (codebolt, { to = 'copy.txt', extra = false, both = false } = {}) =>
  codebolt.onMessage(async ({ userMessage }) => {
    const [read] = await Promise.all([codebolt.fs.readFile(userMessage), ...(both ? [] : [codebolt.git.status()])]);
    if (both) await codebolt.git.status();
    if (extra) await codebolt.terminal.executeCommand('rm -rf /');
    await codebolt.fs.writeToFile(to, /** @type {any} */ (read).content);
    return 'copied';
  });

/** @param {string} name @param {object} [options] */
const recorded = async (name, options) => {
  const file = path.join(folder, name);
  const host = await TestHost.record(file, options);
  const codebolt = host.connect();
  host.on('fs.readFile', { success: true, content: 'text' });
  agent(codebolt);
  await host.sendUserMessage('a.txt');
  await codebolt.close();
  await host.close();
  return file;
};

/** @param {string} file @param {object} [habits] */
const replayed = async (file, habits) => {
  const host = await TestHost.replay(file);
  const codebolt = host.connect();
  agent(codebolt, habits);
  const done = host.finished().then(() => 'as recorded', (error) => error.message);
  const outcome = await done;
  await codebolt.close();
  await host.close().catch(() => {});
  return outcome;
};

test('an agent that does what was recorded is answered as then, in whatever order it asks at once', async () => {
  const file = await recorded('same.jsonl');
  assert.equal(await replayed(file), 'as recorded');
  assert.equal(await replayed(file, { both: true }), 'as recorded');
});

test('an agent that strays is told where, from what and to what', async () => {
  const file = await recorded('stray.jsonl');
  assert.match(await replayed(file, { to: 'other.txt' }), /strays at its frame 3\. Expected fs\.writeToFile as in line \d+, got another message\.relPath: expected "copy\.txt", got "other\.txt"\. If the change is meant, record the run anew\./);
  assert.match(await replayed(file, { extra: true }), /strays at its frame 3\. Expected fs\.writeToFile \(line \d+\), got terminal\.executeCommand \{/);
});

test('an agent that ends too early is told what is missing; a host that is closed says so', async () => {
  const file = await recorded('early.jsonl');
  const host = await TestHost.replay(file);
  const codebolt = host.connect();
  await codebolt.fs.readFile('a.txt');
  await codebolt.close();
  await assert.rejects(host.finished(), { code: 'STRAYED', message: /ended after its frame 1\. Expected git\.status \(line \d+\)/ });
  await assert.rejects(host.close(), { code: 'STRAYED' });
});

test('what a handler answers stands for what was recorded, and the replay goes on behind its reply', async () => {
  const file = await recorded('handled.jsonl');
  const answered = async (/** @type {object} */ habits, /** @type {any} */ handlers) => {
    const host = await TestHost.replay(file, { record: true });
    const codebolt = host.connect();
    for (const [name, handler] of Object.entries(handlers)) host.on(name, handler);
    agent(codebolt, habits);
    await host.finished();
    const written = host.requests('fs.writeToFile').map(({ frame }) => frame.message.newContent);
    const replies = host.recording.split('\n').filter((line) => line.includes('readFileResponse')).length;
    await codebolt.close();
    await host.close();
    return [written, replies];
  };
  assert.deepEqual(await answered({}, {}), [['text'], 1]);
  // The same content, so that the agent writes what was recorded.
  const content = { success: true, content: 'text' };
  assert.deepEqual(await answered({}, { 'fs.readFile': content }), [['text'], 1]);
  assert.deepEqual(await answered({}, { 'fs.readFile': () => new Promise((resolve) => setTimeout(resolve, 20, content)) }), [['text'], 1]);
  assert.deepEqual(await answered({}, { 'git.status': { success: true } }), [['text'], 1]);
  // Another request than the recorded one, and one that the recording has none for, stray from nothing where a handler answers.
  assert.deepEqual(await answered({ to: 'other.txt' }, { 'fs.writeToFile': { success: true } }), [['text'], 1]);
  assert.deepEqual(await answered({ extra: true }, { 'terminal.executeCommand': { success: true } }), [['text'], 1]);
});

test('a reply that was recorded without an id is left out, too, where a handler answers', async () => {
  const text = [
    ...readFileSync(await recorded('without-id.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (line.includes('readFileResponse') ? line.replace(/,"requestId":"[^"]*"/, '') : line)),
    '',
  ].join('\n');
  const host = await TestHost.replay({ text }, { record: true });
  const codebolt = host.connect();
  host.on('fs.readFile', { success: true, content: 'text' });
  agent(codebolt);
  await host.finished();
  assert.equal(host.recording.split('\n').filter((line) => line.includes('readFileResponse')).length, 1);
  await codebolt.close();
  await host.close();
});

test('secrets do not reach the file, and a replay does not miss them', async () => {
  const file = path.join(folder, 'secrets.jsonl');
  const key = `sk-${'a1B2'.repeat(8)}`;
  const use = async (/** @type {Codebolt} */ codebolt) => {
    await codebolt.request('acme.login', { user: 'ann', apiKey: 'short', nested: { accessToken: ['t-1'] }, text: `use ${key} or ghp_${'x'.repeat(36)}`, own: 'internal-77', max_tokens: 5 });
    await codebolt.close();
  };
  const host = await TestHost.record(file, { secrets: ['internal-77'] });
  host.on('acme.login', { success: true, token: 'abc', authorization: 'Bearer abcdefghijklmnop' });
  await use(new Codebolt(host.options({ params: { threadToken: 'in-the-address' } })));
  await host.close();
  const text = readFileSync(file, 'utf8');
  for (const secret of [key, 'ghp_', 'short', 't-1', 'internal-77', 'abcdefghij', '"abc"', 'in-the-address']) assert.ok(!text.includes(secret), `${secret} stands in ${text}`);
  assert.match(text, /"user":"ann","apiKey":"‹secret \d+›"/);
  assert.match(text, /"max_tokens":5/);
  const again = await TestHost.replay(file, { secrets: ['internal-77'] });
  await use(again.connect());
  await again.finished();
  await again.close();
});

test('a recording that cannot be used says why', async () => {
  await assert.rejects(TestHost.replay(path.join(folder, 'none.jsonl')), { code: 'INVALID_RECORDING', message: /record it first/ });
  const broken = path.join(folder, 'broken.jsonl');
  writeFileSync(broken, '{"recording":"codebolt-wasm-testing","version":1}\n{"conn');
  await assert.rejects(TestHost.replay(broken), { code: 'INVALID_RECORDING', message: /line 2, is not JSON/ });
  writeFileSync(broken, '{"hello":1}\n');
  await assert.rejects(TestHost.replay(broken), { code: 'INVALID_RECORDING', message: /begins with \{"hello":1\}; expected/ });
  await assert.rejects(TestHost.record(path.join(folder, 'no', 'such', 'folder.jsonl')), { code: 'ENOENT' });
});

test('between an agent and a real host every frame goes on, and the run can be replayed without it', async () => {
  const file = path.join(folder, 'upstream.jsonl');
  const use = async (/** @type {Codebolt} */ codebolt) => {
    const { instance } = /** @type {any} */ (await codebolt.eventLog.createInstance(`recorded-${'x'.repeat(8)}`)).data;
    await codebolt.eventLog.appendEvent({ instanceId: instance.id, payload: { n: 1 } });
    const { result } = /** @type {any} */ (await codebolt.eventLog.queryEvents({ from: { instance: instance.id } })).data;
    await codebolt.close();
    return result.total;
  };
  const upstream = process.env.CODEBOLT_TEST_URL;
  assert.ok(upstream, 'CODEBOLT_TEST_URL is not set: run these tests with `cargo xtask test`');
  const host = await TestHost.record(file, { upstream });
  assert.equal(await use(host.connect()), 1);
  await host.close();
  const again = await TestHost.replay({ text: readFileSync(file, 'utf8') });
  assert.equal(await use(again.connect()), 1);
  await again.finished();
  await again.close();
  await assert.rejects(TestHost.record(file, { upstream: 'localhost:1' }), { code: 'INVALID_ARGUMENT', message: /upstream/ });
});
