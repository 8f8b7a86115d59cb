// What a program sees of its calls: those that wait, counters, the events of calls, Node's diagnostics channels, frames in a log.

import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';
import { answer, failure, open, startHost, until } from './misbehaving-host.mjs';

const { CallObserver } = await import(new URL('session/call-observer.js', pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`)).href);

/** Answers all but `hang`. */
const onFrame = (frame, connection) => frame.type !== 'hang' && answer(frame, connection);
const UUID = /^[0-9a-f-]{36}$/;

describe('pending', () => {
  it('gives the requests that wait, oldest first, and whether they were sent', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url, maxInFlight: 2 });
    assert.deepEqual(codebolt.pending(), []);
    await codebolt.waitForReady();
    for (const timeout of [0, 5_000]) codebolt.request('hang', 1, { timeout }).catch(() => {});
    codebolt.fs.readFile('a').catch(() => {});
    await host.received(2);
    await wait(30);
    const [first, second, queued, ...rest] = codebolt.pending();
    assert.deepEqual(rest, []);
    assert.deepEqual([first.type, second.type, queued.type], ['hang', 'hang', 'fsEvent']);
    assert.deepEqual([first.sent, second.sent, queued.sent], [true, true, false]);
    assert.deepEqual([first.requestId, second.requestId], host.frames.map(({ requestId }) => requestId));
    assert.match(queued.requestId, UUID);
    for (const { age } of [first, second, queued]) assert.ok(age >= 20 && age < 20_000 && Number.isInteger(age), `${age}`);
  });

  it('keeps the order of the calls where they are made in one instant, whichever slots they get', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    await Promise.all(Array.from({ length: 20 }, () => codebolt.request('x')));
    for (let number = 0; number < 40; number++) codebolt.request('hang', number).catch(() => {});
    await host.received(60);
    assert.deepEqual(codebolt.pending().map(({ requestId }) => requestId), host.frames.slice(20).map(({ requestId }) => requestId));
  });

  it('loses those that settle', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    const ended = new AbortController();
    const calls = [codebolt.request('x'), codebolt.request('hang', 1, { timeout: 20 }), codebolt.request('hang', 2, { signal: ended.signal })];
    assert.equal(codebolt.pending().length, 3);
    setTimeout(() => ended.abort(), 20);
    await Promise.allSettled(calls);
    assert.deepEqual(codebolt.pending(), []);
    await codebolt.close();
    assert.deepEqual(codebolt.pending(), []);
  });
});

describe('stats', () => {
  it('counts what was sent and came, on either way, and reconnections', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url, reconnect: { initialDelay: 1, maxDelay: 1 } });
    assert.deepEqual(codebolt.stats(), {
      waiting: 0, inFlight: 0, queued: 0, cancelled: 0, waitingForConnection: 0, dropped: 0, sent: 0, received: 0, bytes: 0, reconnects: 0,
    });
    const replies = [await codebolt.request('x'), await codebolt.request('x', 1, { timeout: 1_000 })];
    await codebolt.send({ type: 'y' });
    // The host answers this one, too.
    await until(() => codebolt.stats().received === 3);
    const { sent, bytes, reconnects } = codebolt.stats();
    assert.deepEqual([sent, reconnects], [3, 0]);
    const lengths = [...host.texts, ...replies.map((reply) => JSON.stringify(reply))].map(({ length }) => length);
    assert.ok(bytes >= lengths.reduce((sum, length) => sum + length));
    const reply = await codebolt.request('exactly');
    assert.equal(codebolt.stats().bytes - bytes, host.texts.at(-1).length + JSON.stringify(reply).length);
    const again = new Promise((resolve) => codebolt.once('open', resolve));
    host.open()[0].socket.terminate();
    await again;
    assert.equal(codebolt.stats().reconnects, 1);
  });
});

describe('sizes', () => {
  it('of frames are counted in characters of a text and bytes of what is binary, whatever holds them', async () => {
    let socket;
    const codebolt = open({ webSocket: () => (socket = { readyState: 1, send: () => {}, close: () => {} }) });
    await codebolt.waitForReady();
    const { bytes: before } = codebolt.stats();
    const text = '{"type":"told","é":1}';
    const bytes = new TextEncoder().encode(text);
    socket.onmessage({ data: text });
    assert.equal(codebolt.stats().bytes - before, text.length);
    for (const data of [bytes, bytes.buffer]) {
      const { bytes: last } = codebolt.stats();
      socket.onmessage({ data });
      assert.equal(codebolt.stats().bytes - last, text.length + 1);
    }
    const { bytes: last } = codebolt.stats();
    socket.onmessage({ data: undefined });
    assert.equal(codebolt.stats().bytes, last);
    assert.equal(codebolt.stats().received, 4);
  });

  it('of a reply in bytes are those bytes', async () => {
    const host = await startHost({ onFrame: ({ type, requestId }, connection) => connection.send(Buffer.from(JSON.stringify({ type, requestId, é: 1 }))) });
    const codebolt = open({ url: host.url });
    const replies = [];
    codebolt.on('reply', (details) => replies.push(details));
    const reply = await codebolt.request('x');
    assert.deepEqual(replies.map(({ bytes, success }) => [bytes, success]), [[Buffer.byteLength(JSON.stringify(reply)), true]]);
  });
});

describe('an error of a listener', () => {
  it('goes to the logger, and then nowhere else', async () => {
    const host = await startHost({ onConnection: (connection) => connection.send({ type: 'told' }) });
    const { stdout, stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const lines = [];
       const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)}, logger: { error: (text, error) => lines.push([text, error.message]), warn() { throw new Error('own'); } } });
       codebolt.onRawMessage(async () => {
         queueMicrotask(() => codebolt.close());
         throw new Error('mine');
       });
       codebolt.on('close', () => console.log(JSON.stringify(lines)));`,
    );
    assert.deepEqual([stdout, stderr], ['[["codebolt: a listener threw","mine"]]\n', '']);
  });
});

describe('the events of calls', () => {
  const hear = (codebolt) => {
    const heard = [];
    for (const name of ['request', 'reply', 'requestFailed']) codebolt.on(name, (details) => heard.push({ name, ...details }));
    return heard;
  };

  it('tell of a call and its reply, with sizes in bytes', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    await codebolt.request('unheard');
    const heard = hear(codebolt);
    const before = performance.now();
    const reply = await codebolt.request('x', 'é');
    const [request, replied, ...rest] = heard;
    assert.deepEqual(rest, []);
    const { requestId } = reply;
    assert.deepEqual(request, { name: 'request', type: 'x', requestId, bytes: Buffer.byteLength(host.texts[1]) });
    const { ms, ...others } = replied;
    assert.deepEqual(others, { name: 'reply', type: 'x', requestId, bytes: Buffer.byteLength(JSON.stringify(reply)), success: true });
    assert.ok(ms > 0 && ms <= performance.now() - before, `${ms} ms`);
    await codebolt.eventLog.createInstance('a');
    assert.equal(heard[2].type, 'eventLog.createInstance');
  });

  it('may be answered with calls of the same type and of another, and each call gets its own reply', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url, maxFrameBytes: 1_000 });
    await codebolt.waitForReady();
    let other;
    codebolt.once('request', () => {
      // It is refused at once, and its type is nobody's for a moment.
      codebolt.request('a', 'x'.repeat(2_000)).catch(() => {});
      other = codebolt.request('b');
    });
    const first = codebolt.request('a');
    await host.received(2);
    // A host that gives no ids.
    for (const type of ['b', 'a']) host.connections[0].send({ type, success: true });
    assert.deepEqual((await Promise.all([first, other])).map(({ type }) => type), ['a', 'b']);
  });

  it('tell of refusals as replies, and of every other end as a failure, once', async () => {
    const host = await startHost({
      onFrame: (frame, connection) => frame.type === 'no' && connection.send({ type: 'no', requestId: frame.requestId, success: false, error: 'no', code: 'BUSY' }),
    });
    const codebolt = open({ url: host.url, throwOnError: true });
    await codebolt.waitForReady();
    const heard = hear(codebolt);
    const refused = await failure(codebolt.request('no'));
    assert.deepEqual([refused.code, refused.hostCode], ['HOST_ERROR', 'BUSY']);
    await failure(codebolt.request('late', 1, { timeout: 20 }));
    const aborted = new AbortController();
    const call = failure(codebolt.request('aborted', 1, { signal: aborted.signal }));
    aborted.abort(new Error('own'));
    await call;
    const closed = failure(codebolt.request('closed'));
    await codebolt.close();
    await closed;
    await wait(20);
    assert.deepEqual(
      heard.filter(({ name }) => name !== 'request').map(({ name, type, success, error }) => [name, type, success ?? error.code ?? error.message]),
      [['reply', 'no', false], ['requestFailed', 'late', 'REQUEST_TIMEOUT'], ['requestFailed', 'aborted', 'own'], ['requestFailed', 'closed', 'CONNECTION_CLOSED']],
    );
  });

  it('are none of a call that began before somebody listened, and it can be aborted as ever', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    const off = codebolt.on('request', () => {});
    await codebolt.request('heard');
    off();
    const controller = new AbortController();
    const call = failure(codebolt.request('hang', 1, { signal: controller.signal }));
    const heard = hear(codebolt);
    const reason = new Error('own');
    controller.abort(reason);
    assert.equal(await call, reason);
    assert.deepEqual(heard, []);
  });

  it('tell of the end once, even where a trap settles the call again', () => {
    const events = [];
    const observer = new CallObserver((name) => events.push(name));
    const { resolve, begin } = observer.observe('x', () => {}, undefined);
    begin('id', '{}');
    resolve({ success: true });
    resolve({ success: true });
    assert.deepEqual(events, ['request', 'reply']);
  });

  it('leave a call that nobody awaits to fail in silence, as without them', async () => {
    const host = await startHost();
    const { code, stdout, stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)} });
       codebolt.on('requestFailed', ({ error }) => { console.log(error.code); setTimeout(() => codebolt.close(), 10); });
       await codebolt.waitForReady();
       codebolt.request('x', 1, { timeout: 20 });`,
    );
    assert.deepEqual([code, stdout.trim(), stderr], [0, 'REQUEST_TIMEOUT', '']);
  });

  it('do no harm when their listeners throw, and end with them', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    const errors = [];
    codebolt.on('listenerError', (error) => errors.push(error.message));
    const stop = codebolt.on('request', () => { throw new Error('own'); });
    assert.equal((await codebolt.request('x')).success, true);
    stop();
    assert.equal((await codebolt.request('x')).success, true);
    assert.deepEqual(errors, ['own']);
  });
});

describe('the diagnostics channels tracing:codebolt:request:*', () => {
  it('get one object a call, in the order of a tracing channel', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const seen = [];
    const channel = diagnostics.tracingChannel('codebolt:request');
    const subscribers = Object.fromEntries(['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, (message) => seen.push([name, message])]));
    channel.subscribe(subscribers);
    const reply = await codebolt.request('x');
    const error = await failure(codebolt.request('hang', 1, { timeout: 20 }));
    channel.unsubscribe(subscribers);
    await codebolt.request('unseen');
    assert.deepEqual(seen.map(([name]) => name), ['start', 'end', 'asyncStart', 'asyncEnd', 'start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    const [good, bad] = [seen[0][1], seen[4][1]];
    assert.ok(seen.every(([, message], at) => message === (at < 4 ? good : bad)));
    assert.deepEqual([good.type, good.requestId, good.result], ['x', reply.requestId, reply]);
    assert.deepEqual([bad.type, bad.requestId, bad.error], ['hang', error.requestId, error]);
  });
});

describe('frames', () => {
  it('are logged by a method debug, without secrets and cut', async () => {
    const host = await startHost({ onFrame });
    const lines = [];
    const codebolt = open({ url: `${host.url}?token=t0p`, logger: { debug: (text, details) => lines.push(`${text} ${details}`) } });
    await codebolt.request('x', { password: 's3"cret', api_key: 'k3y', text: 'a'.repeat(5_000) });
    const [connecting, sent, received, ...rest] = lines;
    assert.deepEqual(rest, []);
    assert.match(connecting, /^codebolt: connecting ws:\/\/127\.0\.0\.1:\d+\/codebolt\?token=…&id=…$/);
    assert.match(sent, /^codebolt: sent \{"type":"x",.*"password":"…","api_key":"…","text":"a{500,2000}… \(\d{4} characters\)$/);
    assert.match(received, /^codebolt: received \{.*"password":"…"/);
    assert.ok(host.texts[0].includes('s3\\"cret'), 'the frame itself is as it was');
  });

  for (const [env, logs] of [
    [{ CODEBOLT_LOG: 'debug' }, true],
    [{ DEBUG: 'codebolt*' }, true],
    [{ DEBUG: 'express:*, codebolt' }, true],
    [{ DEBUG: 'codebolt-host,-codebolt' }, false],
    [{ CODEBOLT_LOG: 'warn' }, false],
  ]) {
    it(`are ${logs ? '' : 'not '}written to standard error with ${JSON.stringify(env)}`, async () => {
      const host = await startHost({ onFrame });
      const { code, stdout, stderr } = await runChild(
        `import { Codebolt } from 'codebolt-wasm';
         const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)} });
         await codebolt.request('x');
         await codebolt.close();`,
        { env },
      );
      assert.deepEqual([code, stdout], [0, '']);
      if (logs) for (const text of ['codebolt debug: sent {"type":"x"', 'codebolt debug: received {', 'codebolt info: open', 'codebolt info: close']) assert.ok(stderr.includes(text), `${text} in ${stderr}`);
      else assert.equal(stderr, '');
    });
  }
});

describe('a message that could not be sent', () => {
  it('is logged once a turn, with how many there were and why the last was not', async () => {
    const host = await startHost();
    const lines = [];
    const codebolt = open({ url: host.url, logger: (level, text, details) => lines.push([level, text, details?.code]) });
    await codebolt.waitForReady();
    await codebolt.close();
    lines.length = 0;
    codebolt.send({ type: 'a' });
    await until(() => lines.length === 1);
    for (const type of ['b', 'c', 'd']) codebolt.send({ type });
    await until(() => lines.length === 2);
    codebolt.send({ type: 'e' });
    await until(() => lines.length === 3);
    const one = ['warn', 'sending a message failed', 'CONNECTION_CLOSED'];
    assert.deepEqual(lines, [one, ['warn', 'sending 3 messages failed', 'CONNECTION_CLOSED'], one]);
  });

  it('is not said to be unsent where the socket threw when it was to take it', async () => {
    const lines = [];
    const webSocket = () => {
      const socket = { binaryType: '', bufferedAmount: 0, readyState: 0, onopen() {}, onclose() {}, close() {}, send: () => { throw new Error('pipe broken'); } };
      setTimeout(() => socket.onopen(Object.assign(socket, { readyState: 1 })), 0);
      return socket;
    };
    const codebolt = open({ webSocket, logger: (level, text, details) => lines.push([level, text, details?.sent]) });
    codebolt.send({ type: 'a' });
    await until(() => lines.some(([, text]) => text.startsWith('sending')));
    assert.deepEqual(lines.filter(([, text]) => text.includes('sen')), [['warn', 'sending a message failed', true]]);
  });

  it('is written to standard error where the environment asks for warnings', async () => {
    const { stderr } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt({ url: 'ws://127.0.0.1:1' });
       await codebolt.close();
       codebolt.send({ type: 'a' });`,
      { env: { CODEBOLT_LOG: 'warn' } },
    );
    assert.match(stderr, /^codebolt warn: sending a message failed/);
  });
});

describe('a close that was asked for', () => {
  it('is logged as info; one by the host as a warning', async () => {
    const host = await startHost({ onFrame });
    const lines = [];
    const logger = (level, text) => lines.push(`${level} ${text}`);
    const one = open({ url: host.url, logger });
    await one.request('x');
    await one.close();
    const other = open({ url: host.url, logger });
    const ended = new Promise((resolve) => other.on('close', resolve));
    await other.request('x');
    host.open()[0].socket.close();
    await ended;
    assert.deepEqual(lines, ['info open', 'info close', 'info open', 'warn close']);
  });

  it('says so in the hint of every call that it ends or that comes after it', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const under = failure(codebolt.request('x'));
    await codebolt.close();
    assert.match((await under).hint, /^close\(\) was called\. Whether the host carried the request out is unknown\. .*within its 'timeout'/);
    assert.match((await failure(codebolt.request('x'))).hint, /^close\(\) was called\. Make a new Codebolt/);
    assert.match((await failure(codebolt.waitForReady())).hint, /^close\(\) was called\./);
    const unused = open({ url: host.url });
    await unused.close();
    for (const call of [unused.request('x'), unused.send({ type: 'x' }), unused.waitForReady()]) {
      const { code, message, sent, hint } = await failure(call);
      assert.deepEqual([code, message, sent, hint], ['CONNECTION_CLOSED', 'WebSocket connection closed', false, 'close() was called. Make a new Codebolt to connect again.']);
    }
  });
});

describe('once and off', () => {
  it('take a listener off after one event, by its function, by what on returned', async () => {
    const host = await startHost({ onFrame });
    const codebolt = open({ url: host.url });
    const heard = [];
    const listener = () => heard.push('listener');
    codebolt.once('request', () => heard.push('once'));
    codebolt.once('request', () => heard.push('stopped'))();
    codebolt.on('request', listener);
    codebolt.on('request', listener);
    codebolt.off('request', listener);
    codebolt.off('request', () => {});
    codebolt.off('reply', listener);
    await codebolt.request('x');
    await codebolt.request('x');
    codebolt.off('request', listener);
    await codebolt.request('x');
    assert.deepEqual(heard, ['once', 'listener', 'listener']);
    for (const method of ['on', 'once', 'off']) assert.throws(() => codebolt[method]('opne', listener), { message: /^unknown event "opne"; valid events: open, / });
  });
});

describe('unref', () => {
  it('lets a program end whose connection is open and idle, and not before its calls have settled', async () => {
    const host = await startHost({ onFrame: (frame, connection) => setTimeout(() => answer(frame, connection), 300) });
    const { code, stdout, timedOut } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       const codebolt = new Codebolt({ url: ${JSON.stringify(host.url)}, unref: true });
       codebolt.onMessage(() => {});
       await codebolt.waitForReady();
       codebolt.request('x').then(() => console.log('replied'));
       codebolt.send({ type: 'last' });`,
    );
    assert.deepEqual([code, stdout, timedOut], [0, 'replied\n', false]);
    assert.deepEqual(host.frames.map(({ type }) => type), ['x', 'last']);
  });

  it('is not the default: a program that does not close goes on', async () => {
    const host = await startHost({ onFrame });
    const { timedOut } = await runChild(
      `import { Codebolt } from 'codebolt-wasm';
       await new Codebolt({ url: ${JSON.stringify(host.url)} }).request('x');`,
      { limit: 3_000 },
    );
    assert.ok(timedOut);
  });
});
