// Where a session connects, and what it tells the host in the address (PROTOCOL.md, "Connection").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodeboltError } from 'codebolt-wasm';
import { runChild } from './child.mjs';
import { failure, open, startHost, until } from './misbehaving-host.mjs';

/** The address that a fresh process with this environment connects to. */
async function addressWith(env, options = '{}') {
  const host = await startHost();
  try {
    const { stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt(${options});
       await codebolt.waitForReady();
       await codebolt.close();`,
      { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1', ...env } },
    );
    assert.equal(stderr, '');
    assert.equal(host.connections.length, 1);
    return host.connections[0];
  } finally {
    await host.stop();
  }
}

describe('the address', () => {
  it('has the path /codebolt and a connection id of time and chance in base 36', async () => {
    const { url } = await addressWith({});
    assert.equal(url.pathname, '/codebolt');
    assert.match(url.searchParams.get('id'), /^ws_[0-9a-z]{8}_[0-9a-z]+$/);
    assert.deepEqual([...url.searchParams.keys()], ['id']);
  });

  it('names the agent in the order of the protocol, and leaves out what is empty', async () => {
    const { url } = await addressWith({
      agentTask: 'task',
      threadToken: 'token',
      agentId: 'a',
      parentId: 'p',
      parentAgentInstanceId: '',
      threadId: 't',
    });
    assert.deepEqual([...url.searchParams.keys()], ['id', 'agentId', 'parentId', 'agentTask', 'threadToken', 'threadId']);
  });

  it('leaks nothing else of the environment', async () => {
    const { rawUrl, headers } = await addressWith({ OPENAI_API_KEY: 'secret-key', AWS_TOKEN: 'secret-token', agentId: 'a' });
    assert.doesNotMatch(rawUrl, /secret|KEY|TOKEN|PATH|HOME/);
    assert.doesNotMatch(JSON.stringify(headers), /secret/);
  });

  it('encodes every value, so that # and & do no harm', async () => {
    const value = 'a#b&admin=true=?/ %é"\u{1f600}';
    const { url } = await addressWith({ agentId: value, agentTask: value, threadId: value });
    assert.equal(url.searchParams.get('agentId'), value);
    assert.equal(url.searchParams.get('agentTask'), value);
    assert.equal(url.searchParams.get('threadId'), value);
    assert.equal(url.searchParams.has('admin'), false);
  });

  for (const value of ['true', 'false', '0']) {
    it(`says dev=true last when Is_Dev is '${value}', as the reference does`, async () => {
      const { url } = await addressWith({ Is_Dev: value, agentId: 'a' }, "{ params: { tenant: 'x' } }");
      assert.deepEqual([...url.searchParams].slice(1), [
        ['agentId', 'a'],
        ['tenant', 'x'],
        ['dev', 'true'],
      ]);
    });
  }

  it('does not say dev when Is_Dev is empty', async () => {
    const { url } = await addressWith({ Is_Dev: '' });
    assert.equal(url.searchParams.has('dev'), false);
  });

  it('is a plugin\'s only when IS_PLUGIN is exactly true', async () => {
    const plugin = await addressWith({ IS_PLUGIN: 'true', pluginId: 'p', agentId: 'a', Is_Dev: 'true' });
    assert.equal(plugin.url.pathname, '/plugin');
    assert.deepEqual([...plugin.url.searchParams].slice(1), [
      ['pluginId', 'p'],
      ['pluginToken', ''],
    ]);
    const agent = await addressWith({ IS_PLUGIN: '1', pluginId: 'p' });
    assert.equal(agent.url.pathname, '/codebolt');
    assert.equal(agent.url.searchParams.has('pluginId'), false);
  });

  it('offers compression, and neither a subprotocol nor an authorization', async () => {
    const { headers } = await addressWith({});
    assert.match(headers['sec-websocket-extensions'], /permessage-deflate/);
    assert.equal(headers['sec-websocket-protocol'], undefined);
    assert.equal(headers.authorization, undefined);
  });

  it('differs with every connection', async () => {
    const host = await startHost();
    const first = open({ url: host.url });
    const second = open({ url: host.url });
    await Promise.all([first.waitForReady(), second.waitForReady()]);
    const [a, b] = host.connections.map(({ url }) => url.searchParams.get('id'));
    assert.notEqual(a, b);
  });

  it('keeps the query of a url that has one', async () => {
    const host = await startHost();
    const codebolt = open({ url: `${host.url}?tenant=a%26b`, params: { 'k&': 'v#' } });
    await codebolt.waitForReady();
    const { url } = host.connections[0];
    assert.equal(url.searchParams.get('tenant'), 'a&b');
    assert.equal(url.searchParams.get('k&'), 'v#');
  });
});

describe('an address that cannot be used', () => {
  for (const [options, text] of [
    [{ url: 'ftp://host/codebolt' }, /option 'url': expected a WebSocket address.*, got 'ftp:\/\/host\/codebolt'/],
    [{ url: 'ws://host/#fragment' }, /option 'url'/],
    [{ url: '' }, /option 'url'/],
    [{ host: 'a b' }, /option 'host': expected a host name.*, got 'a b'/],
    [{ host: 'ws://localhost' }, /option 'host'/],
  ]) {
    it(`rejects a call and names the option: ${JSON.stringify(options)}`, async () => {
      const codebolt = open(options);
      for (const promise of [codebolt.waitForReady(), codebolt.request('x'), codebolt.send({ type: 'x' })]) {
        const error = await failure(promise);
        assert.ok(error instanceof CodeboltError);
        assert.equal(error.code, 'INVALID_ARGUMENT');
        assert.match(error.message, text);
      }
    });
  }

  for (const [env, text] of [
    [{ SOCKET_PORT: 'abc' }, "environment variable SOCKET_PORT: expected a port number from 1 to 65535, got 'abc'"],
    [{ SOCKET_PORT: '70000' }, "environment variable SOCKET_PORT: expected a port number from 1 to 65535, got '70000'"],
    [{ CODEBOLT_SERVER_URL: 'http://localhost' }, "environment variable CODEBOLT_SERVER_URL: expected a host name or IP address"],
  ]) {
    it(`may come from the environment: ${JSON.stringify(env)}`, async () => {
      const { stdout, code } = await runChild(
        `import codebolt, { CodeboltError } from 'codebolt-wasm';
         try { await codebolt.eventLog.listInstances(); } catch (error) {
           console.log(error instanceof CodeboltError, error.code, error.message);
         }`,
        { env },
      );
      assert.equal(code, 0);
      assert.ok(stdout.startsWith('true INVALID_ARGUMENT'), stdout);
      assert.ok(stdout.includes(text), stdout);
    });
  }

  it('is told as a warning where only a listener waits, and does not end the process, which at its end does not count as a success', async () => {
    const { code, stdout, stderr } = await runChild(
      `import codebolt from 'codebolt-wasm';
       codebolt.onMessage(() => {});
       setTimeout(() => console.log('alive'), 50);`,
      { env: { SOCKET_PORT: 'abc' } },
    );
    assert.equal(code, 1);
    assert.equal(stdout, 'alive\n');
    assert.match(stderr, /SOCKET_PORT: expected a port number from 1 to 65535, got 'abc'/);
    assert.doesNotMatch(stderr, /^codebolt: /m, 'the warning has said it');
  });

  for (const [what, text] of [
    ['somebody hears of it', "codebolt.on('listenerError', () => {}); codebolt.onMessage(() => {});"],
    ['the session was closed before', 'await codebolt.close(); codebolt.onMessage(() => {});'],
  ]) {
    it(`does not count as a failure of the program where ${what}`, async () => {
      const { code, stderr } = await runChild(`import codebolt from 'codebolt-wasm'; ${text}`, { env: { SOCKET_PORT: 'abc' } });
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  it('is logged where only a listener waits', async () => {
    const lines = [];
    const codebolt = open({ url: 'ftp://nowhere', logger: (level, text, error) => lines.push([level, text, error.code]) });
    codebolt.onMessage(() => {});
    await until(() => lines.length > 0);
    assert.deepEqual(lines[0], ['error', 'the connection could not be made', 'INVALID_ARGUMENT']);
  });
});
