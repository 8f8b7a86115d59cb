/** Agents in the test's own process: handlers, models, messages of the host, waiting. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { TestHost, TestHostError } from 'codebolt-wasm-testing';

/** A test's host and client, closed at its end. @param {import('node:test').TestContext} t @param {object} [options] */
const started = async (t, options) => {
  const host = await TestHost.start(options);
  const codebolt = host.connect();
  t.after(async () => {
    await codebolt.close();
    await host.close();
  });
  return { host, codebolt };
};

test('a handler gets the parameters by their names, and its reply settles the call', async (t) => {
  const { host, codebolt } = await started(t);
  host.on('fs.readFile', ({ filePath }) => ({ success: true, content: `of ${filePath}` }));
  const reply = await codebolt.fs.readFile('a.txt');
  assert.equal(reply.success && reply.content, 'of a.txt');
  assert.deepEqual(host.requests('fs.readFile').map(({ params }) => params), [{ filePath: 'a.txt' }]);
});

test('a reply that does not say so has succeeded', async (t) => {
  const { host, codebolt } = await started(t);
  host.on('fs.readFile', () => /** @type {any} */ ({ content: 'text' }));
  assert.equal((await codebolt.fs.readFile('a.txt')).success, true);
});

test('a reply may stand in place of a handler, may count, and the newest handler is asked', async (t) => {
  const { host, codebolt } = await started(t);
  host.on('fs.readFile', { success: true, content: 'always' });
  host.on('fs.readFile', { success: true, content: 'once' }, { times: 1 });
  const off = host.on('fs.readFile', async () => ({ success: true, content: 'newest' }), { times: 5 });
  const read = async () => /** @type {any} */ (await codebolt.fs.readFile('x')).content;
  assert.equal(await read(), 'newest');
  off();
  assert.equal(await read(), 'once');
  assert.equal(await read(), 'always');
});

test('parameters are found wherever the message has them: members, spreads, values with a default', async (t) => {
  const { host, codebolt } = await started(t);
  /** @type {any[]} */
  const got = [];
  for (const name of ['kvStore.updateInstance', 'terminal.executeCommand', 'mcp.executeTool', 'browser.goToPage', 'llm.inference', 'thread.createThread']) host.on(name, (params) => void got.push(params));
  await codebolt.kvStore.updateInstance('s', { name: 'n', description: 'd' });
  await codebolt.terminal.executeCommand('ls', true);
  await codebolt.mcp.executeTool('files', 'read--all', { path: 'a' });
  await codebolt.browser.goToPage('http://localhost', { instanceId: 'b-1' });
  await codebolt.llm.inference({ messages: [], llmrole: 'coder' });
  assert.deepEqual(got, [
    { instanceId: 's', updates: { name: 'n', description: 'd' } },
    { command: 'ls', returnEmptyStringOnSuccess: true },
    { toolbox: 'files', toolName: 'read--all', params: { path: 'a' } },
    { url: 'http://localhost', options: { instanceId: 'b-1' } },
    { params: { messages: [], llmrole: 'coder' } },
  ]);
});

test('a name that no method has is refused, with the nearest', async (t) => {
  const { host } = await started(t);
  for (const call of [() => host.on('fs.writeFile', {}), () => host.requests('fs.writeFile'), () => host.sent('fs.writeFile'), () => host.fault('fs.writeFile', { drop: true })]) {
    assert.throws(call, { name: 'TestHostError', code: 'INVALID_ARGUMENT', message: /no method 'fs\.writeFile'; the nearest are 'fs\.writeToFile'/ });
  }
});

test('unhandled: refuse names the method and the line to add, which works as it stands', async (t) => {
  const { host, codebolt } = await started(t, { unhandled: 'refuse' });
  const reply = /** @type {any} */ (await codebolt.fs.readFile('a'));
  assert.equal(reply.success, false);
  const [, line] = /Add: (.*)$/.exec(reply.error) ?? [];
  assert.match(String(line), /^host\.on\('fs\.readFile', \(\{ filePath \}\) => /);
  new Function('host', String(line))(host);
  assert.equal((await codebolt.fs.readFile('a')).success, true);
  assert.deepEqual(host.errors, []);
});

test('unhandled: error fails what waits for the agent, and else close', async () => {
  const host = await TestHost.start({ unhandled: 'error' });
  const codebolt = host.connect();
  codebolt.onMessage(async () => /** @type {any} */ (await codebolt.git.status()).error);
  await assert.rejects(host.sendUserMessage('go'), { code: 'UNHANDLED', method: 'git.status', message: /called git\.status.*host\.on\('git\.status'/ });
  await host.sent('processStoped');
  await host.close();
  const other = await TestHost.start({ unhandled: 'error' });
  await other.connect().git.status();
  await assert.rejects(other.close(), { code: 'UNHANDLED' });
});

test('what a handler throws is answered as a refusal, and fails the test', async () => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  host.on('fs.readFile', () => assert.fail('not this file'));
  const reply = /** @type {any} */ (await codebolt.fs.readFile('a'));
  assert.deepEqual([reply.success, reply.error], [false, 'not this file']);
  await assert.rejects(host.close(), { name: 'AssertionError' });
});

test('what goes wrong while nobody observes the answer that it rejects, close rejects with', async () => {
  const go = async (/** @type {(answer: Promise<any>) => unknown} */ look, /** @type {any} */ handler) => {
    const host = await TestHost.start({ unhandled: 'error' });
    if (handler) host.on('fs.readFile', handler);
    const codebolt = host.connect();
    codebolt.onMessage(async () => void (await codebolt.fs.readFile('a.txt')));
    const answer = host.sendUserMessage('go');
    assert.ok(answer instanceof Promise);
    const looked = look(answer);
    await host.sent('fs.readFile');
    await looked;
    await host.close();
    return [host, answer];
  };
  const nobody = () => {};
  await assert.rejects(go(nobody, undefined), { code: 'UNHANDLED' });
  await assert.rejects(go(nobody, () => assert.fail('read twice')), { message: 'read twice' });
  await assert.rejects(go(nobody, async () => assert.fail('read later')), { message: 'read later' });
  // Whoever observes it, in whatever way, has been told.
  for (const observe of [
    (/** @type {Promise<any>} */ answer) => assert.rejects(answer, { code: 'UNHANDLED' }),
    (/** @type {Promise<any>} */ answer) => void answer.catch(() => {}),
    (/** @type {Promise<any>} */ answer) => Promise.allSettled([answer]),
    (/** @type {Promise<any>} */ answer) => Promise.race([answer, new Promise(() => {})]).catch(() => {}),
  ]) await go(observe, undefined);
  // An answer that nobody wants may stay away.
  await go(nobody, () => new Promise(() => {}));
});

test('requests of types that no method has are answered by handlers of the type, else refused', async (t) => {
  const { host, codebolt } = await started(t);
  assert.equal(/** @type {any} */ (await codebolt.request('acme.count', { n: 1 })).success, false);
  host.on('acme.count', ({ n }) => ({ success: true, count: n + 1 }));
  assert.equal(/** @type {any} */ (await codebolt.request('acme.count', { n: 1 })).count, 2);
});

test('a scripted model calls tools, refuses, and fails the test when it is asked too often', async () => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  const model = host.script([{ tool: 'read_file', arguments: { path: 'a' } }, [{ tool: 'one' }, { tool: 'two', arguments: '{' }], { error: 'overloaded' }, ({ messages }) => `after ${messages.length}`]);
  host.on('llm.inference', model);
  const ask = async () => /** @type {any} */ (await codebolt.llm.inference({ messages: [{ role: 'user', content: 'x' }] }));
  const first = (await ask()).completion;
  const call = { id: 'call_1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } };
  assert.deepEqual([first.tool_calls, first.choices[0].message.tool_calls, first.choices[0].finish_reason], [[call], [call], 'tool_calls']);
  assert.deepEqual((await ask()).completion.tool_calls.map((/** @type {any} */ one) => [one.id, one.function.arguments]), [['call_2', '{}'], ['call_3', '{']]);
  assert.deepEqual([(await ask()).error, model.remaining], ['overloaded', 1]);
  assert.equal((await ask()).completion.content, 'after 1');
  assert.match((await ask()).error, /asked 5 times, and its script has 4 steps/);
  await assert.rejects(host.close(), { code: 'SCRIPT_ENDED' });
});

test('a user message waits for the agent; the promise gives what it answers, or what it threw', async (t) => {
  const { host, codebolt } = await started(t);
  const early = host.sendUserMessage({ userMessage: 'first', mentionedFiles: ['a.ts'] });
  codebolt.onMessage(({ userMessage, mentionedFiles }) => {
    if (userMessage === 'bad') throw new Error('no idea');
    return `${userMessage} ${mentionedFiles}`;
  });
  assert.equal((await early).message, 'first a.ts');
  assert.equal((await host.sendUserMessage('bad')).error, 'no idea');
});

test('an agent that goes away owes no answer for ever', async (t) => {
  const { host, codebolt } = await started(t);
  codebolt.onMessage(() => new Promise(() => {}));
  const run = host.sendUserMessage('x');
  await codebolt.waitForReady();
  host.break();
  await assert.rejects(run, { code: 'CONNECTION_ENDED', closeCode: 1006, message: /sendUserMessage\("x"\): the agent's connection ended \(code 1006\)/ });
  const never = host.sendUserMessage('y');
  await host.close();
  await assert.rejects(never, { code: 'HOST_CLOSED' });
});

test('everything that a host sends of itself reaches who listens', async (t) => {
  const { host, codebolt } = await started(t);
  await codebolt.waitForReady();
  const steering = codebolt.chat.onSteeringMessageReceived();
  await host.steer('slower');
  assert.equal(/** @type {any} */ (await steering).message, 'slower');
  const event = codebolt.agentEventQueue.waitForNextQueueEvent();
  await host.sendAgentEvent({ eventType: 'built' });
  assert.equal(/** @type {any} */ (await event).eventId, 'event-1');
  assert.equal((await host.sent('agentEventQueue.acknowledgeEvent')).params.eventId, 'event-1');
  host.on('thread.createThreadInBackground', { success: true, threadId: 't-1' });
  await codebolt.thread.createThreadInBackground(/** @type {any} */ ({ title: 'x' }));
  assert.equal(codebolt.backgroundChildThreads.getRunningAgentCount(), 1);
  const done = /** @type {any} */ (codebolt.backgroundChildThreads.waitForAnyExternalEvent());
  await host.completeThread('t-1', { result: 7 });
  assert.match(JSON.stringify(await done), /"threadId":"t-1".*"result":7/);
  const stopped = new Promise((resolve) => codebolt.chat.processStarted(resolve));
  await host.stopProcess();
  await stopped;
  host.heartbeat();
});

test('providers and plugins are asked, and their answers, failures and silences come back', async (t) => {
  const { host, codebolt } = await started(t);
  codebolt.onProviderStart((start) => ({ at: start.environmentName }));
  codebolt.onReadFile(() => {
    throw new Error('no such file');
  });
  /** @type {any[]} */
  const plugins = [];
  codebolt.onPluginStart((start) => void plugins.push(start));
  codebolt.onEnvironmentHeartbeatRequest(() => ({ status: 'running' }));
  assert.deepEqual((await host.ask('onProviderStart', { environmentName: 'e' })).message, { at: 'e' });
  assert.equal((await host.ask('onReadFile', { path: 'a' })).error, 'no such file');
  assert.equal((await host.ask('onEnvironmentHeartbeatRequest', { environmentId: 'e' })).status, 'running');
  assert.equal(await host.ask('onPluginStart', { pluginId: 'p' }), undefined);
  await codebolt.fs.readFile('x');
  assert.equal(plugins[0].pluginId, 'p');
  assert.throws(() => host.ask(/** @type {any} */ ('onNothing')), { code: 'INVALID_ARGUMENT', message: /onProviderStart/ });
});

test("a command's output streams under the id of its request", async (t) => {
  const { host, codebolt } = await started(t);
  host.on('terminal.executeCommandWithStream', ({ command }, request) => host.stream(request, { output: [`${command}: one`, 'two'], exitCode: 3 }));
  const stream = codebolt.terminal.executeCommandWithStream('make');
  const finished = await new Promise((resolve) => {
    /** @type {any[]} */
    const output = [];
    stream.on('commandOutput', (message) => output.push(message.output));
    stream.on('commandFinish', (message) => resolve({ output, exitCode: message.exitCode }));
  });
  assert.deepEqual(finished, { output: ['make: one', 'two'], exitCode: 3 });
  assert.equal(/** @type {any} */ (await codebolt.terminal.executeCommand('true')).type, 'commandFinish');
});

test('sent gives each frame once, waits for those to come, and says what came instead', async (t) => {
  const { host, codebolt } = await started(t);
  const second = [host.sent('fs.readFile'), host.sent('fs.readFile')].at(1);
  await codebolt.fs.readFile('a');
  await codebolt.fs.readFile('b');
  assert.equal((await second)?.params.filePath, 'b');
  const chosen = host.sent('fs.readFile', { where: ({ params }) => params.filePath === 'd' });
  await codebolt.fs.readFile('c');
  await codebolt.fs.readFile('d');
  assert.equal((await chosen).params.filePath, 'd');
  await assert.rejects(host.sent('git.status', { timeout: 1 }), { code: 'NOT_SENT', message: /has not sent it within 1 ms; it has sent \["fs\.readFile"/ });
  await assert.rejects(host.sent('fs.readFile', { timeout: 1 }), { code: 'NOT_SENT', message: /nothing for this call within 1 ms: of the 4 that the agent has sent, earlier calls went through 4; it has sent/ });
  await codebolt.fs.readFile('e');
  const refused = host.sent('fs.readFile', { timeout: 1, where: ({ params }) => params.filePath === 'f' });
  await assert.rejects(refused, { code: 'NOT_SENT', message: /of the 5 that the agent has sent, earlier calls went through 4, and 'where' took none of the rest; it has sent/ });
});

test('nothing waits for a timer: all goes on while every clock is faked, and delays follow the faked one', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
  t.after(() => mock.timers.reset());
  const { host, codebolt } = await started(t);
  codebolt.onMessage(async () => /** @type {any} */ (await codebolt.fs.readFile('x')).success);
  assert.equal((await host.sendUserMessage('go')).message, true);
  host.fault('git.status', { delay: 3_600_000 });
  let isThere = false;
  const status = codebolt.git.status(/** @type {any} */ ({ timeout: 0 })).then(() => (isThere = true));
  await host.sent('git.status');
  mock.timers.tick(3_599_999);
  await codebolt.fs.readFile('y');
  assert.equal(isThere, false);
  mock.timers.tick(1);
  assert.equal(await status, true);
});

test('an agent that asks for ever leaves the event loop a turn', async (t) => {
  const { host, codebolt } = await started(t);
  let goesOn = true;
  setTimeout(() => (goesOn = false), 1);
  while (goesOn) await codebolt.fs.readFile('x');
  assert.ok(host.requests('fs.readFile').length > 0);
});

test('a Codebolt of one\'s own connects by the options; what it says of itself is seen', async (t) => {
  const { host } = await started(t);
  const codebolt = new Codebolt(host.options({ params: { agentId: 'a-1' } }));
  await codebolt.waitForReady();
  assert.equal(host.connections.at(-1)?.params.agentId, 'a-1');
  await codebolt.close();
});

test('a transcript is the same in every run: ids numbered, times masked', async () => {
  const run = async () => {
    const host = await TestHost.start();
    const codebolt = host.connect();
    await codebolt.kvStore.createInstance('notes');
    codebolt.notify.fs?.FileReadRequestNotify?.('a.ts');
    await codebolt.fs.readFile('a.ts');
    await codebolt.close();
    await host.close();
    return host.transcript();
  };
  const first = await run();
  assert.equal(await run(), first);
  assert.match(first, /^→ kvStore\.createInstance \{"params":\{"name":"notes"\}\}\n← kvStore\.createInstance .*"createdAt":"‹time›"/);
});

test('closing the host, as `await using` does, closes its clients, those that reconnect too', async () => {
  const host = await TestHost.start();
  const codebolt = host.connect({ reconnect: true });
  await codebolt.waitForReady();
  await host[Symbol.asyncDispose]();
  assert.equal(codebolt.connectionState, 'closed');
  await assert.rejects(host.sendUserMessage('x'), { code: 'HOST_CLOSED' });
  await host.close();
});

test('an option that does not exist is refused, and what is wrong is said', async () => {
  await assert.rejects(TestHost.start(/** @type {any} */ ({ unhandeld: 'error' })), { code: 'INVALID_ARGUMENT', message: /unhandeld.*unhandled/ });
  await assert.rejects(TestHost.start(/** @type {any} */ ({ unhandled: 'ignore' })), { code: 'INVALID_ARGUMENT', message: /"ignore"; expected one of default, refuse, error/ });
  const host = await TestHost.start();
  assert.throws(() => host.script(/** @type {any} */ ('done')), TestHostError);
  assert.throws(() => host.fault('*', {}), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => host.chaos({ seed: -1 }), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => host.send(/** @type {any} */ ({})), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => host.on('fs.readFile', /** @type {any} */ ('x')), { code: 'INVALID_ARGUMENT' });
  await host.close();
});

test('a condition that throws rejects what waits, and the agent gets its reply', async () => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  const waiting = host.sent('fs.readFile', { where: () => { throw new RangeError('mine'); } });
  assert.equal((await codebolt.fs.readFile('a.txt')).success, true);
  await assert.rejects(waiting, { name: 'RangeError', message: 'mine' });
  await assert.rejects(host.sent('fs.readFile', { where: () => { throw new RangeError('again'); } }), { message: 'again' });
  await host.close();
});
