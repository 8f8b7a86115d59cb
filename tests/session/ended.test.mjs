// Calls on a session that has ended (PROTOCOL.md, "When the connection ends"): each is refused, and nobody spins.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runChild } from './child.mjs';
import { failure, open, settled, startHost, until } from './misbehaving-host.mjs';

const ended = async () => {
  const host = await startHost();
  const codebolt = open({ url: host.url });
  await codebolt.waitForReady();
  host.connections[0].socket.close(1011, 'gone');
  await until(() => codebolt.connectionState === 'closed');
  return codebolt;
};

describe('a program that calls for ever', () => {
  const at = (host) => ({ env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } });

  for (const [name, call, waits = false] of [
    ['a request', 'codebolt.eventLog.listInstances()'],
    ['a request with a time limit', 'codebolt.fs.readFile("x", { timeout: 5 })'],
    ['waitForReady', 'codebolt.waitForReady()', true],
    ['getMessage', 'codebolt.getMessage()'],
    ['a message', 'codebolt.send({ type: "x" })', true],
    ['an event of the queue', 'codebolt.agentEventQueue.waitForAnyExternalEvent()'],
    ['an event of a background agent', 'codebolt.backgroundChildThreads.waitForAnyExternalEvent()'],
    ['a steering message', 'codebolt.chat.onSteeringMessageReceived()'],
    ['a call of a closed client', '(codebolt.close(), codebolt.eventLog.listInstances())'],
    ['a call of a client that was closed before it was used', 'unused.eventLog.listInstances()'],
  ]) {
    it(`ends when its host has gone: ${name}`, async () => {
      const host = await startHost({ onConnection: ({ socket }) => setTimeout(() => socket.close(1001), 20) });
      const { timedOut, stdout, stderr } = await runChild(
        `import codebolt, { Codebolt } from 'codebolt-wasm';
         const unused = new Codebolt();
         await unused.close();
         await codebolt.waitForReady();
         // Some of these succeed without a wait while there is a connection, and then nothing else would ever run.
         if (${waits}) await new Promise((resolve) => codebolt.on('close', resolve));
         process.on('exit', () => console.log(refused >= 1000 && refused < 3000, refused));
         let refused = 0;
         const poll = async () => { for (;;) try { await ${call}; } catch { refused++; } };
         poll();`,
        at(host),
      );
      assert.equal(timedOut, false, stdout);
      assert.match(stdout, /^true /, stdout + stderr);
    });
  }

  it('and lives for something else is slowed down', async () => {
    const host = await startHost({ onConnection: ({ socket }) => setTimeout(() => socket.close(1001), 20) });
    const { stdout } = await runChild(
      `import codebolt from 'codebolt-wasm';
       await codebolt.waitForReady();
       let refused = 0;
       const poll = async () => { for (;;) try { await codebolt.eventLog.listInstances(); } catch { refused++; } };
       poll();
       let last;
       const look = setInterval(() => {
         // Each pause is twice as long as the one before: soon one looks and nothing has been refused in between.
         if (refused > 1000 && refused === last) { console.log(refused < 1030, refused); process.exit(); }
         last = refused;
       }, 40);`,
      at(host),
    );
    assert.match(stdout, /^true /);
  });
});

describe('a call on a session that has ended', () => {
  it('is refused at once, a thousand times one after another', async () => {
    const codebolt = await ended();
    let isLater = false;
    setImmediate(() => (isLater = true));
    for (let round = 0; round < 1000; round++) {
      await codebolt.request('x').then(assert.fail, ({ code }) => assert.equal(code, 'CONNECTION_CLOSED'));
    }
    assert.equal(isLater, false);
  });

  it('is refused even when many are made at once', async () => {
    const codebolt = await ended();
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 2000 }, () => codebolt.request('x').catch(({ code }) => code));
      const { value } = await settled(Promise.all(calls));
      assert.ok(value.every((code) => code === 'CONNECTION_CLOSED'));
    }
  });

  it('is refused later and later, in its order, after the thousandth', async () => {
    const codebolt = await ended();
    for (let round = 0; round < 1005; round++) await codebolt.request('x').catch(() => {});
    const order = [];
    const calls = ['a', 'b', 'c'].map((name) => codebolt.request(name).catch(() => order.push(name)));
    await Promise.resolve().then(() => {}).then(() => {});
    assert.deepEqual(order, []);
    await Promise.all(calls);
    assert.deepEqual(order, ['a', 'b', 'c']);
    const controller = new AbortController();
    const aborted = codebolt.request('x', undefined, { signal: controller.signal });
    controller.abort('enough');
    assert.equal(await failure(aborted), 'enough');
    await codebolt.close();
  });
});
