// `eventLog.getOrCreateInstance` on hosts that answer in their own ways; a real one is in tests/event-log.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

const TAKEN = { success: false, code: 'ALREADY_EXISTS', error: 'there is one' };
const created = (name) => ({ success: true, data: { instance: { id: `new ${name}`, name } } });
const listed = (names, more) => ({ success: true, data: { instances: names.map((name) => ({ id: `old ${name}`, name })), more } });

/** A host that gives these answers in turn, one to each request; what it was asked stands in `frames`. */
const hostWith = (...answers) => {
  const session = recordingSession(() => {
    const answer = answers.shift() ?? assert.fail('it was asked once more');
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { session, log: modules.eventLog(session), left: answers };
};
const asked = ({ frames }) => frames.map(({ text }) => JSON.parse(text)).map(({ type, params }) => [type.replace('eventLog.', ''), params]);

describe('getOrCreateInstance', () => {
  it('creates, and looks for none where that went well', async () => {
    const { session, log } = hostWith(created('a'));
    assert.deepEqual(await log.getOrCreateInstance('a', 'why'), { id: 'new a', name: 'a' });
    assert.deepEqual(asked(session), [['createInstance', { name: 'a', description: 'why' }]]);
  });

  it('finds one of the name in a list that comes in parts', async () => {
    const { session, log } = hostWith(TAKEN, listed(['x', 'y'], true), listed(['z', 'a'], true));
    assert.equal((await log.getOrCreateInstance('a')).id, 'old a');
    assert.deepEqual(asked(session).slice(1), [['listInstances', {}], ['listInstances', { offset: 2 }]]);
  });

  it('creates one after all when the other is gone by the time it looks', async () => {
    for (const list of [listed([]), listed(['x']), listed(['x'], false), listed([], true)]) {
      const { log, left } = hostWith(TAKEN, list, created('a'));
      assert.equal((await log.getOrCreateInstance('a')).id, 'new a');
      assert.deepEqual(left, []);
    }
  });

  it('ends with the host’s refusal when that happens three times', async () => {
    const { session, log } = hostWith(...[1, 2, 3].flatMap(() => [TAKEN, listed([])]));
    await assert.rejects(log.getOrCreateInstance('a'), { code: 'HOST_ERROR', hostCode: 'ALREADY_EXISTS', message: /there is one/ });
    assert.equal(session.frames.length, 6);
  });

  it('looks for one where a host without codes says that the name exists, and for none where it has another reason', async () => {
    const { log } = hostWith({ success: false, error: 'Name already Exists' }, listed(['a']));
    assert.equal((await log.getOrCreateInstance('a')).id, 'old a');
    for (const refusal of [{ success: false, error: 'no disk' }, { success: false, code: 'BUSY', error: 'it exists, but' }, { success: false }]) {
      const { session, log } = hostWith(refusal);
      await assert.rejects(log.getOrCreateInstance('a'), { code: 'HOST_ERROR' });
      assert.equal(session.frames.length, 1);
    }
  });

  it('takes a refusal that was thrown like one that came, and rejects with all else that is thrown', async () => {
    const { log } = hostWith(new CodeboltError('HOST_ERROR', 'taken', { reply: TAKEN }), listed(['a']));
    assert.equal((await log.getOrCreateInstance('a')).id, 'old a');
    const lost = new CodeboltError('CONNECTION_CLOSED', 'lost');
    await assert.rejects(hostWith(lost).log.getOrCreateInstance('a'), lost);
    // A signal may be aborted for any reason.
    const aborted = recordingSession(() => {
      throw null;
    });
    await assert.rejects(modules.eventLog(aborted).getOrCreateInstance('a'), (reason) => reason === null);
  });

  it('gives the call’s options to every request', async () => {
    const options = { timeout: 5 };
    const { session, log } = hostWith(TAKEN, listed(['x'], true), listed(['a']));
    await log.getOrCreateInstance('a', undefined, options);
    assert.deepEqual(session.frames.map((frame) => frame.options?.timeout), [5, 5, 5]);
    assert.deepEqual(asked(session).at(-1), ['listInstances', { offset: 1 }], 'they are not its parameters');
  });

  it('refuses a name that is not a string', async () => {
    const { session, log } = hostWith();
    await assert.rejects(log.getOrCreateInstance(1), { code: 'INVALID_ARGUMENT', message: "eventLog.getOrCreateInstance: argument 'name': expected a string, got 1" });
    assert.deepEqual(session.frames, []);
  });
});
