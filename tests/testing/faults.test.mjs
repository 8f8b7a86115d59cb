/** Faults on purpose, and what an agent's client makes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestHost } from 'codebolt-wasm-testing';

/** @param {import('node:test').TestContext} t @param {object} [options] */
const started = async (t, options) => {
  const host = await TestHost.start();
  const codebolt = host.connect({ requestTimeout: 200, ...options });
  await codebolt.waitForReady();
  t.after(() => Promise.all([codebolt.close(), host.close()]));
  return { host, codebolt };
};
/** @param {any} reply */
const content = async (reply) => (await reply).content;
/** @param {Promise<unknown>} call */
const outcome = (call) => call.then(() => 'answered', ({ code }) => code);

test('delay, drop, duplicate and reorder', async (t) => {
  const { host, codebolt } = await started(t);
  host.on('fs.readFile', ({ filePath }) => ({ success: true, content: filePath }));
  /** @type {string[]} */
  const order = [];
  const read = (/** @type {string} */ name) => content(codebolt.fs.readFile(name)).then((got) => order.push(got));
  host.fault('fs.readFile', { reorder: true, times: 1 });
  await Promise.all([read('a'), read('b')]);
  host.fault('fs.readFile', { delay: 5, times: 1 });
  await Promise.all([read('c'), read('d')]);
  assert.deepEqual(order, ['b', 'a', 'd', 'c']);
  host.fault('fs.readFile', { drop: true, times: 1 });
  assert.equal(await outcome(codebolt.fs.readFile('e')), 'REQUEST_TIMEOUT');
  host.fault('fs.readFile', { duplicate: true, times: 1 });
  const dropped = new Promise((resolve) => codebolt.on('dropped', resolve));
  assert.equal(await content(codebolt.fs.readFile('f')), 'f');
  await dropped;
  assert.deepEqual(host.faultsDone, ['reorder of readFileResponse', 'delay of readFileResponse', 'drop of readFileResponse', 'duplicate of readFileResponse']);
});

test('a fault that is asked for by name is done whatever chance gives, before chaos or after it', async (t) => {
  for (const first of ['chaos', 'fault']) {
    const { host, codebolt } = await started(t);
    host.on('fs.readFile', ({ filePath }) => ({ success: true, content: filePath }));
    const begin = { chaos: () => host.chaos({ rate: 0 }), fault: () => host.fault('fs.readFile', { drop: true, times: 1 }) };
    begin[/** @type {'chaos' | 'fault'} */ (first)]();
    begin[first === 'chaos' ? 'fault' : 'chaos']();
    assert.equal(await outcome(codebolt.fs.readFile('a')), 'REQUEST_TIMEOUT', `${first} first`);
    host.chaos({ rate: 1, kinds: ['duplicate'] });
    host.fault('fs.readFile', { delay: 1, times: 1 });
    assert.equal(await content(codebolt.fs.readFile('b')), 'b');
    assert.equal(await content(codebolt.fs.readFile('c')), 'c');
    assert.deepEqual(host.faultsDone, ['drop of readFileResponse', 'delay of readFileResponse', 'duplicate of readFileResponse']);
  }
});

test('an end of chaos ends its own alone', async (t) => {
  const { host } = await started(t);
  const former = host.chaos({ rate: 0 });
  const { stop } = host.chaos({ rate: 1, kinds: ['refuse'] });
  former.stop();
  assert.equal(await outcome(host.connect().waitForReady()), 'CONNECT_FAILED');
  stop();
  assert.equal(await outcome(host.connect().waitForReady()), 'answered');
});

test('the last frame that is held back comes all the same', async (t) => {
  const { host, codebolt } = await started(t);
  host.fault('*', { reorder: 5, times: 1 });
  assert.equal(await outcome(codebolt.fs.readFile('a')), 'answered');
});

test('a foreign id settles nobody; a reply without an id settles the oldest of its type', async (t) => {
  const { host, codebolt } = await started(t);
  const off = host.fault('fs.readFile', { foreignId: true });
  assert.equal(await outcome(codebolt.fs.readFile('a')), 'REQUEST_TIMEOUT');
  off();
  host.fault('git.status', { noId: true });
  assert.equal(await outcome(codebolt.git.status()), 'answered');
});

test('a close with a code, a break and a restart end what is in flight; a client that reconnects goes on', async (t) => {
  for (const [fault, code] of /** @type {[object, number][]} */ ([[{ close: 1012, reason: 'update' }, 1012], [{ break: true }, 1006], [{ restart: 5 }, 1006]])) {
    const { host, codebolt } = await started(t, { reconnect: { initialDelay: 1, maxDelay: 2 } });
    /** @type {any[]} */
    const closed = [];
    codebolt.on('reconnecting', ({ closeCode }) => closed.push(closeCode));
    host.fault('fs.readFile', { ...fault, times: 1 });
    assert.equal(await outcome(codebolt.fs.readFile('a')), 'CONNECTION_CLOSED');
    assert.equal(await outcome(codebolt.fs.readFile('a')), 'answered');
    assert.equal(closed[0], code);
  }
});

test('a half-open connection says nothing, and a keep-alive notices', async (t) => {
  const { host, codebolt } = await started(t, { keepAlive: 20 });
  host.stall();
  const closed = new Promise((resolve) => codebolt.on('close', ({ closeCode }) => resolve(closeCode)));
  assert.equal(await outcome(codebolt.fs.readFile('a')), 'CONNECTION_CLOSED');
  assert.equal(await closed, 1006);
});

test('a handshake that is refused is told; the next one may come about', async () => {
  const host = await TestHost.start();
  host.refuseConnections(1);
  const codebolt = host.connect();
  assert.equal(await outcome(codebolt.waitForReady()), 'CONNECT_FAILED');
  assert.equal(await outcome(codebolt.waitForReady()), 'answered');
  await codebolt.close();
  await host.close();
});

test('a message of the host can be lost or come twice, too', async (t) => {
  const { host, codebolt } = await started(t);
  host.fault('messageResponse', { duplicate: true });
  let count = 0;
  codebolt.onMessage(() => ++count);
  await host.sendUserMessage('x');
  await host.sent('processStoped');
  await host.sent('processStoped');
  assert.equal(count, 2);
});

test('chaos: every call settles, the same seed does the same, and another seed something else', async () => {
  const run = async (/** @type {number} */ seed, kinds = /** @type {any} */ (undefined)) => {
    const host = await TestHost.start();
    const codebolt = host.connect({ requestTimeout: 30, reconnect: { initialDelay: 1, maxDelay: 2, maxAttempts: Infinity }, connectTimeout: 50 });
    assert.equal(host.chaos({ seed, rate: 0.3, ...(kinds && { kinds }) }).seed, seed);
    const outcomes = [];
    for (let round = 0; round < 40; round++) outcomes.push(await outcome(codebolt.fs.readFile(`${round}`)));
    await codebolt.close();
    await host.close();
    assert.ok(outcomes.every((one) => ['answered', 'REQUEST_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECT_FAILED'].includes(one)), outcomes.join());
    return host.faultsDone;
  };
  const kinds = ['duplicate', 'delay', 'noId', 'drop', 'close'];
  const first = await run(7, kinds);
  assert.ok(new Set(first).size > 3, first.join());
  assert.deepEqual(await run(7, kinds), first);
  assert.notDeepEqual(await run(8, kinds), first);
  for (let seed = 1; seed <= 5; seed++) await run(seed);
});

test('an agent that reconnects still answers the user after a restart', async (t) => {
  const { host, codebolt } = await started(t, { reconnect: { initialDelay: 1, maxDelay: 2 } });
  codebolt.onMessage(async () => {
    host.restart();
    await codebolt.fs.readFile('a').catch(() => {});
    return /** @type {any} */ (await codebolt.fs.readFile('b')).success;
  });
  assert.equal((await host.sendUserMessage('go')).message, true);
});
