// Options, instances side by side, and silence (PROTOCOL.md, "Options").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import codebolt, { Codebolt, CodeboltError } from 'codebolt-wasm';
import { runChild } from './child.mjs';
import { answer, failure, open, settled, startHost, startTcp, until } from './misbehaving-host.mjs';

describe('options', () => {
  it('with an unknown name throw and list what is allowed', () => {
    for (const [options, name] of [[{ timeout: 1 }, 'timeout'], [{ requestTimout: 1 }, 'requestTimout'], [{ constructor: 1 }, 'constructor']]) {
      assert.throws(() => new Codebolt(options), (error) => {
        assert.ok(error instanceof CodeboltError);
        assert.equal(error.code, 'INVALID_ARGUMENT');
        assert.match(error.message, new RegExp(`unknown option "${name}"; valid options: url, host, port, .*requestTimeout`));
        return true;
      });
    }
    assert.throws(() => new Codebolt({ reconnect: { delay: 1 } }), { message: /unknown reconnect option "delay"; valid reconnect options: initialDelay/ });
  });

  const wrong = {
    url: [7, null, {}],
    host: [null, 1],
    port: ['12345', 0, -1, 65_536, 1.5, NaN, null],
    secure: ['yes', 1, null],
    params: ['a=b', [], { a: 1 }, { a: 'x', b: 1 }, { a: undefined }, null],
    connectTimeout: ['1', -1, NaN, null],
    requestTimeout: [-1, NaN, {}],
    reconnect: ['yes', 1, null, [], { initialDelay: '1' }, { maxAttempts: 1.5 }, { maxDelay: -1 }, { stableAfter: NaN }],
    maxQueued: [-1, 1.5, '1', NaN],
    maxInFlight: [0, -1, 1.5],
    keepAlive: [-1, 'x'],
    highWaterMark: [0, -1],
    maxFrameBytes: [0, 'x'],
    throwOnError: [1, 'true', null],
    webSocket: ['WebSocket', {}, null],
    logger: ['console', 7, null, []],
  };
  for (const [name, values] of Object.entries(wrong)) {
    it(`of a wrong type or range throw: ${name}`, () => {
      for (const value of values) {
        assert.throws(() => new Codebolt({ [name]: value }), { code: 'INVALID_ARGUMENT', message: new RegExp(name) }, String(value));
      }
    });
  }

  it('must be an object, and undefined members count as left out', () => {
    for (const options of [null, 7, 'ws://localhost', []]) assert.throws(() => new Codebolt(options), { code: 'INVALID_ARGUMENT' });
    new Codebolt(undefined);
    new Codebolt({ url: undefined, reconnect: undefined, logger: undefined });
  });

  it('are read once: what the caller does to them later changes nothing', async () => {
    const host = await startHost({ onFrame: answer });
    const params = { tenant: 'a' };
    const codebolt = open({ url: host.url, params });
    params.tenant = 'b';
    await codebolt.request('x');
    assert.equal(host.connections[0].url.searchParams.get('tenant'), 'a');
  });

  it('take Infinity and 0 where they mean no limit', async () => {
    const host = await startHost({ onFrame: answer });
    const none = open({
      url: host.url,
      connectTimeout: 0,
      requestTimeout: Infinity,
      maxQueued: Infinity,
      maxInFlight: Infinity,
      highWaterMark: Infinity,
      maxFrameBytes: Infinity,
      keepAlive: 0,
      reconnect: { maxAttempts: Infinity, maxDelay: Infinity },
    });
    assert.equal((await none.request('x')).success, true);
  });
});

describe('two instances', () => {
  it('have their own sockets, tables, listeners and errors', async () => {
    const [good, bad] = [await startHost({ onFrame: answer }), await startTcp((socket) => socket.resume())];
    const one = open({ url: good.url });
    const other = open({ url: bad.url, connectTimeout: 50 });
    const heard = [];
    one.on('close', () => heard.push('one'));
    other.on('close', () => heard.push('other'));
    const [reply, error] = await Promise.all([one.request('x'), failure(other.request('x'))]);
    assert.equal(reply.success, true);
    assert.equal(error.code, 'CONNECT_TIMEOUT');
    assert.deepEqual(heard, ['other']);
    assert.equal(one.connectionState, 'open');
    assert.notEqual(one.eventLog, other.eventLog);
  });

  it('of which one is busy do not disturb each other', async () => {
    const host = await startHost({ onFrame: answer });
    const instances = Array.from({ length: 10 }, () => open({ url: host.url }));
    const replies = await Promise.all(
      instances.flatMap((instance, number) => Array.from({ length: 50 }, () => instance.request('x', number).then(({ data }) => data.params === number))),
    );
    assert.ok(replies.every(Boolean));
    assert.equal(host.connections.length, 10);
  });
});

describe('the class', () => {
  it('is there from the default instance too', () => {
    assert.ok(codebolt instanceof Codebolt);
    assert.equal(codebolt.Codebolt, Codebolt);
    assert.equal(codebolt.default, codebolt);
    assert.equal(codebolt.CodeboltError, CodeboltError);
    assert.equal(codebolt.connectionState, 'idle');
  });

  it('is shown by its name, and its members can be replaced by a stand-in and put back', () => {
    assert.equal(Object.prototype.toString.call(codebolt), '[object Codebolt]');
    const { configurable, writable } = Object.getOwnPropertyDescriptor(Codebolt.prototype, 'onPluginStart');
    assert.deepEqual([configurable, writable], [true, true]);
    assert.equal(new CodeboltError('HOST_ERROR', 'no').name, 'CodeboltError');
    const name = Object.getOwnPropertyDescriptor(CodeboltError.prototype, 'name');
    assert.deepEqual(name, { value: 'CodeboltError', configurable: true, enumerable: false, writable: true });
  });
});

describe('silence', () => {
  it('is what a process hears without a logger, whatever happens to its connection', async () => {
    const host = await startHost({
      onConnection: (connection) => {
        connection.socket.send('rubbish');
        connection.send({ type: 'x', requestId: 'foreign' });
      },
      onFrame: (_, { socket }) => socket.terminate(),
    });
    const result = await runChild(
      `import codebolt, { Codebolt } from 'codebolt-wasm';
       await codebolt.waitForReady();
       await codebolt.request('x').catch(() => {});
       await codebolt.request('y').catch(() => {});
       codebolt.send({ type: 'z' });
       await new Codebolt({ port: 1 }).waitForReady().catch(() => {});
       await codebolt.close();`,
      { env: { SOCKET_PORT: String(host.port), CODEBOLT_SERVER_URL: '127.0.0.1' } },
    );
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '', '']);
  });

  it('ends with a logger: a function, or an object of methods, that may throw', async () => {
    const host = await startHost({ onFrame: answer });
    const lines = [];
    const one = open({ url: host.url, logger: (level, text) => lines.push(`${level} ${text}`) });
    await one.waitForReady();
    const other = open({ url: host.url, logger: { info: (text) => lines.push(text) } });
    await other.waitForReady();
    const throwing = open({
      url: host.url,
      logger() {
        throw new Error('own');
      },
    });
    assert.equal((await throwing.request('x')).success, true);
    assert.deepEqual(lines, ['info open', 'codebolt: open']);
  });
});

describe('send', () => {
  it('gives a message an id unless it has one, and refuses a value that is not a message', async () => {
    const host = await startHost();
    const instance = open({ url: host.url });
    assert.equal(await instance.send({ type: 'a', value: 1 }), undefined);
    await instance.send({ requestId: 'mine', type: 'b' });
    await host.received(2);
    assert.match(host.texts[0], /^{"type":"a","value":1,"requestId":"[0-9a-f-]{36}"}$/);
    assert.equal(host.texts[1], '{"requestId":"mine","type":"b"}');
    for (const message of [undefined, null, 7, 'text', {}, { type: 7 }, []]) {
      assert.equal((await failure(instance.send(message))).code, 'INVALID_ARGUMENT');
    }
    for (const type of [undefined, null, 7, '', {}]) assert.equal((await failure(instance.request(type))).code, 'INVALID_ARGUMENT');
    for (const replyTypes of ['x', [1], {}]) assert.equal((await failure(instance.request('x', 1, { replyTypes }))).code, 'INVALID_ARGUMENT');
  });

  it('that is not awaited and fails does not end the process', async () => {
    const instance = open({ url: 'ws://127.0.0.1:1/codebolt' });
    instance.send({ type: 'x' });
    const lost = new Promise((resolve) => instance.on('messagesLost', resolve));
    assert.deepEqual((await settled(lost)).value, { count: 1, address: 'ws://127.0.0.1:1/codebolt' });
    await instance.close();
    instance.send({ type: 'y' });
    await until(() => true);
  });
});
