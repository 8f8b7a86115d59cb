// A host behind TLS: `secure: true`, or an address that begins with wss.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocketServer } from 'ws';
import { runChild } from './child.mjs';
import { answer, failure, open } from './misbehaving-host.mjs';

describe('a host behind TLS', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-tls-'));
  const certificate = path.join(folder, 'certificate.pem');
  const texts = [];
  let server, sockets;

  before(async () => {
    const key = path.join(folder, 'key.pem');
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
    ], { stdio: 'pipe' });
    server = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) =>
      socket.on('message', (data) => {
        texts.push(String(data));
        answer(JSON.parse(String(data)), { send: (reply) => socket.send(JSON.stringify(reply)) });
      }),
    );
    server.listen(0, 'localhost');
    await once(server, 'listening');
  });

  after(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is reached, and many messages in one tick, small and large, arrive as they were written', async () => {
    const { port } = server.address();
    const { code, stdout, stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const sizes = Array.from({ length: 300 }, (_, number) => (number % 50 === 0 ? 90_000 : number));
       for (const options of [{ host: 'localhost', port: ${port}, secure: true }, { url: 'wss://localhost:${port}/codebolt' }]) {
         const codebolt = new Codebolt(options);
         const replies = await Promise.all(sizes.map((size) => codebolt.request('x', 'é'.repeat(size))));
         for (const [index, size] of sizes.entries()) {
           if (replies[index].data.params !== 'é'.repeat(size)) throw new Error('not the reply to ' + index);
         }
         await codebolt.close();
       }
       console.log('all replies');`,
      // It is read when a process starts.
      { env: { NODE_EXTRA_CA_CERTS: certificate } },
    );
    assert.deepEqual([code, stdout, stderr], [0, 'all replies\n', '']);
    assert.equal(texts.length, 600);
  });

  it('gets what one tick sends in two writes at most', async () => {
    const { code, stdout, stderr } = await runChild(
      `import tls from 'node:tls';
       import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt({ url: 'wss://localhost:${server.address().port}/codebolt' });
       await codebolt.waitForReady();
       const { write } = tls.TLSSocket.prototype;
       let writes = 0;
       tls.TLSSocket.prototype.write = function (...values) {
         writes++;
         return write.apply(this, values);
       };
       await Promise.all(Array.from({ length: 10 }, (_, number) => codebolt.request('x', number)));
       console.log(writes > 0 && writes <= 2 ? 'few writes' : writes + ' writes');
       await codebolt.close();`,
      { env: { NODE_EXTRA_CA_CERTS: certificate } },
    );
    assert.deepEqual([code, stdout, stderr], [0, 'few writes\n', '']);
  });

  it('whose certificate is not to be trusted is not spoken to, and the error says so', async () => {
    const error = await failure(open({ host: 'localhost', port: server.address().port, secure: true }).request('x'));
    assert.deepEqual([error.code, error.sent], ['CONNECT_FAILED', false]);
    assert.match(error.message, /self.signed certificate/i);
  });
});
