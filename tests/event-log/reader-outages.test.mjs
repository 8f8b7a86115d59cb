// readEvents where pages are too large, the host is away, the instance is another one by now, and the reader leaves while it waits.
// The host is a stand-in that does what has to be staged.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Codebolt } from 'codebolt-wasm';
import { WebSocketServer } from 'ws';

/** A host with one instance `orders`, whose events it keeps here. */
const startHost = async ({ port = 0, most = Infinity, instance = { id: 'first', count: 0 } } = {}) => {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  const limits = [];
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { type, requestId, params } = JSON.parse(data);
      const reply = (body) => socket.send(JSON.stringify({ type, requestId, success: true, ...body }));
      const named = params.instanceId ?? params.query.from.instance;
      if (named !== 'orders' && named !== instance.id) return reply({ success: false, error: `no instance has the id or name "${named}"` });
      if (type === 'eventLog.getInstance') return reply({ data: { instance: { id: instance.id, name: 'orders' } } });
      const { where, limit, offset = 0 } = params.query;
      limits.push(limit);
      const after = where.find(({ field }) => field === 'sequence_number')?.value ?? 0;
      const since = Number(where.find(({ field }) => field === 'timestamp')?.value ?? 0);
      const known = Array.from({ length: instance.count }, (_, index) => index + 1).filter((number) => number > after && number >= since);
      const page = known.slice(offset, offset + limit);
      if (page.length > most) return reply({ success: false, error: 'the reply would be larger than 9 bytes; ask for fewer events with limit' });
      const events = page.map((number) => ({ id: `${instance.id}-${number}`, instanceId: instance.id, sequence_number: number, timestamp: String(number).padStart(9, '0') }));
      reply({ data: { result: { events, total: known.length } } });
    });
  });
  await new Promise((resolve) => server.on('listening', resolve));
  const address = server.address().port;
  return {
    port: address,
    url: `ws://127.0.0.1:${address}/codebolt`,
    limits,
    stop: () => (server.clients.forEach((client) => client.terminate()), new Promise((resolve) => server.close(resolve))),
  };
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
      const codebolt = new Codebolt({ url: host.url });
      assert.deepEqual(await ids(codebolt.eventLog.readEvents({ instanceId: 'orders', stream })), upTo(100));
      assert.ok(Math.min(...host.limits) > 0);
      await codebolt.close();
      await host.stop();
    });

    it(`goes on live through an outage that is longer than a request may take, in ${of}`, async () => {
      const instance = { id: 'first', count: 3 };
      const host = await startHost({ instance });
      const codebolt = new Codebolt({ url: host.url, requestTimeout: 60, reconnect: { initialDelay: 20, maxDelay: 40, maxAttempts: Infinity } });
      const retries = [];
      const seen = [];
      const stop = new AbortController();
      const reading = (async () => {
        const onRetry = ({ error, attempt }) => retries.push([error.code, attempt]);
        for await (const { id } of codebolt.eventLog.readEvents({ instanceId: 'orders', stream, live: true, pollInterval: 10, onRetry, signal: stop.signal })) seen.push(id);
      })();
      await until(() => seen.length === 3);
      await host.stop();
      await until(() => retries.some(([code]) => code === 'REQUEST_TIMEOUT'));
      instance.count = 5;
      const again = await startHost({ port: host.port, instance });
      await until(() => seen.length === 5);
      assert.deepEqual(seen, upTo(5));
      stop.abort('enough');
      await assert.rejects(reading, (error) => error === 'enough');
      await codebolt.close();
      await again.stop();
    });

    it(`does not go on silently in another instance of the same name, in ${of}`, async () => {
      for (const ifRecreated of [undefined, 'restart']) {
        const instance = { id: 'first', count: 4 };
        const host = await startHost({ instance });
        const codebolt = new Codebolt({ url: host.url });
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
        await codebolt.close();
        await host.stop();
      }
    });
  }

  it('says what it says of one event that is too large, and of what it cannot read', async () => {
    const host = await startHost({ most: 0, instance: { id: 'first', count: 3 } });
    const codebolt = new Codebolt({ url: host.url });
    await assert.rejects(ids(codebolt.eventLog.readEvents({ instanceId: 'orders' })), { code: 'HOST_ERROR', message: /larger/ });
    assert.equal(host.limits.at(-1), 1);
    await assert.rejects(ids(codebolt.eventLog.readEvents({ instanceId: 'nothing' })), { code: 'HOST_ERROR', message: /no instance/ });
    assert.throws(() => codebolt.eventLog.readEvents({ instanceId: 'a', ifRecreated: 'no' }), { code: 'INVALID_ARGUMENT' });
    await codebolt.close();
    await host.stop();
  });

  it('ends by return() while it waits, at once', async () => {
    const host = await startHost();
    const codebolt = new Codebolt({ url: host.url });
    const reader = codebolt.eventLog.readEvents({ instanceId: 'orders', live: true, pollInterval: 2 ** 31 - 1 });
    const next = reader.next();
    await until(() => host.limits.length === 1);
    await wait(5);
    assert.deepEqual(await reader.return(), { done: true, value: undefined });
    assert.deepEqual(await next, { done: true, value: undefined });
    await codebolt.close();
    await host.stop();
  });
});
