// Which reply goes to which call (PROTOCOL.md, "Dispatch").

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, failure, open, startHost, until, wait } from './misbehaving-host.mjs';

const isPending = (promise) => Promise.race([promise.then(() => false, () => false), wait(20).then(() => true)]);

describe('a request', () => {
  it('has its type first, then a version 4 UUID, then its params', async () => {
    const host = await startHost({ onFrame: answer });
    await open({ url: host.url }).request('some.type', { b: 1, a: [undefined, NaN] });
    const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
    assert.match(host.texts[0], new RegExp(`^{"type":"some.type","requestId":"${uuid}","params":{"b":1,"a":\\[null,null\\]}}$`));
  });

  it('leaves params out when there are none', async () => {
    const host = await startHost({ onFrame: answer });
    await open({ url: host.url }).request('x');
    assert.deepEqual(Object.keys(host.frames[0]), ['type', 'requestId']);
  });

  it('resolves with the whole reply, and a refusal resolves too', async () => {
    const replies = [
      { type: 'x', success: false, error: 'no', extra: { deep: [1] } },
      { type: 'x', success: true, data: null },
    ];
    const host = await startHost({ onFrame: ({ requestId }, connection) => connection.send({ ...replies.shift(), requestId }) });
    const codebolt = open({ url: host.url });
    const { requestId, ...refused } = await codebolt.request('x');
    assert.deepEqual(refused, { type: 'x', success: false, error: 'no', extra: { deep: [1] } });
    assert.equal(requestId, host.frames[0].requestId);
    assert.equal((await codebolt.request('x')).data, null);
  });

  it('rejects a refusal when throwOnError asks for it', async () => {
    const host = await startHost({
      onFrame: ({ requestId, params }, connection) => connection.send({ type: 'x', requestId, success: false, ...params }),
    });
    const codebolt = open({ url: host.url, throwOnError: true });
    for (const [params, text] of [
      [{ error: 'it exists' }, 'x: it exists'],
      [{ message: 'said so' }, 'x: said so'],
      [{ error: { code: 7, message: 'within' } }, 'x: within'],
      [{ error: { code: 7 } }, 'x: the host gave no reason in words'],
      [{}, 'x: the host gave no reason in words'],
    ]) {
      const error = await failure(codebolt.request('x', params));
      assert.equal(error.code, 'HOST_ERROR');
      assert.equal(error.message, text);
      assert.equal(error.sent, true);
      assert.equal(error.type, 'x');
      assert.equal(error.reply.success, false);
    }
  });

  it('that cannot be serialised rejects with the engine\'s own error and leaves nothing behind', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const cycle = {};
    cycle.self = cycle;
    assert.ok((await failure(codebolt.request('x', { big: 1n }))) instanceof TypeError);
    assert.ok((await failure(codebolt.request('x', cycle))) instanceof TypeError);
    const thrown = new Error('own');
    const toJSON = () => {
      throw thrown;
    };
    assert.equal(await failure(codebolt.request('x', { toJSON })), thrown);
    assert.equal(await failure(codebolt.send({ type: 'x', inner: { toJSON } })), thrown);
    let deep = [];
    for (let level = 0; level < 200_000; level++) deep = [deep];
    assert.ok((await failure(codebolt.request('x', deep))) instanceof RangeError);
    assert.equal(codebolt.occupancy.waiting, 0);
    assert.equal((await codebolt.request('x')).success, true);
    assert.equal(host.frames.length, 1);
  });

  it('whose toJSON leaves the id out is sent as it says, and gets the reply of its type that has none', async () => {
    const said = { type: 'episodicMemory.appendEvent', event: 1 };
    const host = await startHost({ onFrame: ({ type }, connection) => connection.send({ type: `${type}.response`, success: true }) });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    const reply = await codebolt.episodicMemory.appendEvent({ toJSON: () => said });
    assert.deepEqual(host.frames, [said]);
    assert.equal(reply.success, true);
  });

  it('whose reply has its own type and no id is matched by that', async () => {
    const host = await startHost({ onFrame: ({ type }, connection) => connection.send({ type, success: true }) });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    assert.deepEqual(await codebolt.fileUpdateIntent.list(), { type: 'fileUpdateIntent.list', success: true });
  });

  it('carries any text unharmed, lone surrogates escaped', async () => {
    const host = await startHost({ onFrame: answer });
    const text = '\ud800 \u2028 \u0000 "\\ \u{1f600} é';
    const reply = await open({ url: host.url }).request('x', text);
    assert.equal(reply.data.params, text);
    assert.ok(host.texts[0].includes('\\ud800'));
  });
});

describe('replies', () => {
  it('in any order reach their own callers', async () => {
    const frames = [];
    const host = await startHost({
      onFrame(frame, connection) {
        frames.push(frame);
        if (frames.length === 100) for (const each of frames.reverse()) answer(each, connection);
      },
    });
    const codebolt = open({ url: host.url });
    const replies = await Promise.all(Array.from({ length: 100 }, (_, index) => codebolt.request('x', index)));
    assert.deepEqual(replies.map(({ data }) => data.params), [...Array(100).keys()]);
  });

  it('that are repeated or late, or have a foreign id, are dropped and told to listeners, and reach no other caller', async () => {
    const host = await startHost({
      onFrame(frame, connection) {
        if (frame.params === 'silent') return;
        answer(frame, connection);
        answer(frame, connection);
        answer({ ...frame, requestId: '00000000-0000-4000-8000-000000000000' }, connection);
        answer({ ...frame, requestId: 'foreign' }, connection);
      },
    });
    const codebolt = open({ url: host.url });
    const messages = [];
    codebolt.onRawMessage((message) => messages.push(message));
    const dropped = [];
    codebolt.on('dropped', (message) => dropped.push(message));
    const silent = codebolt.request('x', 'silent');
    silent.catch(() => {});
    await codebolt.request('x', 'loud');
    await until(() => dropped.length === 3);
    assert.ok(await isPending(silent));
    assert.deepEqual(messages, []);
    assert.equal(codebolt.occupancy.dropped, 3);
  });

  it('that come after an abort or a time limit are dropped', async () => {
    const late = [];
    const host = await startHost({ onFrame: (frame, connection) => late.push(() => answer(frame, connection)) });
    const codebolt = open({ url: host.url });
    const messages = [];
    codebolt.onRawMessage((message) => messages.push(message));
    await codebolt.waitForReady();
    const error = await failure(codebolt.request('x', 1, { timeout: 30 }));
    assert.equal(error.code, 'REQUEST_TIMEOUT');
    assert.equal(error.sent, true);
    const controller = new AbortController();
    const aborted = codebolt.request('x', 2, { signal: controller.signal });
    await host.received(2);
    controller.abort();
    assert.equal(await failure(aborted), controller.signal.reason);
    const next = codebolt.request('x', 3);
    await host.received(3);
    for (const send of late) send();
    assert.equal((await next).data.params, 3);
    assert.equal(codebolt.occupancy.dropped, 2);
    assert.equal(codebolt.occupancy.cancelled, 0);
    assert.deepEqual(messages, []);
  });

  it('without an id reach the oldest call that expects their type', async () => {
    const host = await startHost({
      onFrame({ type, params }, connection) {
        if (type === 'last') {
          connection.send({ type: 'answerA', number: 1 });
          connection.send({ type: 'answerB', number: 2 });
          connection.send({ type: 'answerB', requestId: null, number: 3 });
          connection.send({ type: 'last' });
        } else assert.ok(params);
      },
    });
    const codebolt = open({ url: host.url });
    const first = codebolt.request('ask', 1, { replyTypes: ['answerB', 'answerC'] });
    const second = codebolt.request('ask', 2, { replyTypes: ['answerA'] });
    const third = codebolt.request('ask', 3, { replyTypes: ['answerB'] });
    await codebolt.request('last');
    assert.deepEqual([(await first).number, (await second).number, (await third).number], [2, 1, 3]);
  });

  it('with an id that is not a text never count as replies without one', async () => {
    const ids = [7, 0, true, {}, [], '', 'x'.repeat(100_000)];
    const host = await startHost({
      onFrame(frame, connection) {
        for (const requestId of ids) connection.send({ type: frame.type, requestId, wrong: true });
        answer(frame, connection);
      },
    });
    const codebolt = open({ url: host.url });
    const reply = await codebolt.request('x');
    assert.equal(reply.wrong, undefined);
    assert.equal(codebolt.occupancy.dropped, ids.length);
  });

  it('are recognised by their id whatever their type is', async () => {
    const types = ['other', 'messageResponse', '__ping', undefined, 7, null, { a: 1 }];
    const host = await startHost({
      onFrame: ({ requestId, params }, connection) => connection.send({ requestId, type: types[params], ok: true }),
    });
    const codebolt = open({ url: host.url });
    for (const index of types.keys()) assert.equal((await codebolt.request('x', index)).ok, true);
  });
});

describe('a rejection', () => {
  it('has a stack that shows the line that awaits', async () => {
    const host = await startHost();
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    async function theCallersOwnFunction() {
      await codebolt.eventLog.listInstances({ timeout: 20 });
    }
    const error = await theCallersOwnFunction().catch((caught) => caught);
    assert.equal(error.code, 'REQUEST_TIMEOUT');
    assert.match(error.stack, /theCallersOwnFunction .*replies\.test\.mjs/);
    assert.equal(error.type, 'eventLog.listInstances');
    assert.equal(error.requestId, host.frames[0].requestId);
  });
});
