// What the generated methods are made of: messages as frames, where JSON or the caller has a say, and the guards of notifications.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ID, SOURCES, recordingSession } from './recording-session.mjs';

const { ask, askAt, askSpread, askWith, attempt, frameOf, hasToJSON, newToolUseId, notify, refuse, tell, tellSpread, without } = await import(new URL('define.js', SOURCES).href);

const METHOD = { type: 'x' };
/** What was sent. */
const sent = async (send) => {
  const session = recordingSession();
  await send(session);
  return session.frames.map(({ text }) => text);
};

describe('a message as a frame', () => {
  const decides = (value) => ({ type: 'x', toJSON: () => value });

  for (const [what, send, text] of [
    ['has the id last', (session) => ask(session, METHOD, { type: 'x', a: 1 }), `{"type":"x","a":1,"requestId":"${ID}"}`],
    ['may have no member but the id', (session) => ask(session, METHOD, { type: undefined }), `{"requestId":"${ID}"}`],
    ['has the id between what is constant and the rest', (session) => askAt(session, METHOD, '{"type":"x","requestId":"', { a: 1 }), `{"type":"x","requestId":"${ID}","a":1}`],
    ['may have no rest', (session) => askAt(session, METHOD, '{"type":"x","requestId":"', { a: undefined }), `{"type":"x","requestId":"${ID}"}`],
    ['has one more member', (session) => askWith(session, METHOD, '{"type":"x","requestId":"', 'a', [1]), `{"type":"x","requestId":"${ID}","a":[1]}`],
    ['lacks that member where it is undefined', (session) => askWith(session, METHOD, '{"type":"x","requestId":"', 'a', undefined), `{"type":"x","requestId":"${ID}"}`],
    ['has what the member’s toJSON makes of its name', (session) => askWith(session, METHOD, '{"type":"x","requestId":"', 'a', { toJSON: (name) => `of ${name}` }), `{"type":"x","requestId":"${ID}","a":"of a"}`],
    ['of a caller’s members has the id last', (session) => askSpread(session, METHOD, { type: 'x', a: 1 }), `{"type":"x","a":1,"requestId":"${ID}"}`],
    ['of a caller’s members has the id in place of theirs', (session) => askSpread(session, METHOD, { type: 'x', requestId: 'own', a: 1 }), `{"type":"x","requestId":"${ID}","a":1}`],
    ['of a caller’s members is what their toJSON says', (session) => askSpread(session, METHOD, decides({ b: 2 })), '{"b":2}'],
    ['of a caller’s members is what their toJSON says, with the id that it hands on', (session) => askSpread(session, METHOD, { toJSON() { return { b: this.requestId, c: 3 }; } }), `{"b":"${ID}","c":3}`],
    ['that gets no reply is made alike', (session) => tell(session, { type: 'x' }), `{"type":"x","requestId":"${ID}"}`],
    ['that gets no reply has a caller’s members', (session) => tellSpread(session, { type: 'x', a: 1 }), `{"type":"x","a":1,"requestId":"${ID}"}`],
    ['that gets no reply has the id in place of theirs', (session) => tellSpread(session, { requestId: 'own', a: 1 }), `{"requestId":"${ID}","a":1}`],
    ['that gets no reply is what their toJSON says', (session) => tellSpread(session, decides({ b: 2 })), '{"b":2}'],
  ]) {
    it(what, async () => assert.deepEqual(await sent(send), [text]));
  }

  it('that JSON refuses rejects, and nothing is sent', async () => {
    const cycle = {};
    cycle.self = cycle;
    const session = recordingSession();
    for (const [call, name] of [
      [() => ask(session, METHOD, { a: 1n }), 'TypeError'],
      [() => askAt(session, METHOD, '', { a: cycle }), 'TypeError'],
      [() => askWith(session, METHOD, '', 'a', 1n), 'TypeError'],
      [() => attempt(() => { throw new RangeError('mine'); }), 'RangeError'],
    ]) {
      await assert.rejects(call(), { name });
    }
    assert.throws(() => frameOf({ a: 1n }), TypeError);
    assert.deepEqual(session.frames, []);
  });
});

describe('a notification', () => {
  /** What is sent, and what is said, of members under these guards. */
  const notified = (context, guards, members = { type: 'x', toolUseId: 'mine' }) => {
    const said = context.mock.method(console, 'error', () => {});
    const session = recordingSession();
    notify(session, guards, () => members);
    said.mock.restore();
    return [session.frames.map(({ text }) => JSON.parse(text)), said.mock.calls.map(({ arguments: [text, error] }) => [text, error.message])];
  };

  for (const [rule, good, bad] of [
    ['truthy', [1, 'a', {}, true], [0, '', null, undefined, false]],
    ['notNull', [0, '', false], [null, undefined]],
    ['defined', [0, null, ''], [undefined]],
    ['nonEmpty', ['a', 0, false], ['', null, undefined]],
    ['object', [{}, []], [null, undefined, 'text', 7, () => {}]],
    ['absoluteUrl', ['http://host/', 'file:///a'], ['', '/path', 'text', undefined]],
  ]) {
    it(`under the guard '${rule}' is sent, or it is said what is wrong`, (context) => {
      for (const value of good) assert.equal(notified(context, { [rule]: { first: value } })[0].length, 1, String(value));
      for (const value of bad) {
        const [frames, said] = notified(context, { [rule]: { fine: good[0], first: value } });
        assert.deepEqual(frames, []);
        assert.equal(said.length, 1);
        assert.equal(said[0][0], 'codebolt: notification not sent:');
        assert.ok(said[0][1].startsWith(`the notification: argument 'first': expected ${rule}, got `), said[0][1]);
      }
    });
  }

  it('has its own tool use id, or a fresh one', (context) => {
    assert.equal(notified(context, {})[0][0].toolUseId, 'mine');
    for (const none of [undefined, '', null]) {
      assert.match(notified(context, {}, { type: 'x', toolUseId: none })[0][0].toolUseId, /^tool_\d{13}_[0-9a-z]{1,9}$/);
    }
    assert.notEqual(newToolUseId(), newToolUseId());
    assert.deepEqual(notified(context, {}, { type: 'x', toolUseId: 7 }), [[], [['codebolt: notification not sent:', "the notification: argument 'toolUseId': expected a string, got 7"]]]);
  });
});

describe('a copy', () => {
  it('lacks what it is to lack, and leaves the original', () => {
    const original = { a: 1, b: 2, c: 3 };
    assert.deepEqual([without(original, 'a', 'c'), original], [{ b: 2 }, { a: 1, b: 2, c: 3 }]);
    for (const none of [null, undefined]) assert.throws(() => without(none, 'a'), { name: 'TypeError', message: `Cannot read members of ${none}` });
  });

  it('knows a toJSON by its being a function', () => {
    assert.deepEqual([{ toJSON() {} }, { toJSON: 1 }, null, undefined, 7].map(hasToJSON), [true, false, false, false, false]);
  });

  it('refuses an argument with an error that says of which request', async () => {
    await assert.rejects(refuse('a.b', 'c', 1, 'a string'), { code: 'INVALID_ARGUMENT', type: 'a.b', message: "a.b: argument 'c': expected a string, got 1" });
  });
});
