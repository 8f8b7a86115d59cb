/** The WebSocket class that leads to a host in the same page. The host behind it is the real one, frame by frame. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildSync } from 'esbuild';
import { Codebolt } from 'codebolt-wasm';
import WebSocket from 'ws';
import { startHost } from './surroundings.mjs';

const { outputFiles } = buildSync({
  entryPoints: [new URL('../../www/src/in-page/socket.ts', import.meta.url).pathname],
  bundle: true,
  format: 'esm',
  write: false,
});
/** @type {typeof import('../../www/src/in-page/socket.ts')} */
const { inPageSocket } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

/** @type {Awaited<ReturnType<typeof startHost>>} */
let host;
/** @type {WebSocket} */
let wire;
/** Replies that are waited for. @type {Map<string, (reply: string) => void>} */
const waiting = new Map();
before(async () => {
  host = await startHost();
  wire = new WebSocket(host.url);
  wire.on('message', (data) => {
    const reply = String(data);
    waiting.get(JSON.parse(reply).requestId)?.(reply);
  });
  await new Promise((resolve) => wire.once('open', resolve));
});
after(async () => {
  wire.close();
  await host.kill();
});

/** Takes a request frame and gives the real host's reply frame. */
const relay = {
  handle: (/** @type {string} */ frame) =>
    /** @type {Promise<string>} */ (
      new Promise((resolve) => {
        waiting.set(JSON.parse(frame).requestId, resolve);
        wire.send(frame);
      })
    ),
};

test('a client speaks to a host in its own page as to any other, and closes in order', async () => {
  let loads = 0;
  const webSocket = inPageSocket(async () => {
    loads += 1;
    return relay;
  });
  const codebolt = new Codebolt({ url: 'ws://in-this-page/codebolt', webSocket });
  const { id } = await codebolt.eventLog.getOrCreateInstance('in-page');
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, index) => codebolt.eventLog.appendEvent({ instanceId: id, payload: { index, text: 'ä€😀' } })),
  );
  assert.ok(replies.every(({ success }) => success));
  const { data } = await codebolt.eventLog.queryEvents({ from: { instance: id }, limit: 1 });
  assert.equal(data?.result.total, 50);
  assert.equal(data?.result.events?.[0]?.payload.text, 'ä€😀');
  assert.equal(codebolt.connectionState, 'open');
  await codebolt.close();
  assert.equal(codebolt.connectionState, 'closed');

  const second = new Codebolt({ url: 'ws://in-this-page/codebolt', webSocket });
  assert.equal((await second.eventLog.getInstanceStats(id)).data?.eventCount, 50, 'the next connection has the same host');
  await second.close();
  assert.equal(loads, 2, 'each connection asks for the host');
});

test('a host that cannot be loaded refuses the connection with the reason, and the next attempt loads anew', async () => {
  let loads = 0;
  const webSocket = inPageSocket(async () => {
    loads += 1;
    if (loads === 1) throw new Error('the module was answered with 404');
    return relay;
  });
  const codebolt = new Codebolt({ url: 'ws://in-this-page/codebolt', webSocket });
  await assert.rejects(codebolt.eventLog.listInstances(), (/** @type {any} */ error) => {
    assert.match(`${error.message} ${error.closeReason ?? ''}`, /the module was answered with 404/);
    return true;
  });
  await codebolt.close();
  const second = new Codebolt({ url: 'ws://in-this-page/codebolt', webSocket });
  assert.ok((await second.eventLog.listInstances()).success);
  await second.close();
});

test('a host that fails closes the connection: the call in flight ends with the reason and is not repeated', async () => {
  let calls = 0;
  const webSocket = inPageSocket(async () => ({
    handle: () => {
      calls += 1;
      return Promise.reject(new Error('unreachable executed'));
    },
  }));
  const codebolt = new Codebolt({ url: 'ws://in-this-page/codebolt', webSocket });
  await assert.rejects(codebolt.eventLog.listInstances(), (/** @type {any} */ error) => {
    assert.equal(error.code, 'CONNECTION_CLOSED');
    assert.equal(error.closeCode, 1011);
    return true;
  });
  assert.equal(calls, 1);
  await codebolt.close();
});
