// What the event log has on top of the protocol: getOrCreateInstance, readEvents, unwrap. On a real host.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Codebolt, CodeboltError, unwrap } from 'codebolt-wasm';
import WebSocket from 'ws';
import { noting } from './calls.mjs';

const url = process.env.CODEBOLT_TEST_URL;
assert.ok(url, 'CODEBOLT_TEST_URL is not set; run this with `cargo xtask test event-log`');

const frames = [];
const codebolt = new Codebolt({ url, webSocket: noting(frames, (address) => new WebSocket(address)) });
// Detached, as everything of the event log may be.
const { appendEvent, appendEvents, createInstance, deleteInstance, getOrCreateInstance, listInstances, readEvents } = codebolt.eventLog;

const fresh = async () => unwrap(await createInstance(`t-${crypto.randomUUID()}`)).instance.id;
const numbered = (count, stream = 'a', first = 1) =>
  Array.from({ length: count }, (_, index) => ({ streamId: stream, eventType: 'N', payload: { n: first + index } }));
const collect = async (events) => {
  const found = [];
  for await (const event of events) found.push(event.payload.n);
  return found;
};
const upTo = (count, first = 1) => Array.from({ length: count }, (_, index) => first + index);

after(() => codebolt.close());

describe('the code of a refusal', () => {
  it('stands in the reply, and as hostCode in the error of unwrap and of throwOnError', async () => {
    const refused = await codebolt.eventLog.getInstance('no such instance');
    assert.deepEqual([refused.success, refused.code], [false, 'NOT_FOUND']);
    assert.throws(() => unwrap(refused), { code: 'HOST_ERROR', hostCode: 'NOT_FOUND', type: 'eventLog.getInstance', reply: refused });
    const strict = new Codebolt({ url, throwOnError: true });
    const { name } = unwrap(await createInstance(`c-${crypto.randomUUID()}`)).instance;
    await assert.rejects(strict.eventLog.createInstance(name), { code: 'HOST_ERROR', hostCode: 'ALREADY_EXISTS' });
    assert.equal((await strict.eventLog.getOrCreateInstance(name)).name, name);
    await strict.close();
  });

  it('is not there where a host has none', () => {
    assert.throws(() => unwrap({ success: false }), { message: 'unwrap: the host gave no reason in words', type: 'unwrap' });
    assert.throws(() => unwrap({ success: false, error: 'no', code: 7 }), (error) => error.code === 'HOST_ERROR' && !('hostCode' in error));
  });
});

describe('getOrCreateInstance', () => {
  it('creates an instance, and gives the same one from then on', async () => {
    const name = `g-${crypto.randomUUID()}`;
    const created = await getOrCreateInstance(name, 'what for');
    assert.deepEqual([created.name, created.description], [name, 'what for']);
    assert.deepEqual(await getOrCreateInstance(name, 'something else'), created);
  });

  it('gives many callers at once, on several connections, one instance', async () => {
    const name = `race-${crypto.randomUUID()}`;
    const others = [1, 2, 3].map(() => new Codebolt({ url }));
    const found = await Promise.all([codebolt, ...others].flatMap((one) => [1, 2, 3, 4].map(() => one.eventLog.getOrCreateInstance(name))));
    assert.equal(new Set(found.map(({ id }) => id)).size, 1);
    assert.equal(unwrap(await listInstances()).instances.filter((instance) => instance.name === name).length, 1);
    await Promise.all(others.map((one) => one.close()));
  });

  it('does so with throwOnError, where a refusal rejects', async () => {
    const strict = new Codebolt({ url, throwOnError: true });
    const name = `strict-${crypto.randomUUID()}`;
    const first = await strict.eventLog.getOrCreateInstance(name);
    assert.equal((await strict.eventLog.getOrCreateInstance(name)).id, first.id);
    await assert.rejects(strict.eventLog.getOrCreateInstance(''), { code: 'HOST_ERROR' });
    await strict.close();
  });

  it('rejects with what the host says when it refuses for another reason', async () => {
    await assert.rejects(getOrCreateInstance(''), (error) => {
      assert.ok(error instanceof CodeboltError);
      assert.equal(error.code, 'HOST_ERROR');
      assert.match(error.message, /^eventLog\.createInstance: .*name/);
      assert.equal(error.reply.success, false);
      return true;
    });
  });

  it('can be aborted', async () => {
    const reason = new Error('enough');
    await assert.rejects(getOrCreateInstance('x', undefined, { signal: AbortSignal.abort(reason) }), reason);
  });
});

describe('readEvents', () => {
  it('reads a stream in its order, whatever the size of the pages', async () => {
    const instanceId = await fresh();
    await appendEvents({ instanceId, events: numbered(23) });
    await appendEvents({ instanceId, events: numbered(5, 'b', 100) });
    for (const batchSize of [1, 5, 22, 23, 24, undefined]) {
      assert.deepEqual(await collect(readEvents({ instanceId, stream: 'a', batchSize })), upTo(23), `batchSize ${batchSize}`);
    }
  });

  it('reads a whole instance in the order of appending, also where many events share an instant', async () => {
    const instanceId = await fresh();
    // A batch has one instant; several batches make page borders fall within and between instants.
    for (let start = 1; start <= 40; start += 8) {
      await appendEvents({ instanceId, events: numbered(8, start % 16 === 1 ? 'a' : 'b', start) });
      if (start % 16 === 1) await wait(3);
    }
    for (const batchSize of [1, 3, 7, 8, 9, 39, 40, 41]) {
      assert.deepEqual(await collect(readEvents({ instanceId, batchSize })), upTo(40), `batchSize ${batchSize}`);
      assert.deepEqual(await collect(readEvents({ instanceId, batchSize, after: 11 })), upTo(29, 12), `batchSize ${batchSize}, after 11`);
    }
  });

  it('goes on after what is known', async () => {
    const instanceId = await fresh();
    await appendEvents({ instanceId, events: numbered(6) });
    assert.deepEqual(await collect(readEvents({ instanceId, stream: 'a', after: 4 })), [5, 6]);
    assert.deepEqual(await collect(readEvents({ instanceId, stream: 'a', after: 6 })), []);
    assert.deepEqual(await collect(readEvents({ instanceId, after: 6 })), []);
    assert.deepEqual(await collect(readEvents({ instanceId, stream: 'none' })), []);
  });

  it('reads only what meets the conditions, and takes them as they were at the call', async () => {
    const instanceId = await fresh();
    await appendEvents({ instanceId, events: numbered(20) });
    const where = [{ field: 'payload.n', operator: 'gt', value: 10 }];
    for (const stream of ['a', undefined]) {
      const reading = readEvents({ instanceId, stream, where, batchSize: 3 });
      where[0].value = 0;
      assert.deepEqual(await collect(reading), upTo(10, 11));
      where[0].value = 10;
    }
  });

  for (const stream of ['a', undefined]) {
    const of = stream ? 'a stream' : 'an instance';

    it(`leaves nothing out and repeats nothing while events are appended to ${of}`, async () => {
      const instanceId = await fresh();
      await appendEvents({ instanceId, events: numbered(10) });
      const found = [];
      let next = 11;
      for await (const event of readEvents({ instanceId, stream, batchSize: 4 })) {
        found.push(event.payload.n);
        if (next <= 60) {
          await appendEvents({ instanceId, events: numbered(2, 'a', next) });
          next += 2;
        }
      }
      assert.deepEqual(found, upTo(found.length));
      assert.ok(found.length >= 10);
      assert.equal(found.length, 60);
    });

    it(`follows ${of} live, with writers at work, until the signal aborts`, async () => {
      const instanceId = await fresh();
      const enough = new AbortController();
      const writing = Promise.all(
        [1, 2, 3].map(async (writer) => {
          for (let turn = 0; turn < 20; turn++) {
            await appendEvents({ instanceId, events: [{ streamId: 'a', payload: { writer, turn } }] });
            await wait(Math.random() * 4);
          }
        }),
      );
      const seen = [];
      const reading = (async () => {
        for await (const event of readEvents({ instanceId, stream, live: true, pollInterval: 5, batchSize: 7, signal: enough.signal })) {
          seen.push(event);
          if (seen.length === 60) setTimeout(() => enough.abort(), 60);
        }
      })();
      await assert.rejects(reading, (error) => error === enough.signal.reason);
      await writing;
      assert.equal(new Set(seen.map(({ id }) => id)).size, 60);
      assert.deepEqual(seen.map((event) => event.sequence_number), upTo(60));
    });
  }

  it('ends with the loop, and asks for nothing more', async () => {
    const instanceId = await fresh();
    await appendEvents({ instanceId, events: numbered(9) });
    frames.length = 0;
    for await (const event of readEvents({ instanceId, stream: 'a', batchSize: 3, live: true, pollInterval: 1 })) {
      if (event.payload.n === 2) break;
    }
    await wait(20);
    assert.equal(frames.length, 1);
  });

  it('asks for nothing before it is read, and nothing after the last page', async () => {
    const instanceId = await fresh();
    await appendEvents({ instanceId, events: numbered(6) });
    frames.length = 0;
    const reading = readEvents({ instanceId, stream: 'a', batchSize: 3 });
    await wait(5);
    assert.equal(frames.length, 0);
    await collect(reading);
    assert.equal(frames.length, 2);
  });

  it('rejects at once with the reason when the signal aborts while it waits or asks', async () => {
    const instanceId = await fresh();
    for (const delay of [0, 15]) {
      const stop = new AbortController();
      const started = performance.now();
      setTimeout(() => stop.abort(new Error(`after ${delay}`)), delay);
      const reading = collect(readEvents({ instanceId, live: true, pollInterval: 60_000, signal: stop.signal }));
      await assert.rejects(reading, { message: `after ${delay}` });
      assert.ok(performance.now() - started < 2000);
    }
    const reading = collect(readEvents({ instanceId, signal: AbortSignal.abort(new Error('before')) }));
    await assert.rejects(reading, { message: 'before' });
  });

  it('ends a live reading when the client closes', async () => {
    const other = new Codebolt({ url });
    const instanceId = await fresh();
    const reading = collect(other.eventLog.readEvents({ instanceId, live: true, pollInterval: 60_000 }));
    await other.waitForReady();
    await wait(30);
    const settled = assert.rejects(reading, { code: 'CONNECTION_CLOSED' });
    await other.close();
    await settled;
  });

  it('goes on where it was when the connection is lost and made again', async () => {
    const sockets = [];
    const other = new Codebolt({
      url,
      reconnect: { initialDelay: 1, maxDelay: 5 },
      webSocket: (address) => (sockets.push(new WebSocket(address)), sockets.at(-1)),
    });
    const instanceId = await fresh();
    await appendEvents({ instanceId, events: numbered(30) });
    const found = [];
    for await (const event of other.eventLog.readEvents({ instanceId, stream: 'a', batchSize: 5 })) {
      found.push(event.payload.n);
      // The next page is asked for on a connection that breaks in the same moment.
      if (event.payload.n % 10 === 0) setImmediate((socket) => socket.terminate(), sockets.at(-1));
    }
    assert.deepEqual(found, upTo(30));
    assert.ok(sockets.length > 1);
    await other.close();
  });

  it('rejects with what the host says about an instance that is not there', async () => {
    await assert.rejects(collect(readEvents({ instanceId: 'nobody-has-this' })), (error) => {
      assert.equal(error.code, 'HOST_ERROR');
      assert.match(error.message, /nobody-has-this/);
      return true;
    });
  });

  it('refuses wrong options by name, and asks nothing', () => {
    frames.length = 0;
    const wrong = [
      [undefined, /argument 'options': expected an object with an instanceId, got undefined/],
      [{}, /'options\.instanceId': expected .*, got undefined/],
      [{ instanceId: 'i', stream: 3 }, /'options\.stream': expected .*, got 3/],
      [{ instanceId: 'i', after: -1 }, /'options\.after': expected .*, got -1/],
      [{ instanceId: 'i', after: 1.5 }, /whole number/],
      [{ instanceId: 'i', where: {} }, /'options\.where': expected an array of conditions, got an object/],
      [{ instanceId: 'i', batchSize: 0 }, /'options\.batchSize'/],
      [{ instanceId: 'i', live: 'yes' }, /'options\.live'/],
      [{ instanceId: 'i', pollInterval: Infinity }, /'options\.pollInterval'/],
      [{ instanceId: 'i', signal: {} }, /'options\.signal'.*AbortSignal/],
      [{ instanceId: 'i', streamId: 's' }, /unknown readEvents option "streamId"; valid readEvents options: instanceId, stream/],
    ];
    for (const [options, message] of wrong) {
      assert.throws(() => readEvents(options), (error) => {
        assert.ok(error instanceof CodeboltError);
        assert.equal(error.code, 'INVALID_ARGUMENT');
        assert.match(error.message, message);
        return true;
      });
    }
    assert.equal(frames.length, 0);
  });
});

describe('unwrap', () => {
  before(() => codebolt.waitForReady());

  it('gives the data of a reply, as a method and by its name', async () => {
    const reply = await appendEvent({ instanceId: await fresh(), payload: { a: 1 } });
    assert.equal(unwrap(reply), reply.data);
    const { unwrap: detached } = codebolt.eventLog;
    assert.equal(detached(reply), reply.data);
  });

  it('throws HOST_ERROR with the host’s text and the reply', async () => {
    const reply = await deleteInstance('nobody-has-this');
    assert.equal(reply.success, false);
    assert.throws(() => unwrap(reply), (error) => {
      assert.ok(error instanceof CodeboltError);
      assert.equal(error.code, 'HOST_ERROR');
      assert.equal(error.message, `eventLog.deleteInstance: ${reply.error}`);
      assert.equal(error.reply, reply);
      assert.equal(error.type, 'eventLog.deleteInstance');
      assert.equal(error.requestId, reply.requestId);
      assert.equal(error.sent, true);
      return true;
    });
    for (const [reply, message] of [
      [{}, 'unwrap: the host gave no reason in words'],
      [{ error: { code: 7 } }, 'unwrap: the host gave no reason in words'],
      [{ error: { code: 7, message: 'within' } }, 'unwrap: within'],
      [{ error: { code: 7 }, message: 'beside' }, 'unwrap: beside'],
    ]) {
      assert.throws(() => unwrap({ success: false, ...reply }), { code: 'HOST_ERROR', message });
    }
  });

  it('refuses a value that is not a reply, and says when an await is missing', () => {
    assert.throws(() => unwrap(Promise.resolve({ success: true })), { code: 'INVALID_ARGUMENT', message: /as in unwrap\(await …\), got a promise$/ });
    for (const value of [undefined, null, 7, {}, []]) assert.throws(() => unwrap(value), { code: 'INVALID_ARGUMENT' });
  });
});

describe('readEvents with a signal', () => {
  const follow = async (options) => {
    const instanceId = await fresh();
    unwrap(await appendEvents({ instanceId, events: numbered(3) }));
    const enough = new AbortController();
    const seen = [];
    let thrown;
    try {
      for await (const { payload } of readEvents({ instanceId, live: true, pollInterval: 20, signal: enough.signal, ...options(enough) })) seen.push(payload.n);
    } catch (error) {
      thrown = error;
    }
    return { seen, thrown, reason: enough.signal.reason };
  };

  it('ends the loop of a live reader that waits, with the reason', async () => {
    const { seen, thrown, reason } = await follow((enough) => (wait(300).then(() => enough.abort(new Error('enough'))), {}));
    assert.deepEqual(seen, [1, 2, 3]);
    assert.equal(thrown, reason);
  });

  it("ends it without an error by ifAborted: 'end'", async () => {
    const { seen, thrown } = await follow((enough) => (wait(300).then(() => enough.abort()), { ifAborted: 'end' }));
    assert.deepEqual([seen, thrown], [[1, 2, 3], undefined]);
  });

  it('ends it at once, also within a page', async () => {
    const instanceId = await fresh();
    unwrap(await appendEvents({ instanceId, events: numbered(3) }));
    for (const ifAborted of ['fail', 'end']) {
      const enough = new AbortController();
      const seen = [];
      const reading = (async () => {
        for await (const { payload } of readEvents({ instanceId, signal: enough.signal, ifAborted })) {
          seen.push(payload.n);
          enough.abort();
        }
      })();
      if (ifAborted === 'fail') await assert.rejects(reading, { name: 'AbortError' });
      else await reading;
      assert.deepEqual(seen, [1]);
    }
  });
});
