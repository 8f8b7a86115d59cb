// Every recorded call of the reference SDK's event log sends the same text, byte for byte but for the id.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { callOn, recorded } from '../event-log/calls.mjs';
import { ID, SOURCES, modules, recordingSession } from './recording-session.mjs';

const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

const recordings = readFileSync(new URL('../recordings/event-log.jsonl', import.meta.url), 'utf8').trim().split('\n').map(recorded);

describe('event log', () => {
  for (const { name, call, frames, rejects } of recordings) {
    it(`sends what the reference sends: ${name}`, async () => {
      const session = recordingSession();
      const settled = Promise.resolve(callOn(call, modules.eventLog(session)));
      if (rejects) await assert.rejects(settled, { name: rejects.name, message: rejects.message });
      else await settled;
      assert.deepEqual(
        session.frames.map(({ text }) => text.replace(ID, '<UUID>')),
        frames,
      );
    });
  }

  it('cannot be redirected to another instance by the members of an update', () => {
    const session = recordingSession();
    modules.eventLog(session).updateInstance('mine', { name: 'n', instanceId: 'theirs' });
    assert.equal(
      session.frames[0].text,
      `{"type":"eventLog.updateInstance","requestId":"${ID}","params":{"instanceId":"mine","name":"n"}}`,
    );
  });

  it('lets a toJSON see the name of the member that it stands in', () => {
    const session = recordingSession();
    const instanceId = 'i';
    modules.eventLog(session).appendEvent({ instanceId, toJSON: (key) => ({ key }) });
    modules.eventLog(session).appendEvent({ instanceId, toJSON: () => undefined });
    assert.deepEqual(
      session.frames.map(({ text }) => JSON.parse(text)),
      [
        { type: 'eventLog.appendEvent', requestId: ID, params: { key: 'params' } },
        { type: 'eventLog.appendEvent', requestId: ID },
      ],
    );
  });

  it('lets a toJSON say all that is wanted', async () => {
    const session = recordingSession();
    const log = modules.eventLog(session);
    const says = (value) => ({ toJSON: () => value });
    await log.appendEvent(says({ instanceId: 'i' }));
    await log.appendEvents(says({ instanceId: 'i', events: [] }));
    await log.queryEvents(says({ from: { instance: 'i' } }));
    const [one, several, { query }] = session.frames.map(({ text }) => JSON.parse(text).params);
    assert.deepEqual([one, several, query], [{ instanceId: 'i' }, { instanceId: 'i', events: [] }, { from: { instance: 'i' } }]);
    await assert.rejects(log.appendEvent({ toJSON: 'text' }), { code: 'INVALID_ARGUMENT' });
  });

  it('hands the argument after its own to the session as call options', () => {
    const session = recordingSession();
    const log = modules.eventLog(session);
    const options = { timeout: 5 };
    log.listInstances(options);
    log.createInstance('a', undefined, options);
    log.createInstance('a', options);
    assert.deepEqual(
      session.frames.map((frame) => frame.options),
      [options, options, undefined],
    );
  });

  for (const [call, message] of [
    ['E.createInstance(42)', "eventLog.createInstance: argument 'name': expected a string, got 42"],
    ['E.createInstance()', "eventLog.createInstance: argument 'name': expected a string, got undefined"],
    ['E.createInstance(Symbol("s"))', "eventLog.createInstance: argument 'name': expected a string, got Symbol(s)"],
    ['E.getInstance(null)', "eventLog.getInstance: argument 'instanceId': expected a string, got null"],
    ['E.updateInstance({}, {})', "eventLog.updateInstance: argument 'instanceId': expected a string, got an object"],
    ['E.deleteInstance(["a"])', "eventLog.deleteInstance: argument 'instanceId': expected a string, got an array of 1"],
    ['E.getInstanceStats(1n)', "eventLog.getInstanceStats: argument 'instanceId': expected a string, got 1n"],
    ['E.appendEvent("x")', `eventLog.appendEvent: argument 'params': expected an object, got "x"`],
    ['E.appendEvent([])', "eventLog.appendEvent: argument 'params': expected an object, got an array of 0"],
    ['E.appendEvent({})', "eventLog.appendEvent: argument 'params.instanceId': expected a string, got undefined"],
    ['E.appendEvents(null)', "eventLog.appendEvents: argument 'params': expected an object, got null"],
    ['E.appendEvents({ instanceId: id, events: {} })', "eventLog.appendEvents: argument 'params.events': expected an array, got an object"],
    ['E.queryEvents()', "eventLog.queryEvents: argument 'query': expected an object, got undefined"],
    ['E.queryEvents({})', "eventLog.queryEvents: argument 'query.from.instance': expected a string, got undefined"],
    ['E.queryEvents({ from: null })', "eventLog.queryEvents: argument 'query.from.instance': expected a string, got undefined"],
  ]) {
    it(`refuses a bad argument and sends nothing: ${call}`, async () => {
      const session = recordingSession();
      const error = await callOn(call, modules.eventLog(session)).then(
        () => assert.fail('it settled'),
        (error) => error,
      );
      assert.ok(error instanceof CodeboltError);
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.equal(error.message, message);
      assert.deepEqual(session.frames, []);
    });
  }

  it('rejects, and does not throw, when reading an argument throws', async () => {
    const session = recordingSession();
    const log = modules.eventLog(session);
    const trap = {
      get instanceId() {
        throw new RangeError('no');
      },
    };
    await assert.rejects(log.appendEvent(trap), RangeError);
    await assert.rejects(log.updateInstance('i', trap), RangeError);
    assert.deepEqual(session.frames, []);
  });
});
