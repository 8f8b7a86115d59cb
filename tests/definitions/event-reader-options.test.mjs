// Which options `eventLog.readEvents` takes, and what it says of others.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

/** By option: what it may be, what it may not be, and what is said to be wanted. */
const OPTIONS = {
  instanceId: { takes: ['i', ''], refuses: [undefined, null, 7], expected: "an instance's id or name as a string" },
  stream: { takes: [undefined, 's', ''], refuses: [null, 7], expected: "a stream's name as a string" },
  after: { takes: [undefined, 0, 7], refuses: [-1, 1.5, '7', null, 2 ** 53], expected: 'a whole number, 0 or more' },
  where: { takes: [undefined, [], [{ field: 'id', operator: 'eq', value: 'a' }]], refuses: [{}, null, 'a'], expected: 'an array of conditions' },
  batchSize: { takes: [undefined, 1, 500], refuses: [0, -1, 1.5, '5', null], expected: 'a whole number, 1 or more' },
  live: { takes: [undefined, true, false], refuses: [1, 'yes', null], expected: 'true or false' },
  pollInterval: { takes: [undefined, 0, 0.5, 2 ** 31 - 1], refuses: [-1, 2 ** 31 - 0.5, NaN, '5', null], expected: 'milliseconds as a number from 0 to 2147483647' },
  onRetry: { takes: [undefined, () => {}], refuses: [{}, null], expected: 'a function ({ error, attempt })' },
  ifRecreated: { takes: [undefined, 'fail', 'restart'], refuses: ['end', true, null], expected: "'fail' or 'restart'" },
  ifAborted: { takes: [undefined, 'fail', 'end'], refuses: ['restart', true, null], expected: "'fail' or 'end'" },
  signal: { takes: [undefined, new AbortController().signal], refuses: [{}, null, 7], expected: 'an AbortSignal' },
};
const shown = (value) => (typeof value === 'object' && value !== null ? 'an object' : typeof value === 'string' ? JSON.stringify(value) : String(value));

describe('the options of readEvents', () => {
  const session = recordingSession();
  const { readEvents } = modules.eventLog(session);

  for (const [name, { takes, refuses, expected }] of Object.entries(OPTIONS)) {
    it(`take for ${name} ${expected}, and nothing else`, () => {
      for (const value of takes) assert.equal(typeof readEvents({ instanceId: 'i', [name]: value }).next, 'function', String(value));
      for (const value of refuses) {
        assert.throws(() => readEvents({ instanceId: 'i', [name]: value }), {
          code: 'INVALID_ARGUMENT',
          message: `eventLog.readEvents: argument 'options.${name}': expected ${expected}, got ${shown(value)}`,
          type: 'eventLog.queryEvents',
        });
      }
    });
  }

  it('are an object', () => {
    for (const options of [undefined, null, 'i', 7]) {
      assert.throws(() => readEvents(options), {
        code: 'INVALID_ARGUMENT',
        message: `eventLog.readEvents: argument 'options': expected an object with an instanceId, got ${shown(options)}`,
      });
    }
  });

  it('have no other names, so that a slip is heard of', () => {
    for (const name of ['streamId', 'toString']) {
      assert.throws(
        () => readEvents({ instanceId: 'i', [name]: 'a' }),
        (error) => {
          assert.ok(error instanceof CodeboltError);
          assert.equal(error.code, 'INVALID_ARGUMENT');
          assert.equal(error.message, `unknown readEvents option "${name}"; valid readEvents options: ${Object.keys(OPTIONS).join(', ')}`);
          return true;
        },
      );
    }
  });

  it('are looked at before anything is asked', () => assert.deepEqual(session.frames, []));
});
