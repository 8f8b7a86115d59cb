// The class that the module exports: time, snapshots, many requests at once, and what it says of wrong arguments.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import vm from 'node:vm';
import { MemoryHost, ask, done } from './module.mjs';

describe('time', () => {
  it('is that of the clock it is given: of replies, of instances, of events and in ids', async () => {
    let now = Date.parse('2001-02-03T04:05:06.007Z');
    const host = new MemoryHost({ now: () => now });
    const { instance } = await done(host, 'createInstance', { name: 'log' });
    assert.equal(instance.createdAt, '2001-02-03T04:05:06.007Z');
    now += 60_000;
    const reply = await ask(host, 'appendEvent', { instanceId: 'log' });
    assert.equal(reply.timestamp, '2001-02-03T04:06:06.007Z');
    assert.equal(reply.data.event.timestamp, reply.timestamp);
    assert.equal(Number.parseInt(reply.data.event.id.replace('-', '').slice(0, 12), 16), now);
  });

  it('never runs backwards in an instance, and a change is always later, when the clock is set back', async () => {
    let now = 1_000_000;
    const host = new MemoryHost({ now: () => now });
    const { instance } = await done(host, 'createInstance', { name: 'log' });
    const first = await done(host, 'appendEvent', { instanceId: 'log' });
    now = 5;
    const second = await done(host, 'appendEvent', { instanceId: 'log' });
    assert.equal(second.event.timestamp, first.event.timestamp);
    assert.ok(second.event.id > first.event.id);
    const changed = await done(host, 'updateInstance', { instanceId: 'log', description: 'd' });
    assert.equal(Date.parse(changed.instance.updatedAt), Date.parse(instance.updatedAt) + 1);
  });

  it('is Date.now by default, also when that is replaced', async (context) => {
    context.mock.timers.enable({ apis: ['Date'], now: 1_234_567 });
    const host = new MemoryHost();
    context.mock.timers.tick(1_000);
    const { instance } = await done(host, 'createInstance', { name: 'log' });
    assert.equal(Date.parse(instance.createdAt), 1_235_567);
  });

  for (const answer of [Number.NaN, 'now', undefined, Number.POSITIVE_INFINITY]) {
    it(`must be a number, and ${answer} is refused without anything being done`, async () => {
      let now = /** @type {any} */ (answer);
      const host = new MemoryHost({ now: () => now });
      await assert.rejects(ask(host, 'createInstance', { name: 'log' }), /now must answer milliseconds since 1970/);
      now = 1;
      assert.deepEqual((await done(host, 'listInstances')).instances, []);
    });
  }

  it('of a clock that throws is the error that it threw', async () => {
    const host = new MemoryHost({ now: () => { throw new RangeError('no time'); } });
    await assert.rejects(ask(host, 'listInstances'), { name: 'RangeError', message: 'no time' });
  });
});

const filled = async () => {
  const host = new MemoryHost({ now: () => 1_700_000_000_000 });
  for (const name of ['one', 'two "quoted"', 'empty']) await done(host, 'createInstance', { name, description: 'd\n' });
  for (let n = 0; n < 300; n += 1) {
    await done(host, 'appendEvent', { instanceId: n % 2 ? 'one' : 'two "quoted"', streamId: `s${n % 3}`, payload: { n, text: 'ü\n' } });
  }
  await host.handle('{"type":"eventLog.appendEvent","params":{"instanceId":"one","payload":{\n "big": 12345678901234567890123 }}}');
  return host;
};
const contents = async (host) => {
  const { instances } = await done(host, 'listInstances');
  const events = [];
  for (const { id } of instances) events.push(await done(host, 'queryEvents', { query: { from: { instance: id }, limit: 1000 } }));
  return { instances, events };
};

describe('answer', () => {
  const frame = (operation, params) => JSON.stringify({ type: `eventLog.${operation}`, requestId: 'r', params });

  it('gives the reply itself, the same as handle does, in the order of the calls', async () => {
    const [host, other] = [1, 2].map(() => new MemoryHost({ now: () => 5 }));
    const wanted = await Promise.all([frame('createInstance', { name: 'log' }), frame('appendEvent', { instanceId: 'log' })].map((each) => other.handle(each)));
    const created = host.answer(frame('createInstance', { name: 'log' }));
    const [later, appended] = [host.handle(frame('appendEvent', { instanceId: 'log' })), host.answer(frame('queryEvents', { query: { from: { instance: 'log' } } }))];
    for (const reply of [created, appended]) assert.equal(typeof reply, 'string');
    assert.deepEqual(Object.keys(JSON.parse(created).data.instance), Object.keys(JSON.parse(wanted[0]).data.instance));
    assert.equal(JSON.parse(await later).data.event.sequence_number, JSON.parse(wanted[1]).data.event.sequence_number);
    assert.equal(JSON.parse(appended).data.result.events.length, 1);
  });

  it('refuses what is wrong, and throws what handle rejects with', () => {
    const host = new MemoryHost({ now: () => Number.NaN });
    assert.equal(JSON.parse(new MemoryHost().answer('no JSON')).success, false);
    assert.throws(() => host.answer(frame('listInstances', {})), /now must answer milliseconds since 1970/);
    assert.throws(() => host.answer(/** @type {any} */ (1)), /MemoryHost\.answer takes a frame as text/);
  });
});

describe('a snapshot', () => {
  it('restores all that was answered: ids, times, sequence numbers, payloads to the byte', async () => {
    const host = await filled();
    const bytes = host.snapshot();
    assert.ok(bytes instanceof Uint8Array);
    const restored = MemoryHost.restore(bytes, { now: () => 1_700_000_000_500 });
    assert.deepEqual(await contents(restored), await contents(host));
    assert.deepEqual(Buffer.from(restored.snapshot()), Buffer.from(bytes));
    assert.deepEqual(restored.statistics(), { instances: 3, events: 301 });
    const next = await done(restored, 'appendEvent', { instanceId: 'one', streamId: 's1' });
    assert.equal(next.event.sequence_number, 51);
  });

  it('is also taken from another realm, as jest and jsdom have', async () => {
    const host = await filled();
    const bytes = vm.runInNewContext('Uint8Array.from(list)', { list: [...host.snapshot()] });
    assert.equal((await contents(MemoryHost.restore(bytes))).instances.length, 3);
  });

  it('of an empty host is restored as an empty host', async () => {
    assert.deepEqual((await contents(MemoryHost.restore(new MemoryHost().snapshot()))).instances, []);
  });

  it('that was cut short or changed is refused with the line', async () => {
    const text = Buffer.from((await filled()).snapshot()).toString();
    const lines = text.trimEnd().split('\n');
    const of = (...parts) => parts.flat().join('\n');
    const last = lines.findIndex((line) => line.startsWith('{"end"'));
    for (const [wrong, message] of [
      [of(lines.slice(0, 10)), /line 11: expected more lines, got the end of the snapshot/],
      [of(lines.slice(0, last + 1)), /got the end of the snapshot/],
      [of(lines.slice(last + 1)), /expected the end of instance 1, got the end of 2/],
      [of(lines.slice(0, 5), lines.slice(6)), /expected sequence_number/],
      [of(lines.slice(0, 5), lines.slice(4)), /expected each event once/],
      [of(lines[0], 'x', lines.slice(1)), /line 2: expected an event or the end line/],
      [text.replace('"version":1', '"version":2'), /line 1: expected codebolt-event-log of version 1, got "codebolt-event-log" of version 2/],
      [`${text}${text}`, /end|exists|taken|expected|id of an instance/],
      ['x', /line 1/],
    ]) {
      assert.throws(() => MemoryHost.restore(Buffer.from(wrong)), message);
    }
    assert.throws(() => MemoryHost.restore(Uint8Array.of(0xff, 0xfe)), /line 1: expected UTF-8, got other bytes/);
  });

  it('of one instance is imported by codebolt-host, and what that exports is restored', async () => {
    const binary = process.env.CODEBOLT_HOST_BINARY;
    assert.ok(binary, 'CODEBOLT_HOST_BINARY is not set');
    const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-'));
    try {
      const host = await filled();
      const file = Buffer.from(host.exportInstance('one'));
      const data = ['--data', path.join(folder, 'events.db')];
      execFileSync(binary, ['import', ...data], { input: file });
      const exported = execFileSync(binary, ['export', 'one', ...data]);
      const restored = MemoryHost.restore(exported);
      const [events] = (await contents(restored)).events;
      const [wanted] = (await contents(host)).events;
      const withoutInstance = (result) => result.events.map(({ instanceId, ...event }) => event);
      assert.deepEqual(withoutInstance(events.result), withoutInstance(wanted.result));
      assert.throws(() => host.exportInstance('nobody'), /no instance has the id or name "nobody"/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('requests', () => {
  it('that are handed in at once are done in their order; reads, and snapshots, have what came before', async () => {
    const host = new MemoryHost();
    await done(host, 'createInstance', { name: 'log' });
    const all = Array.from({ length: 2000 }, (_, n) =>
      n % 10 === 9
        ? done(host, 'queryEvents', { query: { from: { instance: 'log' }, limit: 1 } })
        : done(host, 'appendEvent', { instanceId: 'log', payload: n }),
    );
    const early = host.snapshot();
    const answers = await Promise.all(all);
    let appended = 0;
    for (const [n, data] of answers.entries()) {
      if (n % 10 === 9) assert.ok(data.result.total >= appended);
      else assert.equal(data.event.sequence_number, (appended += 1));
    }
    assert.deepEqual(MemoryHost.restore(early).statistics(), { instances: 1, events: appended });
  });

  it('that are open when the host is freed are answered', async () => {
    const host = new MemoryHost();
    const open = done(host, 'createInstance', { name: 'log' });
    host.free();
    assert.equal((await open).instance.name, 'log');
    await assert.rejects(async () => host.handle('{}'));
  });

  it('that are asked from within the clock are answered, too', async () => {
    let inner;
    let asked = false;
    const host = new MemoryHost({
      now: () => {
        if (!asked) {
          asked = true;
          inner = ask(host, 'listInstances');
        }
        return 1;
      },
    });
    assert.equal((await ask(host, 'listInstances')).success, true);
    assert.equal((await inner).success, true);
  });
});

describe('wrong arguments are refused by name', () => {
  for (const [name, call, message] of [
    ['a frame that is an object', () => new MemoryHost().handle(/** @type {any} */ ({ type: 'x' })), /takes a frame as text.*got an object/],
    ['no frame', () => new MemoryHost().handle(/** @type {any} */ (undefined)), /got undefined/],
    ['a misspelt option', () => new MemoryHost({ maxRepyl: 1 }), /no option "maxRepyl"; it has now, maxReply/],
    ['a bound below one', () => new MemoryHost({ maxReply: 0 }), /maxReply: expected a whole number from 1 to 4294967295, got 0/],
    ['a bound that is not a number', () => new MemoryHost({ maxBatch: 'many' }), /expected whole numbers for the options that begin with max/],
    ['a clock that is not a function', () => new MemoryHost({ now: 5 }), /now: expected a function.*the number 5/],
    ['options that are a text', () => new MemoryHost('fast'), /expected an object as options, got the text "fast"/],
    ['a snapshot that is a text', () => MemoryHost.restore('{}'), /takes the Uint8Array that snapshot\(\) gave, and got the text "\{\}"/],
    ['a snapshot of wider numbers', () => MemoryHost.restore(new Uint16Array(3)), /takes the Uint8Array/],
    ['an instance that is a number', () => new MemoryHost().exportInstance(7), /takes an instance's id or name, and got the number 7/],
  ]) {
    it(name, async () => {
      await assert.rejects(async () => call(), { name: 'TypeError', message });
    });
  }

  it('and bounds hold', async () => {
    const host = new MemoryHost({ maxBatch: 2, maxReply: 2000 });
    const three = await ask(host, 'appendEvents', { instanceId: 'log', autoCreateInstance: true, events: [{}, {}, {}] });
    assert.match(three.error, /at most 2 events/);
    for (let n = 0; n < 20; n += 1) await done(host, 'appendEvent', { instanceId: 'log', autoCreateInstance: true, payload: 'x'.repeat(200) });
    const { result } = await done(host, 'queryEvents', { query: { from: { instance: 'log' } } });
    assert.equal(result.total, 20);
    assert.equal(result.more, true);
    assert.ok(result.events.length < 20);
  });
});
