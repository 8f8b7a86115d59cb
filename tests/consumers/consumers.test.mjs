/**
 * Programs in the ways that public ones are written for `@codebolt/codeboltjs`, with the package installed under that name.
 * Each is type-checked strictly, built in three ways, and run against a host that answers as hosts do; what it sends, in its order, is compared.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startHost, userMessage, withoutIds } from './scripted-host.mjs';

const packageFile = process.env.CODEBOLT_PACKAGE;
assert.ok(packageFile, 'run these tests with `cargo xtask test consumers`');

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), 'codebolt-consumers-'));
after(() => rmSync(project, { recursive: true }));

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
const start = (program, args, env) => {
  const child = spawn(program, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearTimeout(timer);
    return { code, signal };
  });
  return { child, said, ended };
};

/** @param {string} program @param {string[]} args */
const finish = async (program, args) => {
  const { said, ended } = start(program, args, process.env);
  const { code } = await ended;
  assert.equal(code, 0, `${program} ${args.join(' ')}\n${said.stdout}\n${said.stderr}`);
};

cpSync(fileURLToPath(new URL('./programs/', import.meta.url)), path.join(project, 'src'), { recursive: true });
writeFileSync(
  path.join(project, 'package.json'),
  JSON.stringify({ private: true, dependencies: { '@codebolt/codeboltjs': `file:${packageFile}` } }),
);
await finish(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error']);

const names = readdirSync(path.join(project, 'src')).map((file) => path.basename(file, '.ts'));
const sources = names.map((name) => path.join(project, 'src', `${name}.ts`));
writeFileSync(
  path.join(project, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      lib: ['es2022'],
      module: 'commonjs',
      moduleResolution: 'node10',
      strict: true,
      esModuleInterop: true,
      noEmitOnError: true,
      outDir: 'compiled',
      rootDir: 'src',
      typeRoots: [path.join(modules, '@types')],
      types: ['node'],
    },
    include: ['src'],
  }),
);

/** How the programs are built: the file of each, by its name. @type {Record<string, (name: string) => string>} */
const builds = {
  'tsc to CommonJS': (name) => `compiled/${name}.js`,
  'esbuild to CommonJS, the package external': (name) => `bundled/${name}.cjs`,
  'esbuild to ESM, the package external': (name) => `bundled/${name}.mjs`,
};
await finish(process.execPath, [path.join(modules, 'typescript-5.4', 'bin', 'tsc'), '-p', project]);
for (const [format, extension] of /** @type {const} */ ([['cjs', '.cjs'], ['esm', '.mjs']])) {
  await build({
    entryPoints: sources,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    external: ['@codebolt/codeboltjs'],
    outdir: path.join(project, 'bundled'),
    outExtension: { '.js': extension },
    logLevel: 'error',
  });
}

/** A program's environment: nothing of this process's own agents. @param {number} port @param {NodeJS.ProcessEnv} [env] */
const environment = (port, env) => ({ PATH: process.env.PATH, HOME: process.env.HOME, SOCKET_PORT: String(port), CODEBOLT_SERVER_URL: '127.0.0.1', ...env });

/**
 * Runs a program until it has sent a frame that `isLast`, or has ended. Gives its frames and how it ended, or was.
 * @param {string} file
 * @param {object} script
 * @param {Parameters<typeof startHost>[0]} script.hear
 * @param {Parameters<typeof startHost>[1]} [script.greet]
 * @param {(frame: any, frames: any[]) => boolean} [script.isLast]
 * @param {NodeJS.ProcessEnv} [script.env]
 */
const run = async (file, { hear, greet, isLast = () => false, env }) => {
  /** @type {(value?: unknown) => void} */
  let done = () => {};
  const isDone = new Promise((resolve) => (done = resolve));
  const host = await startHost((frame, connection) => {
    hear(frame, connection);
    if (isLast(frame, host.frames)) done();
  }, greet);
  const { child, said, ended } = start(process.execPath, [file], environment(host.port, env));
  await Promise.race([ended, isDone]);
  const exitCode = child.exitCode;
  child.kill();
  const { signal } = await ended;
  host.stop();
  return { frames: host.frames, addresses: host.addresses, exitCode, signal, ...said };
};

/** Answers a request as hosts do. @param {any} frame @param {string} type @param {object} [members] */
const reply = ({ requestId }, type, members) => ({ type, requestId, success: true, ...members });

const isStopped = (/** @type {any} */ { type }) => type === 'processStoped';

for (const [how, fileOf] of Object.entries(builds)) {
  describe(how, () => {
    it('an agent with tools and a model goes round until the model wants nothing more', async () => {
      let turns = 0;
      const { frames, stderr } = await run(fileOf('agent'), {
        greet: ({ say }) => say(userMessage('list the files', { mentionedMCPs: ['files'] })),
        hear(frame, { say }) {
          const { type, action } = frame;
          if (type === 'fsEvent') say(reply(frame, 'readFileResponse', { content: 'a project' }));
          if (action === 'getTools') say(reply(frame, 'getToolsResponse', { data: [{ type: 'function', function: { name: 'files--list' } }] }));
          if (action === 'executeTool') say(reply(frame, 'executeToolResponse', { data: [frame.params.fail ?? false, `done ${frame.toolName}`] }));
          if (type !== 'inference') return;
          const call = (/** @type {string} */ id, /** @type {string} */ name, /** @type {object} */ args) => ({ id, function: { name, arguments: JSON.stringify(args) } });
          const message = [
            { role: 'assistant', content: null, tool_calls: [call('1', 'files--list', { path: '.' }), call('2', 'files--read', { fail: true })] },
            { role: 'assistant', content: null, tool_calls: [call('3', 'codebolt--read', {})] },
            { role: 'assistant', content: 'two files' },
          ][turns++];
          say(reply(frame, 'llmResponse', { completion: { choices: [{ message }] } }));
        },
        isLast: isStopped,
      });
      const sent = frames.map(withoutIds);
      assert.deepEqual(sent.map(({ type, action }) => action ?? type), [
        'sendMessage', 'readFile', 'getTools', 'inference', 'executeTool', 'executeTool', 'inference', 'inference', 'processStoped',
      ], stderr);
      assert.deepEqual(sent[4], { type: 'codebolttools', action: 'executeTool', toolName: 'files--list', params: { path: '.' } });
      const messages = sent[6].message?.prompt?.messages ?? sent[6].prompt?.messages ?? sent[6].message?.messages;
      assert.deepEqual(messages.slice(-2).map((/** @type {any} */ each) => each.content), ['done files--list', 'failed: done files--read']);
      assert.deepEqual(sent.at(-1), { type: 'processStoped', message: 'two files' });
      for (const frame of frames) assert.match(frame.requestId, /^[0-9a-f-]{36}$/);
    });

    it('an action block answers each invocation with what it returns', async () => {
      const invocation = { type: 'actionBlockInvocation', threadId: 't', parentAgentId: 'a', parentAgentInstanceId: 'i', timestamp: 'now' };
      const { frames } = await run(fileOf('action-block'), {
        greet: ({ say }) =>
          say(
            { ...invocation, sideExecutionId: 'one', threadContext: { a: 1 }, params: { requirement: 'sign in' } },
            { ...invocation, sideExecutionId: 'two', threadContext: {}, params: {} },
          ),
        hear: (frame, { say }) => frame.type === 'jobEvent' && say(reply(frame, 'jobCreateResponse', { job: { id: 'J-1' } })),
        isLast: (_, all) => all.filter(({ type }) => type === 'actionBlockComplete').length === 2,
      });
      const answers = frames.filter(({ type }) => type === 'actionBlockComplete').map(withoutIds);
      assert.deepEqual(answers.find(({ sideExecutionId }) => sideExecutionId === 'one').result, { success: true, jobId: 'J-1', of: 't' });
      assert.deepEqual(answers.find(({ sideExecutionId }) => sideExecutionId === 'two').result, { success: false, error: 'no requirement for two' });
    });

    it('a plugin starts, shows its panel, and stops', async () => {
      const { frames, addresses, stderr } = await run(fileOf('plugin'), {
        env: { IS_PLUGIN: 'true', pluginId: 'p', pluginToken: 'secret' },
        greet: ({ say }) => say({ type: 'pluginStartMessage', pluginId: 'p', pluginDir: '/p', manifest: { name: 'Feedback' } }),
        hear(frame, { say }) {
          const names = /** @type {Record<string, string>} */ ({ open: 'Open', send: 'Send', close: 'Close' });
          const name = /^dynamicPanel\.(\w+)$/.exec(frame.type)?.[1];
          if (name) say(reply(frame, `dynamicPanel${names[name]}Response`));
          if (name === 'open') say({ type: 'dynamicPanel.message', panelId: 'feedback', data: { action: 'submit', text: 'good' } });
          if (name === 'send') say({ type: 'pluginStopMessage' });
        },
        isLast: ({ type }) => type === 'pluginStopResponse',
      });
      assert.match(addresses[0], /^\/plugin\?id=[^&]+&pluginId=p&pluginToken=secret$/);
      assert.deepEqual(frames.map(withoutIds), [
        { type: 'dynamicPanel.open', params: { panelId: 'feedback', title: 'Feedback', html: '<p>p</p>' } },
        { type: 'dynamicPanel.send', params: { panelId: 'feedback', data: { thanks: 'good' } } },
        { type: 'dynamicPanel.close', params: { panelId: 'feedback' } },
        { type: 'pluginStopResponse', success: true },
      ], stderr);
    });

    it('a provider pushes by the socket, beats, and answers the host', async () => {
      const { frames, stderr } = await run(fileOf('provider'), {
        greet: ({ say }) =>
          say(
            { type: 'providerStart', environmentName: 'env' },
            { type: 'providerAgentStart', userMessage: { userMessage: 'go' } },
            { type: 'providerReadFile', path: 'a.txt' },
            { type: 'providerReadFile', path: '../a.txt' },
            { type: 'providerWriteFile', path: 'b.txt', content: 'four' },
            { type: 'providerGetDiffFiles' },
            { type: 'providerHeartbeatRequest', providerId: 'p1', timestamp: 'then' },
            { type: 'fromHost', text: 'hello' },
          ),
        hear: ({ type, uptime }, { say }) => type === 'providerHeartbeat' && uptime === 2 && say({ type: 'closeSignal' }),
        isLast: ({ type }) => type === 'closeSignalResponse',
      });
      const sent = frames.map(({ timestamp, ...frame }) => frame);
      const event = (/** @type {string} */ action, /** @type {object} */ members) => ({ type: 'remoteProviderEvent', action, ...members });
      // Those that the socket sends have the id that the program gave them, or none.
      const pushed = [
        event('ready', { environment: 'env', requestId: 'ready-1' }),
        { type: 'agentOutput', text: 'starting for go' },
        { type: 'written', path: 'b.txt', bytes: 4 },
        { type: 'toHost', echo: 'hello' },
      ];
      for (const frame of pushed) assert.ok(sent.some((each) => JSON.stringify(each) === JSON.stringify(frame)), `${JSON.stringify(frame)}\n${JSON.stringify(sent)}\n${stderr}`);
      const others = frames.filter(({ requestId }) => requestId && requestId !== 'ready-1').map(withoutIds);
      const beat = { type: 'providerHeartbeat', providerId: 'p1', status: 'healthy' };
      const wanted = [
        event('providerStartResponse', { message: { success: true, environmentName: 'env' } }),
        event('providerAgentStartResponse', {}),
        event('providerReadFileResponse', { message: 'content of a.txt' }),
        event('providerReadFileResponse', { error: 'outside' }),
        event('providerWriteFileResponse', {}),
        event('providerDiffFilesResponse', { message: { files: [] } }),
        { ...beat, connectedEnvironments: ['env'] },
        { ...beat, connectedEnvironments: [], uptime: 1 },
        { ...beat, connectedEnvironments: [], uptime: 2 },
        { type: 'environmentHeartbeat', environmentId: 'env', providerId: 'p1' },
        { type: 'closeSignalResponse' },
      ];
      for (const frame of wanted) assert.ok(others.some((each) => JSON.stringify(each) === JSON.stringify(frame)), `${JSON.stringify(frame)}\n${JSON.stringify(others)}\n${stderr}`);
      const order = frames.map(({ type, action, requestId }) => requestId === 'ready-1' ? 'ready' : (action ?? type));
      assert.ok(order.indexOf('ready') < order.indexOf('providerStartResponse'), order.join());
    });

    it('an orchestrator hears of its threads, of their group and of events', async () => {
      let threads = 0;
      const { frames, stderr } = await run(fileOf('orchestrator'), {
        greet: ({ say }) => say(userMessage('begin')),
        hear(frame, { say }) {
          if (frame.action === 'createAndStartThread') say(reply(frame, 'ThreadAgentStarted', { threadId: `t-${++threads}` }));
          if (frame.type === 'agentEventQueue.ackEvent') {
            say(reply(frame, 'agentEventQueue.ackEventResponse'));
            // Both in one instant, the first with the id of the request that started it, which is over.
            say({ type: 'ThreadCompleted', threadId: 't-2', success: true }, { type: 'ThreadCompleted', threadId: 't-1', success: true });
          }
          if (frame.type !== 'agentEventQueue.sendAgentMessage') return;
          say(reply(frame, 'agentEventQueue.sendAgentMessageResponse'));
          say({ type: 'agentEvent', eventId: 'flat' }, { type: 'agentEvent', event: { eventId: 'e-1', eventType: 'agentMessage' } });
        },
        isLast: isStopped,
      });
      assert.deepEqual(frames.map(({ type, action }) => action ?? type), [
        'createAndStartThread', 'createAndStartThread', 'agentEventQueue.sendAgentMessage', 'agentEventQueue.ackEvent', 'processStoped',
      ], stderr);
      assert.deepEqual(frames.at(-1).message, [
        'started t-1, 1 running',
        'started t-2, 2 running',
        'handler: e-1',
        'event: e-1',
        'done: t-2',
        'group batch: 2, true',
        'done: t-1',
        'collected 2',
        'group of t-2 and t-1',
      ]);
    });

    for (const [ids, idOf] of /** @type {[string, (frame: any) => object][]} */ ([
      ['the id of what began it', ({ requestId }) => ({ requestId })],
      ['no id', () => ({})],
    ])) {
      it(`streams are heard to their end, also after calls whose replies have the same types; frames with ${ids}`, async () => {
        const { frames, stderr } = await run(fileOf('streams'), {
          greet: ({ say }) => say(userMessage('run')),
          hear(frame, { say }) {
            const { type, action, message } = frame;
            const id = idOf(frame);
            if (type === 'executeCommand') say(reply(frame, 'commandFinish', { output: '/work', exitCode: 0 }));
            if (type === 'executeCommandWithStream') {
              say({ type: 'commandOutput', output: 'a', ...id }, { type: 'commandOutput', output: 'b', ...id });
              if (message === 'build') say({ type: 'commandFinish', exitCode: 0, ...id });
              else say({ type: 'commandError', error: 'it broke', ...id });
            }
            if (action !== 'startTaskStep') return;
            if (message.taskId === 'task-1') say(reply(frame, 'startTaskStepResponse', { taskId: 'task-1', status: 'started' }));
            else for (const status of ['started', 'done']) say({ type: 'startTaskStepResponse', taskId: 'task-2', status, ...id });
          },
          isLast: isStopped,
        });
        assert.deepEqual(frames.at(-1)?.message, [
          'pwd: /work',
          'build: ab finished 0',
          'break: ab failed: it broke',
          'step: started',
          'listener: started, done',
        ], stderr);
      });
    }

    it('an agent that ends its process has sent what it sent before', async () => {
      const { frames, exitCode } = await run(fileOf('ends'), {
        hear: (frame, { say }) => frame.type === 'fsEvent' && say(reply(frame, 'readFileResponse', { content: 'a' })),
      });
      assert.deepEqual(frames.map(withoutIds).slice(1), [
        { type: 'sendMessage', message: 'one', payload: {} },
        { type: 'sendMessage', message: 'two', payload: {} },
        { type: 'processFinished' },
      ]);
      assert.equal(exitCode, 0);
    });

    it('an agent that asks for ever ends with its host', async () => {
      let asked = 0;
      const { frames, signal, stderr } = await run(fileOf('polls'), {
        hear(frame, { say, end }) {
          if (frame.type === 'agentEventQueue.getPendingEvents') {
            say(reply(frame, 'agentEventQueue.getPendingEventsResponse', { data: { events: asked++ ? [] : [{ eventId: 'e' }] } }));
          } else if (frame.type === 'agentEventQueue.ackEvent') say(reply(frame, 'agentEventQueue.ackEventResponse'));
          else if (asked < 5 && frame.type === 'getChatHistory') say(reply(frame, 'getChatHistoryResponse'));
          else if (asked >= 5) end();
        },
      });
      assert.equal(signal, null, stderr);
      assert.ok(frames.some(({ message }) => message === 'working on e'));
    });

    it('import * and named imports are the instance’s own', async () => {
      const { frames, stderr } = await run(fileOf('star'), {
        greet: ({ say }) => say(userMessage('a')),
        hear(frame, { say }) {
          if (frame.type === 'fsEvent') say(reply(frame, 'readFileResponse', { content: `content ${frame.message.filePath}` }));
          if (frame.type === 'eventLog.listInstances') say(reply(frame, frame.type, { data: { instances: [] } }));
        },
        isLast: isStopped,
      });
      assert.deepEqual(frames.at(-1).message, [true, true, 'content a', true, 'function', 'function', 'content b'], stderr);
      assert.ok(frames.some(({ message }) => message === 'from a module taken off'));
    });

    it('a program without a host says so and ends with 1', async () => {
      const host = await startHost(() => {});
      host.stop();
      const { said, ended } = start(process.execPath, [fileOf('agent')], environment(host.port));
      const { code } = await ended;
      assert.equal(code, 1);
      assert.match(said.stderr, /^codebolt: no connection to /);
    });
  });
}
