// The rules that matter most, in Chromium: its WebSocket and its loading differ from Node's.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inBrowser } from '../event-log/in-browser.mjs';
import { answer, startHost, startTcp, unusedPort, until, wait } from './misbehaving-host.mjs';

describe('in Chromium', () => {
  let page;
  let finish;
  let ended;
  const printed = [];
  before(async () => {
    await new Promise((ready, fail) => {
      ended = inBrowser(async (opened) => {
        page = opened;
        page.on('console', (message) => printed.push(message.text()));
        page.on('pageerror', (error) => printed.push(String(error)));
        await new Promise((resolve) => {
          finish = resolve;
          ready();
        });
      });
      ended.catch(fail);
    });
  });
  after(async () => {
    finish?.();
    await ended;
  });

  /** Runs `work(package, argument)` in a fresh page. */
  const inPage = async (work, argument) => {
    await page.reload();
    return page.evaluate(
      async ([text, given]) => {
        const tools = {
          failure: (promise) =>
            promise.then(
              () => 'it resolved',
              ({ code, message, sent, closeCode, name, hint }) => ({ code, message, sent, closeCode, name, hint }),
            ),
        };
        return (0, eval)(`(${text})`)(await import('/pkg/browser.js'), given, tools);
      },
      [String(work), argument],
    );
  };

  it('calls made before the module has loaded go out in their order, and nothing is sent but the connection id', async () => {
    const host = await startHost({ onFrame: answer });
    const replies = await inPage(async ({ Codebolt }, url) => {
      const codebolt = new Codebolt({ url });
      const states = [codebolt.connectionState];
      const calls = Array.from({ length: 10 }, (_, index) => codebolt.request('x', index));
      codebolt.send({ type: 'told' });
      states.push(codebolt.connectionState);
      const numbers = (await Promise.all(calls)).map(({ data }) => data.params);
      states.push(codebolt.connectionState);
      await codebolt.close();
      return { numbers, states: [...states, codebolt.connectionState] };
    }, host.url);
    assert.deepEqual(replies, { numbers: [...Array(10).keys()], states: ['idle', 'connecting', 'open', 'closed'] });
    assert.deepEqual(host.frames.map(({ type }) => type), [...Array(10).fill('x'), 'told']);
    assert.deepEqual([...host.connections[0].url.searchParams.keys()], ['id']);
    assert.equal((await host.connections[0].closed).code, 1000);
  });

  it('what is sent while initAsync loads the module goes out before what is sent after it', async () => {
    const host = await startHost({ onFrame: answer });
    await inPage(async ({ Codebolt, initAsync }, url) => {
      const codebolt = new Codebolt({ url });
      codebolt.send({ type: 'A' });
      await initAsync();
      codebolt.send({ type: 'B' });
      await codebolt.request('C');
      await codebolt.close();
    }, host.url);
    assert.deepEqual(host.frames.map(({ type }) => type), ['A', 'B', 'C']);
  });

  it('foreign, repeated and late replies reach nobody, whatever stands in requestId', async () => {
    const host = await startHost({
      onFrame(frame, connection) {
        for (const requestId of [7, {}, '', 'foreign', '00000000-0000-4000-8000-000000000000']) connection.send({ type: frame.type, requestId, wrong: true });
        for (const rubbish of ['rubbish', '[]', '17', Buffer.from([255])]) connection.socket.send(rubbish);
        if (frame.params === 'late') return setTimeout(() => answer(frame, connection), 60);
        answer(frame, connection);
        answer(frame, connection);
      },
    });
    const seen = await inPage(
      async ({ Codebolt }, url, { failure }) => {
        const codebolt = new Codebolt({ url });
        let errors = 0;
        codebolt.on('protocolError', () => errors++);
        const late = await failure(codebolt.request('x', 'late', { timeout: 30 }));
        const reply = await codebolt.request('x', 1);
        await new Promise((resolve) => setTimeout(resolve, 100));
        const { dropped, waiting, cancelled } = codebolt.occupancy;
        await codebolt.close();
        return { late: [late.code, late.sent], params: reply.data.params, errors, dropped, waiting, cancelled };
      },
      host.url,
    );
    assert.deepEqual(seen, { late: ['REQUEST_TIMEOUT', true], params: 1, errors: 8, dropped: 12, waiting: 0, cancelled: 0 });
  });

  it('binary frames that hold JSON are read, and large ones arrive', async () => {
    const host = await startHost({
      onFrame: ({ type, requestId, params }, connection) =>
        connection.socket.send(Buffer.from(JSON.stringify({ type, requestId, text: 'é'.repeat(params) }))),
    });
    const lengths = await inPage(async ({ Codebolt }, url) => {
      const codebolt = new Codebolt({ url });
      const found = [];
      for (const length of [1, 10_000_000]) found.push((await codebolt.request('x', length)).text.length);
      await codebolt.close();
      return found;
    }, host.url);
    assert.deepEqual(lengths, [1, 10_000_000]);
  });

  it('messages in the instant of the handshake reach listeners that come later', async () => {
    const host = await startHost({
      onConnection(connection) {
        connection.send({ type: 'registered' });
        connection.send({ type: 'messageResponse', message: { userMessage: 'hello' } });
      },
    });
    const seen = await inPage(async ({ Codebolt }, url) => {
      const codebolt = new Codebolt({ url });
      await codebolt.waitForReady();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const raw = await new Promise((resolve) => codebolt.onRawMessage(({ type }) => resolve(type)));
      const user = await new Promise((resolve) => codebolt.onMessage(({ userMessage }) => resolve(userMessage)));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await codebolt.close();
      return [raw, user];
    }, host.url);
    assert.deepEqual(seen, ['registered', 'hello']);
    assert.equal(host.frames[0].type, 'processStoped');
  });

  it('a refused connection, a server that never shakes hands, and an unusable address say so', async () => {
    const tcp = await startTcp((socket) => socket.resume());
    const refused = `ws://127.0.0.1:${await unusedPort()}/codebolt`;
    const errors = await inPage(
      async ({ Codebolt }, [silent, nowhere], { failure }) => {
        const found = [];
        for (const options of [{ url: nowhere }, { url: silent, connectTimeout: 50 }, { url: 'ftp://x' }]) {
          const codebolt = new Codebolt(options);
          found.push(await failure(codebolt.request('x')), await failure(codebolt.waitForReady()));
          await codebolt.close();
        }
        return found.map(({ code }) => code);
      },
      [tcp.url, refused],
    );
    assert.deepEqual(errors, ['CONNECT_FAILED', 'CONNECT_FAILED', 'CONNECT_TIMEOUT', 'CONNECT_TIMEOUT', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT']);
  });

  it('what is in flight when the host closes rejects, and calls afterwards at once', async () => {
    const host = await startHost({ onFrame: (_, { socket }) => socket.close(4001, 'enough') });
    const errors = await inPage(
      async ({ Codebolt }, url, { failure }) => {
        const codebolt = new Codebolt({ url, reconnect: true });
        return [await failure(codebolt.request('x')), await failure(codebolt.request('y')), codebolt.connectionState];
      },
      host.url,
    );
    for (const [index, sent] of [true, false].entries()) {
      assert.equal(errors[index].message, 'WebSocket connection closed');
      assert.deepEqual([errors[index].sent, errors[index].closeCode], [sent, 4001]);
    }
    assert.equal(errors[2], 'closed');
  });

  it('a session that reconnects sends nothing twice', async () => {
    const host = await startHost({
      onFrame(frame, connection, { connections }) {
        if (connections.length === 1 && frame.params === 20) connection.socket.terminate();
        else if (connections.length > 1 || frame.params < 20) answer(frame, connection);
      },
    });
    const outcomes = await inPage(
      async ({ Codebolt }, url, { failure }) => {
        const codebolt = new Codebolt({ url, reconnect: { initialDelay: 10 }, maxInFlight: 5 });
        const calls = Array.from({ length: 50 }, (_, index) => codebolt.request('x', index));
        const found = await Promise.all(calls.map((call) => call.then(({ data }) => data.params, () => failure(call).then(({ sent }) => sent))));
        await codebolt.close();
        return found;
      },
      host.url,
    );
    const failed = outcomes.filter((outcome) => outcome === true).length;
    assert.ok(failed >= 1 && failed <= 5, JSON.stringify(outcomes));
    assert.ok(outcomes.every((outcome, index) => outcome === true || outcome === index));
    assert.equal(new Set(host.frames.map(({ requestId }) => requestId)).size, host.frames.length);
  });

  it('a half-open socket is found by keepAlive', async () => {
    const host = await startHost({ onConnection: ({ socket }) => setTimeout(() => socket.pause(), 20) });
    const error = await inPage(
      async ({ Codebolt }, url, { failure }) => failure(new Codebolt({ url, keepAlive: 150 }).request('x')),
      host.url,
    );
    assert.deepEqual([error.code, error.closeCode, error.sent], ['CONNECTION_CLOSED', 1006, true]);
  });

  it('close() before the module has loaded rejects what waits', async () => {
    const host = await startHost({ onFrame: answer });
    const found = await inPage(
      async ({ Codebolt }, url, { failure }) => {
        const codebolt = new Codebolt({ url });
        const call = failure(codebolt.request('x'));
        const closing = codebolt.close();
        const late = failure(codebolt.request('y'));
        await closing;
        return [(await call).code, (await late).code, codebolt.connectionState];
      },
      host.url,
    );
    assert.deepEqual(found, ['CONNECTION_CLOSED', 'CONNECTION_CLOSED', 'closed']);
    await wait(50);
    assert.equal(host.frames.length, 0);
  });

  it('10,000 calls in flight settle within one second when the host is killed, each exactly once', async () => {
    const host = await startHost();
    await inPage(async ({ Codebolt }, url) => {
      const codebolt = new Codebolt({ url });
      await codebolt.waitForReady();
      globalThis.settlements = new Uint8Array(10_000);
      globalThis.calls = Promise.all(
        Array.from(globalThis.settlements, (_, index) =>
          codebolt.request('x', index).catch(({ sent }) => {
            globalThis.settlements[index]++;
            return sent;
          }),
        ),
      );
      codebolt.on('close', () => (globalThis.started = performance.now()));
    }, host.url);
    await until(() => host.frames.length === 10_000, 'all frames', 20_000);
    host.connections[0].socket.terminate();
    const { took, outcomes, once } = await page.evaluate(async () => {
      const sent = await globalThis.calls;
      return { took: performance.now() - globalThis.started, outcomes: [...new Set(sent)], once: globalThis.settlements.every((count) => count === 1) };
    });
    assert.deepEqual(outcomes, [true]);
    assert.ok(once);
    assert.ok(took < 1_000, `it took ${took} ms`);
  });

  it('nothing was printed but what Chromium says of connections itself', () => {
    assert.deepEqual(printed.filter((text) => !/^WebSocket connection to '|^Failed to load resource/.test(text)), []);
  });
});
