// readEvents where pages are too large, the host is away, the instance is another one by now, and the reader leaves while it waits.
// What the host's event log answers is staged.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { TestHost } from 'codebolt-wasm-testing';

/** A host with one instance `orders`, whose events it keeps here. */
const startHost = async ({ most = Infinity, instance = { id: 'first', count: 0 } } = {}) => {
  const host = await TestHost.start();
  const limits = [];
  const on = (name, referenceOf, answer) =>
    host.on(name, (_, { frame: { params } }) => {
      const named = referenceOf(params);
      return named === 'orders' || named === instance.id ? answer(params) : host.refuse(`no instance has the id or name "${named}"`);
    });
  on('eventLog.getInstance', ({ instanceId }) => instanceId, () => ({ data: { instance: { id: instance.id, name: 'orders' } } }));
  on('eventLog.queryEvents', ({ query }) => query.from.instance, ({ query: { where, limit, offset = 0 } }) => {
    limits.push(limit);
    const after = where.find(({ field }) => field === 'sequence_number')?.value ?? 0;
    const since = Number(where.find(({ field }) => field === 'timestamp')?.value ?? 0);
    const known = Array.from({ length: instance.count }, (_, index) => index + 1).filter((number) => number > after && number >= since);
    const page = known.slice(offset, offset + limit);
    if (page.length > most) return host.refuse('the reply would be larger than 9 bytes; ask for fewer events with limit');
    const events = page.map((number) => ({ id: `${instance.id}-${number}`, instanceId: instance.id, sequence_number: number, timestamp: String(number).padStart(9, '0') }));
    return { data: { result: { events, total: known.length } } };
  });
  return Object.assign(host, { limits });
};

const ids = async (events) => {
  const found = [];
  for await (const { id } of events) found.push(id);
  return found;
};
const upTo = (count, name = 'first') => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
const until = async (holds) => {
  for (let turn = 0; turn < 2_000 && !holds(); turn++) await wait(2);
  assert.ok(holds());
};

describe('readEvents', () => {
  for (const stream of ['a', undefined]) {
    const of = stream ? 'a stream' : 'an instance';

    it(`asks for less and less of ${of} until a page fits, and for more again`, async () => {
      const host = await startHost({ most: 30, instance: { id: 'first', count: 100 } });
      const codebolt = host.connect();
      assert.deepEqual(await ids(codebolt.eventLog.readEvents({ instanceId: 'orders', stream })), upTo(100));
      assert.ok(Math.min(...host.limits) > 0);
      await host.close();
    });

    it(`goes on live through an outage that is longer than a request may take, in ${of}`, async () => {
      const instance = { id: 'first', count: 3 };
      const host = await startHost({ instance });
      const codebolt = host.connect({ requestTimeout: 60, reconnect: { initialDelay: 20, maxDelay: 40, maxAttempts: Infinity } });
      const retries = [];
      const seen = [];
      const stop = new AbortController();
      const reading = (async () => {
        const onRetry = ({ error, attempt }) => retries.push([error.code, attempt]);
        for await (const { id } of codebolt.eventLog.readEvents({ instanceId: 'orders', stream, live: true, pollInterval: 10, onRetry, signal: stop.signal })) seen.push(id);
      })();
      await until(() => seen.length === 3);
      host.refuseConnections();
      host.break();
      await until(() => retries.some(([code]) => code === 'REQUEST_TIMEOUT'));
      instance.count = 5;
      host.refuseConnections(0);
      await until(() => seen.length === 5);
      assert.deepEqual(seen, upTo(5));
      stop.abort('enough');
      await assert.rejects(reading, (error) => error === 'enough');
      await host.close();
    });

    it(`does not go on silently in another instance of the same name, in ${of}`, async () => {
      for (const ifRecreated of [undefined, 'restart']) {
        const instance = { id: 'first', count: 4 };
        const host = await startHost({ instance });
        const codebolt = host.connect();
        const seen = [];
        const reading = (async () => {
          for await (const { id } of codebolt.eventLog.readEvents({ instanceId: 'orders', stream, live: true, pollInterval: 5, ifRecreated })) {
            seen.push(id);
            if (id === 'second-2') break;
          }
        })();
        reading.catch(() => {});
        await until(() => seen.length === 4);
        Object.assign(instance, { id: 'second', count: 2 });
        if (ifRecreated) {
          await reading;
          assert.deepEqual(seen, [...upTo(4), ...upTo(2, 'second')]);
        } else {
          await assert.rejects(reading, { code: 'HOST_ERROR', message: /"orders" was deleted while it was read, and another made/ });
          assert.deepEqual(seen, upTo(4));
        }
        await host.close();
      }
    });
  }

  it('says what it says of one event that is too large, and of what it cannot read', async () => {
    const host = await startHost({ most: 0, instance: { id: 'first', count: 3 } });
    const codebolt = host.connect();
    await assert.rejects(ids(codebolt.eventLog.readEvents({ instanceId: 'orders' })), { code: 'HOST_ERROR', message: /larger/ });
    assert.equal(host.limits.at(-1), 1);
    await assert.rejects(ids(codebolt.eventLog.readEvents({ instanceId: 'nothing' })), { code: 'HOST_ERROR', message: /no instance/ });
    assert.throws(() => codebolt.eventLog.readEvents({ instanceId: 'a', ifRecreated: 'no' }), { code: 'INVALID_ARGUMENT' });
    await host.close();
  });

  it('ends by return() while it waits, at once', async () => {
    const host = await startHost();
    const codebolt = host.connect();
    const reader = codebolt.eventLog.readEvents({ instanceId: 'orders', live: true, pollInterval: 2 ** 31 - 1 });
    const next = reader.next();
    await until(() => host.limits.length === 1);
    await wait(5);
    assert.deepEqual(await reader.return(), { done: true, value: undefined });
    assert.deepEqual(await next, { done: true, value: undefined });
    await host.close();
  });
});
