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
const browser = (action, members) => ({ type: 'browserEvent', action, ...members, instanceId: 'i' });
const I = { instanceId: 'i' };
/** What the documentation of later versions has, unverified: the arguments of a call, and the message that follows from its page. */
const LATER = {
  'agentEvents.emit': [['plan.ready', { risk: 1 }, { metadata: { by: 'a' } }], { type: 'agentEvents.emit', params: { name: 'plan.ready', data: { risk: 1 }, metadata: { by: 'a' } } }],
  'agentExecutionPhase.get': [['planning'], { type: 'agentExecutionPhase.get', params: { name: 'planning' } }],
  'agentExecutionPhase.list': [[], { type: 'agentExecutionPhase.list', params: {} }],
  'agentExecutionPhase.set': [['planning', 'd'], { type: 'agentExecutionPhase.set', params: { name: 'planning', description: 'd' } }],
  'browser.batch': [[[{ action: 'getUrl' }], { bail: true, ...I }], browser('batch', { actions: [{ action: 'getUrl' }], bail: true })],
  'browser.check': [['#a', I], browser('check', { target: '#a' })],
  'browser.console': [[{ clear: true, ...I }], browser('console', { clear: true })],
  'browser.doubleClick': [['#a', I], browser('doubleClick', { target: '#a' })],
  'browser.download': [['http://a', { filename: 'f', ...I }], browser('download', { url: 'http://a', filename: 'f' })],
  'browser.errors': [[I], browser('errors')],
  'browser.find': [['text', 'Apply', { exact: false, ...I }], browser('find', { kind: 'text', value: 'Apply', exact: false })],
  'browser.focus': [[{ kind: 'text', value: 'b' }, I], browser('focus', { target: { kind: 'text', value: 'b' } })],
  'browser.get': [['attr', { selector: 'a', attr: 'href', ...I }], browser('get', { target: 'attr', selector: 'a', attr: 'href' })],
  'browser.highlight': [['#a', I], browser('highlight', { target: '#a' })],
  'browser.hover': [['#a', I], browser('hover', { target: '#a' })],
  'browser.inspect': [[{ mode: 'highlight', target: '#a', ...I }], browser('inspect', { mode: 'highlight', target: '#a' })],
  'browser.is': [['visible', '#a', I], browser('is', { target: 'visible', selector: '#a' })],
  'browser.press': [['Enter', I], browser('press', { key: 'Enter' })],
  'browser.select': [['#a', 'pro', I], browser('select', { target: '#a', value: 'pro' })],
  'browser.setViewport': [[1280, 720, I], browser('setViewport', { width: 1280, height: 720 })],
  'browser.uncheck': [['#a', I], browser('uncheck', { target: '#a' })],
  'browser.upload': [['#a', ['/f'], I], browser('upload', { selector: '#a', paths: ['/f'] })],
};

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
    assert.deepEqual(surface.toSorted(), [...wanted, ...ADDED, ...Object.keys(LATER)].toSorted());
    const later = new Set(Object.keys(LATER).map((name) => name.split('.')[0]));
    assert.deepEqual(Object.keys(modules).toSorted(), [...new Set([...facts.map(({ module }) => module), ...later])].toSorted());
  });

  for (const [fullName, [args, message]] of Object.entries(LATER)) {
    it(`sends for ${fullName} what follows from its page`, async () => {
      const session = recordingSession();
      const [module, method] = fullName.split('.');
      await modules[module](session)[method](...args);
      const [{ requestId, ...sent }] = session.frames.map(({ text }) => JSON.parse(text));
      assert.deepEqual([sent, requestId], [message, ID]);
    });
  }

  const groups = Object.groupBy?.(recordings, ({ module }) => module) ?? group(recordings);
  for (const [module, calls] of Object.entries(groups)) {
    it(`sends the recorded frames of ${module}`, async (context) => {
      context.mock.method(console, 'error', () => {});
      for (const recording of calls) {
        const { method, case: name, args, frame, error, keys, given } = recording;
        // What hangs on the host's answers is in custom.test.mjs.
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
