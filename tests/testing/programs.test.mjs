/** A host on a port, and programs that find it by their environment. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import { TestHost } from 'codebolt-wasm-testing';

const command = [process.execPath, 'programs/agent.mjs'];

/** Closed also where the test fails: a server keeps its process alive. @param {import('node:test').TestContext} t */
const started = async (t) => {
  const host = await TestHost.start();
  t.after(() => host.close());
  return host;
};

test('a program with the default instance is started, asked, and ended', async (t) => {
  const host = await started(t);
  host.on('fs.readFile', ({ filePath }) => ({ success: true, content: `text of ${filePath}` }));
  const program = host.run(command, { env: { agentId: 'a-1' } });
  assert.equal((await host.sendUserMessage('b.txt')).message, 'TEXT OF B.TXT');
  assert.equal(host.connections[0].params.agentId, 'a-1');
  const { code, stdout, stderr } = await program.stop();
  assert.deepEqual([code, stdout, stderr], [0, 'read text of b.txt\n', '']);
});

test('an SDK that listens late loses no message', async (t) => {
  const host = await started(t);
  host.run([process.execPath, 'programs/late-listener.mjs']);
  assert.equal((await host.sendUserMessage('early')).message, 'early');
});

test('closing the host ends its programs', async (t) => {
  const host = await started(t);
  const program = host.run(command);
  await host.sendUserMessage('b.txt');
  await host.close();
  assert.equal((await program).code, 0);
});

test('a program that does not start, or does not end, is told', async (t) => {
  const host = await started(t);
  await assert.rejects(host.run(['no-such-program']), { code: 'NO_PROGRAM', message: /no-such-program could not be started/ });
  await assert.rejects(host.run([process.execPath, '-e', 'console.log("up"); setInterval(() => {}, 1000)'], { timeout: 500 }), { code: 'PROGRAM_RUNS_ON', message: /has not ended within 500 ms/ });
  assert.throws(() => host.run(/** @type {any} */ ('node')), { code: 'INVALID_ARGUMENT' });
});

test('a program that does not start, and that nobody waits for, fails close', async () => {
  const host = await TestHost.start();
  host.run(['no-such-program']);
  await assert.rejects(host.close(), { code: 'NO_PROGRAM' });
});

test('a character that comes in two pieces is one', async (t) => {
  const host = await started(t);
  const program = `
    const [first, ...others] = Buffer.from('😀');
    for (const stream of [process.stdout, process.stderr]) {
      stream.write(Buffer.from([first]));
      setTimeout(() => stream.write(Buffer.from(others)), 50);
    }`;
  const { stdout, stderr } = await host.run([process.execPath, '-e', program]);
  assert.deepEqual([stdout, stderr], ['😀', '😀']);
});

for (const how of ['closing the host', 'a time limit']) {
  test(`${how} ends what a program has started, also where that ignores signals`, { skip: process.platform === 'win32' && 'it has no sh' }, async (t) => {
    const host = await started(t);
    // Its connection ends with the program's process, whoever is its parent then.
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const stubborn = `process.on('SIGTERM', () => {}); require('node:net').connect(${port}, '127.0.0.1');`;
    const program = host.run(['sh', '-c', '"$0" -e "$1"; true', process.execPath, stubborn], how === 'a time limit' ? { timeout: 1_500 } : {});
    const [socket] = await once(server, 'connection');
    const over = once(socket.on('error', () => {}), 'close');
    socket.resume();
    if (how === 'a time limit') await assert.rejects(program, { code: 'PROGRAM_RUNS_ON' });
    else await host.close();
    await over;
    if (how !== 'a time limit') assert.notEqual((await program).signal, null);
  });
}

test('over a port faults are as in process: breaks, codes, refused handshakes, half-open connections', async (t) => {
  const host = await started(t);
  const { url, env } = await host.listen();
  assert.match(url, new RegExp(`^ws://127\\.0\\.0\\.1:${env.SOCKET_PORT}/codebolt$`));
  const outcome = async (/** @type {object} */ fault) => {
    const codebolt = new Codebolt({ url, requestTimeout: 500 });
    await codebolt.waitForReady();
    /** @type {any} */
    let code;
    codebolt.on('close', ({ closeCode }) => (code = closeCode));
    host.fault('fs.readFile', { ...fault, times: 1 });
    const came = await codebolt.fs.readFile('x').then(() => 'answered', (error) => error.code);
    await codebolt.close();
    return [came, code];
  };
  assert.deepEqual(await outcome({ break: true }), ['CONNECTION_CLOSED', 1006]);
  assert.deepEqual(await outcome({ close: 4001 }), ['CONNECTION_CLOSED', 4001]);
  assert.deepEqual(await outcome({ duplicate: true }), ['answered', 1000]);
  assert.deepEqual((await outcome({ halfOpen: true }))[0], 'REQUEST_TIMEOUT');
  host.refuseConnections(1);
  await assert.rejects(new Codebolt({ url }).waitForReady(), { code: 'CONNECT_FAILED' });
});
