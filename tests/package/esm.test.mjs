// The package installed by its name, from ECMAScript modules, on a real host.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { after, describe, it } from 'node:test';
import codebolt, * as all from 'codebolt-wasm';
import { Codebolt, CodeboltError, createInstance, eventLog, unwrap } from 'codebolt-wasm';
import tools, { defaultRegistry, toolsFor } from 'codebolt-wasm/tools';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const fresh = () => `package-${crypto.randomUUID()}`;

/** Runs code in a process of its own, in this project. */
const run = (code, options = {}) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 20_000,
    ...options,
    env: { ...process.env, ...options.env },
  });

/** A port on which nothing listens. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

after(() => codebolt.close());

describe('the package, imported', () => {
  it('has nothing connected before it is used', () => {
    assert.equal(codebolt.connectionState, 'idle');
    assert.equal(codebolt.occupancy, undefined);
    assert.equal(codebolt.ready, false);
  });

  it('exports the instance as default, and by name what people take from it', () => {
    assert.ok(codebolt instanceof Codebolt);
    for (const name of ['default', 'Codebolt', 'CodeboltError', 'createInstance', 'eventLog', 'initAsync', 'unwrap']) {
      assert.ok(name in all, name);
    }
    assert.equal(typeof eventLog.createInstance, 'function');
  });

  it('is one and the same for import and require', () => {
    const required = createRequire(import.meta.url)('codebolt-wasm');
    assert.equal(required, codebolt);
    assert.equal(required.default, codebolt);
    assert.equal(required.Codebolt, Codebolt);
    assert.equal(required.CodeboltError, CodeboltError);
  });

  it('has one class of errors, also for modules that are loaded on demand', async () => {
    for (const { init } of [all.rag, codebolt.rag, createRequire(import.meta.url)('codebolt-wasm').search]) {
      await assert.rejects(init(), (error) => error instanceof CodeboltError && error.code === 'NOT_SUPPORTED');
    }
  });

  it('creates an instance on the host', async () => {
    const name = fresh();
    await codebolt.waitForReady();
    const reply = await codebolt.eventLog.createInstance(name, 'by the package’s name');
    assert.equal(reply.success, true);
    assert.equal(reply.type, 'eventLog.createInstance');
    assert.match(reply.requestId, UUID);
    assert.match(reply.data.instance.id, UUID);
    assert.equal(reply.data.instance.name, name);
    assert.equal(reply.data.instance.description, 'by the package’s name');
    assert.ok(!Number.isNaN(Date.parse(reply.data.instance.createdAt)));
    assert.equal(codebolt.ready, true);
  });

  it('resolves with the refusal for a duplicate name', async () => {
    const name = fresh();
    assert.equal((await createInstance(name)).success, true);
    const again = await createInstance(name);
    assert.equal(again.success, false);
    assert.match(again.error, /exists/);
    assert.equal(again.data, undefined);
  });

  it('has methods that work taken off their object, on one connection with the instance', async () => {
    const { createInstance: create } = eventLog;
    const { listInstances } = codebolt.eventLog;
    const name = fresh();
    const [{ data }, list] = await Promise.all([create(name), listInstances()]);
    assert.equal(data.instance.name, name);
    assert.equal(list.success, true);
    assert.ok(unwrap(await listInstances()).instances.some((instance) => instance.id === data.instance.id));
  });

  it('answers many calls at once, each with its own reply', async () => {
    const names = Array.from({ length: 50 }, fresh);
    const replies = await Promise.all(names.map((name) => createInstance(name)));
    assert.deepEqual(replies.map((reply) => reply.data.instance.name), names);
    assert.equal(new Set(replies.map((reply) => reply.requestId)).size, 50);
  });

  it('rejects when no host runs, within the connect timeout, and names the address and what to do', async () => {
    const port = await freePort();
    const alone = new Codebolt({ host: '127.0.0.1', port });
    const started = performance.now();
    await assert.rejects(alone.eventLog.createInstance('nowhere'), (error) => {
      assert.ok(error instanceof CodeboltError);
      assert.equal(error.code, 'CONNECT_FAILED');
      assert.equal(error.sent, false);
      assert.equal(error.address, `ws://127.0.0.1:${port}/codebolt`);
      assert.ok(error.message.includes(`ws://127.0.0.1:${port}/codebolt`), error.message);
      assert.match(error.message, /start|running|CODEBOLT_SERVER_URL|SOCKET_PORT/);
      return true;
    });
    assert.ok(performance.now() - started < 10_000);
  });
});

describe('the package, in a process of its own', () => {
  it('prints nothing when it is imported, used and closed', () => {
    const ended = run(`
      import codebolt from 'codebolt-wasm';
      await codebolt.eventLog.listInstances();
      await codebolt.eventLog.createInstance('${fresh()}');
      await codebolt.close();
    `);
    assert.deepEqual([ended.status, ended.stdout, ended.stderr], [0, '', '']);
  });

  it('lets the process end by itself when it was only imported', () => {
    const ended = run("import codebolt, { eventLog } from 'codebolt-wasm';");
    assert.deepEqual([ended.status, ended.signal, ended.stdout, ended.stderr], [0, null, '', '']);
  });

  it('lets the process end by itself after a call that found no host', async () => {
    const ended = run(
      "import codebolt from 'codebolt-wasm'; await codebolt.eventLog.listInstances().catch((error) => console.log(error.code));",
      { env: { CODEBOLT_SERVER_URL: '127.0.0.1', SOCKET_PORT: String(await freePort()) } },
    );
    assert.deepEqual([ended.status, ended.signal, ended.stdout.trim()], [0, null, 'CONNECT_FAILED']);
  });
});

describe('the tools', () => {
  it('are one set for an instance, for its `mcp`, and for whoever asks again', async () => {
    assert.equal(toolsFor(codebolt), tools);
    const other = new Codebolt({ host: '127.0.0.1', port: 1 });
    assert.notEqual(toolsFor(other), tools);
    assert.equal(toolsFor(other), toolsFor(other));
    toolsFor(other).getRegistry().unregisterTool('glob');
    assert.equal((await other.mcp.getMcpTools(['codebolt'])).tools.length, 72);
    assert.equal((await codebolt.mcp.getMcpTools(['codebolt'])).tools.length, 73);
    assert.equal(defaultRegistry.getToolCount(), 0);
    // What is not an instance has its own.
    const own = {};
    assert.equal(toolsFor(own), toolsFor(own));
    assert.notEqual(toolsFor(own), toolsFor({}));
  });
});
