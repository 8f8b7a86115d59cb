// Every method of the reference SDK is there, and every recorded call sends the same text, byte for byte but for ids.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ID, modules, recordingSession } from './recording-session.mjs';

const read = (name) => readFileSync(new URL(`../recordings/${name}`, import.meta.url), 'utf8');
const recordings = ['sdk-frames.jsonl', 'sdk-frames-extra.jsonl'].flatMap((name) =>
  read(name).trim().split('\n').map((line) => JSON.parse(line)),
);
const facts = JSON.parse(read('sdk-methods.json')).modules;

/** Recorded calls that the event log refuses, because no host can do anything with them. */
const REFUSED = new Set([
  'createInstance, none',
  'getInstanceStats, none',
  'appendEvent, all',
  'appendEvent, empty objects',
  'appendEvents, all',
  'queryEvents, none',
  'queryEvents, null',
  'queryEvents, unforeseen members',
]);

const member = (object, path) => path.split('.').reduce((value, name) => value[name], object);

/** Arguments as they were recorded: what stands for `undefined` becomes it. */
const revive = (value) =>
  value?.$undefined ? undefined
  : Array.isArray(value) ? value.map(revive)
  : value;

/** The recorded frame, with this test's ids. */
const expected = (frame) => JSON.stringify(frame).replaceAll('<id>', ID);

/** What this package has on top. */
const ADDED = ['eventLog.getOrCreateInstance', 'eventLog.readEvents', 'eventLog.unwrap'];
/** What the documentation of later versions has, unverified. */
const LATER = ['agentEvents.emit', 'agentExecutionPhase.get', 'agentExecutionPhase.list', 'agentExecutionPhase.set'];

describe('the SDK', () => {
  it('has every module and method of the reference, and what this package adds', () => {
    const session = recordingSession();
    const names = (object, prefix) =>
      Object.entries(object).flatMap(([name, value]) =>
        typeof value === 'function' ? [prefix + name]
        : name === 'eventEmitter' ? []
        : names(value, `${prefix}${name}.`),
      );
    const surface = Object.entries(modules).flatMap(([name, methodsFor]) => names(methodsFor(session), `${name}.`));
    // The one public value beside the methods.
    const { eventEmitter } = modules.terminal(session);
    assert.equal(typeof eventEmitter.on, 'function');
    const wanted = facts.flatMap(({ module, methods }) => methods.map(({ name }) => `${module}.${name}`));
    assert.deepEqual(surface.toSorted(), [...wanted, ...ADDED, ...LATER].toSorted());
    const later = new Set(LATER.map((name) => name.split('.')[0]));
    assert.deepEqual(Object.keys(modules).toSorted(), [...facts.map(({ module }) => module), ...later].toSorted());
  });

  const groups = Object.groupBy?.(recordings, ({ module }) => module) ?? group(recordings);
  for (const [module, calls] of Object.entries(groups)) {
    it(`sends the recorded frames of ${module}`, async (context) => {
      context.mock.method(console, 'error', () => {});
      for (const recording of calls) {
        const { method, case: name, args, frame, error, keys, given } = recording;
        // What hangs on the host's answers is in by-hand.test.mjs.
        if (given) continue;
        const label = `${module}.${method}, ${name}`;
        const session = recordingSession();
        const call = member(modules[module](session), method);
        const settled = (async () => call(...args.map(revive)))();
        if (module === 'eventLog' && REFUSED.has(`${method}, ${name}`)) {
          await assert.rejects(settled, { code: 'INVALID_ARGUMENT' }, label);
          assert.deepEqual(session.frames, [], label);
          continue;
        }
        if (error) await assert.rejects(settled, { name: error }, label);
        else await settled;
        const sent = session.frames.map(({ text }) =>
          text.replace(/"tool_\d+_[0-9a-z]+"/, '"<toolUseId>"').replace(/"browser-\d+-[0-9a-z]+"/, '"<browserInstanceId>"'),
        );
        assert.deepEqual(sent, frame === null ? [] : [expected(frame)], label);
        if (frame) assert.deepEqual(Object.keys(JSON.parse(sent[0])), keys, label);
      }
    });
  }
});

function group(list) {
  const groups = {};
  for (const item of list) (groups[item.module] ??= []).push(item);
  return groups;
}
