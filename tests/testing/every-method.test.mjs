/** Every method of the SDK that waits for a reply, called on a host that was told nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { TestHost } from 'codebolt-wasm-testing';

/** @type {{ methods: { name: string, mode: string, parameters: { name: string, optional: boolean }[], message: unknown }[] }} */
const { methods } = JSON.parse(readFileSync(String(process.env.CODEBOLT_WIRE), 'utf8'));
const requests = methods.filter(({ mode }) => mode === 'request');

/** Arguments of methods that look into them; all others get texts. @type {Record<string, any[]>} */
const ARGUMENTS = {
  'browser.executeOnInstance': ['browser-1', 'getContent'],
  'browser.batch': [[{ action: 'press' }]],
  'eventLog.createInstance': ['log'],
  'eventLog.getInstance': ['log'],
  'eventLog.deleteInstance': ['log'],
  'eventLog.getInstanceStats': ['log'],
  'eventLog.appendEvent': [{ instanceId: 'log', payload: {}, autoCreateInstance: true }],
  'eventLog.appendEvents': [{ instanceId: 'log', events: [{ payload: {} }], autoCreateInstance: true }],
  'eventLog.queryEvents': [{ from: { instance: 'log' } }],
  'eventLog.updateInstance': ['log', {}],
  'mcp.executeTool': ['files', 'read', {}],
  'mcp.getMcpTools': [['files']],
  'mcp.getTools': [[{ toolbox: 'files', toolName: 'read' }]],
  'mcp.listMcpFromServers': [['files']],
};

/** An event with all that its type declares. */
const EVENT = {
  targetAgentId: 'agent',
  eventType: 'agentMessage',
  priority: 'normal',
  payload: { type: 'agentMessage', content: 'x' },
  createdAt: '2026-01-01T00:00:00Z',
  status: 'pending',
  retryCount: 0,
};

/** What only waits for a message that the host sends of itself. @type {Record<string, (host: TestHost) => unknown>} */
const AWAITED = {
  'agentEventQueue.waitForNextQueueEvent': (host) => host.sendAgentEvent(EVENT),
  'agentEventQueue.waitForAnyExternalEvent': (host) => host.sendAgentEvent(EVENT),
};

const host = await TestHost.start();
const codebolt = /** @type {any} */ (host.connect({ requestTimeout: 5_000 }));
await codebolt.waitForReady();
after(() => Promise.all([codebolt.close(), host.close()]));

/** What no host can answer: a call settles with a whole frame, which is an object, or its frame is that of another method. @type {Record<string, string>} */
const UNANSWERABLE = {
  'chat.askQuestion': 'declared as a text',
  'chat.sendConfirmationRequest': 'declared as a text',
  'codeutils.getAllFilesAsMarkDown': 'declared as a text',
  'fileUpdateIntent.getByAgent': 'declared as a list',
  'fileUpdateIntent.getFilesWithIntents': 'declared as a list',
  'fileUpdateIntent.list': 'declared as a list',
  'thread.createThreadInBackground': 'sends what thread.createAndStartThread sends',
};

/** @type {Map<string, any>} */
const settled = new Map();

test('a call of every method settles with a reply that succeeded, and is known by its name', async (t) => {
  assert.ok(requests.length > 550, `there are ${requests.length} methods`);
  for (const { name, parameters, message } of requests) {
    await t.test(name, async () => {
      const call = name.split('.').reduce((at, part) => at[part], codebolt);
      const args = ARGUMENTS[name] ?? parameters.map((parameter) => parameter.name);
      const before = message === null ? 0 : host.requests(name).length;
      const waiting = call(...args);
      AWAITED[name]?.(host);
      const result = await waiting;
      settled.set(name, result);
      if (typeof result === 'object' && result !== null && !/^(kvStore|memory|todo)\./.test(name)) assert.notEqual(result.success, false, JSON.stringify(result));
      if (message !== null) assert.ok(host.requests(name).length > before, `known as ${host.requests().at(-1)?.method}`);
    });
  }
});

/** A type that allows more members, for a host may say more than a method declares; and as JSON has it. */
const PRELUDE = `import type { Codebolt } from 'codebolt-wasm';
type Json<T> = T extends Date ? string : T extends (infer Item)[] ? Json<Item>[] : T extends object ? { [Name in keyof T]: Json<T[Name]> } : T;
type More<T> = T extends readonly unknown[] ? T : T extends object ? T & Record<string, unknown> : T;
`;

test('what every call settled with is of the type that the method declares', () => {
  const lines = [...settled].filter(([name]) => !(name in UNANSWERABLE)).flatMap(([name, result], number) => {
    const type = `More<Json<Awaited<ReturnType<Codebolt${name.split('.').map((part) => `['${part}']`).join('')}>>>>`;
    return result === undefined ? [`const v${number}: ${type} = undefined; // ${name}`] : [`const v${number}: ${type} = ${JSON.stringify(result)}; // ${name}`];
  });
  const folder = path.join(process.cwd(), 'declared-types');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'replies.mts'), PRELUDE + lines.join('\n'));
  const compilerOptions = { module: 'nodenext', moduleResolution: 'nodenext', noEmit: true, strict: true, target: 'es2022', lib: ['es2022', 'dom'], types: [] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['replies.mts'] }));
  const tsc = path.join(String(process.env.CODEBOLT_TOOLS), 'npm/node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' });
  const errors = stdout.replace(/replies\.mts\((\d+),/g, (_, line) => `${lines[Number(line) - PRELUDE.split('\n').length]?.split('// ').at(-1)} (`);
  assert.equal(status, 0, errors.slice(0, 8_000));
  assert.ok(settled.size > 550, `${settled.size} have settled`);
});
