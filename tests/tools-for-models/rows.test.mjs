// How a row of the tables becomes a tool: which of its texts says how a call ended, and what it hands on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES } from '../definitions/recording-session.mjs';

const { RowTool } = await import(new URL('tools/row.js', SOURCES).href);

const PLAIN = { name: 'mine', title: 'Mine', kind: 'other', text: 'what for', properties: { a: {}, paths: {}, line: {} }, required: [] };
const tool = (row, sdk) => new RowTool({ ...PLAIN, ...row }, sdk);
/** What comes of the row where the host answers so. */
const ended = (row, reply, params = { a: 1 }) => tool({ call: async () => reply, ...row }).build(params).execute();
const failed = (llmContent, returnDisplay, message, type = 'execution_failed') => ({ llmContent, returnDisplay, error: { message, type } });

const refusing = { fails: ({ success }) => !success, reason: ({ error }) => error };
const failing = { ...refusing, failed: (p, r, e) => `It failed: ${e} (${p.a})`, failedShown: (p, r, e) => `shown: ${e}` };
const OK = { success: true };
const NO = { success: false };

describe('a call that went well', () => {
  it('gives what its row says, to a person the same unless they are told something else', async () => {
    const done = (params, reply) => `${params.a} and ${reply.b}`;
    assert.deepEqual(await ended({ done }, { b: 2 }), { llmContent: '1 and 2', returnDisplay: '1 and 2' });
    assert.deepEqual(await ended({ done, shown: (params, { b }) => b }, { b: 2 }), { llmContent: '1 and 2', returnDisplay: 2 });
    assert.deepEqual(await ended({ shape: (params, reply) => [params, reply] }, { b: 2 }), [{ a: 1 }, { b: 2 }]);
  });

  it('needs no call, or does all by itself', async () => {
    assert.deepEqual(await tool({ done: ({ a }) => a }).build({ a: 1 }).execute(), { llmContent: 1, returnDisplay: 1 });
    const sdk = {};
    const signal = new AbortController().signal;
    const run = async (...args) => args;
    assert.deepEqual(await tool({ run }, sdk).build({ a: 1 }).execute(signal, undefined, { timeout: 5 }), [{ a: 1 }, sdk, { timeout: 5, signal }]);
    const call = async (...args) => ({ args });
    assert.deepEqual((await tool({ call, shape: (params, { args }) => args }, sdk).build(undefined).execute()), [sdk, {}, {}]);
  });
});

describe('a call that was refused', () => {
  const missing = { missing: ({ a }) => `${a} is not there`, missingShown: () => 'shown', missingMessage: () => 'in short' };
  for (const [what, row, reply, result] of [
    ['says the host’s reason', failing, { ...NO, error: 'why' }, failed('It failed: why (1)', 'shown: why', 'why')],
    ['says the reason as its row says what was thrown, where that is all there is', { ...refusing, thrown: (p, r, e) => `thrown: ${e}` }, { ...NO, error: 'why' }, failed('thrown: why', 'thrown: why', 'why')],
    ['says the reason plainly where its row has no words', refusing, { ...NO, error: 'why' }, failed('Error: why', 'Error: why', 'why')],
    ['has the type of its row', { ...failing, errorType: 'git_execution_error' }, { ...NO, error: 'why' }, failed('It failed: why (1)', 'shown: why', 'why', 'git_execution_error')],
    ['says what its row falls back on where there is no reason', { ...failing, ...missing, fallback: ({ a }) => `not ${a}` }, NO, failed('It failed: not 1 (1)', 'shown: not 1', 'not 1')],
    ['says what is missing where there is neither', { ...failing, ...missing, errorType: 'task_not_found' }, NO, failed('1 is not there', 'shown', 'in short', 'task_not_found')],
    ['says the reason where there is one, not what is missing', { ...failing, ...missing }, { ...NO, error: 'why' }, failed('It failed: why (1)', 'shown: why', 'why')],
    ['says that nothing is known where its row looks for no reason', { fails: () => true }, NO, failed('Error: Unknown error', 'Error: Unknown error', 'Unknown error')],
    ['says that nothing is known', failing, NO, failed('It failed: Unknown error (1)', 'shown: Unknown error', 'Unknown error')],
    ['takes an empty reason for none', failing, { ...NO, error: '' }, failed('It failed: Unknown error (1)', 'shown: Unknown error', 'Unknown error')],
  ]) {
    it(what, async () => assert.deepEqual(await ended(row, reply), result));
  }

  for (const [what, row, result] of [
    ['says so in one text for all', { missing: () => 'no job' }, failed('no job', 'no job', 'no job')],
    ['says so in three', missing, failed('1 is not there', 'shown', 'in short')],
    ['says so rather than what its row falls back on', { ...missing, fallback: () => 'not this' }, failed('1 is not there', 'shown', 'in short')],
    ['says what its row falls back on', { fallback: () => 'this' }, failed('Error: this', 'Error: this', 'this')],
    ['says that nothing is known', {}, failed('Error: Unknown error', 'Error: Unknown error', 'Unknown error')],
  ]) {
    it(`or whose reply lacks what it needs, ${what}`, async () => {
      assert.deepEqual(await ended({ ...refusing, needs: 'job', ...row }, { ...OK, error: 'not a reason' }), result);
      assert.deepEqual(await ended({ ...refusing, needs: 'job', ...row, done: () => 'done' }, { ...OK, job: {} }), { llmContent: 'done', returnDisplay: 'done' });
    });
  }
});

describe('a call that could not be made', () => {
  const boom = new RangeError('boom');
  for (const [what, row, thrown, result] of [
    ['says so as its row says', { ...failing, thrown: (p, r, e) => `thrown: ${e}`, thrownShown: () => 'shown' }, boom, failed('thrown: boom', 'shown', 'boom')],
    ['says so as of a refusal', failing, boom, failed('It failed: boom (1)', 'shown: boom', 'boom')],
    ['says so plainly', { errorType: 'git_execution_error' }, boom, failed('Error: boom', 'Error: boom', 'boom')],
    ['says the error whole', { thrownAsText: true }, boom, failed('Error: RangeError: boom', 'Error: RangeError: boom', 'RangeError: boom')],
    ['says what was thrown, whatever it is', { thrownAsText: true }, 'text', failed('Error: text', 'Error: text', 'text')],
    ['does not say what is not an error', {}, 'text', failed('Error: Unknown error occurred', 'Error: Unknown error occurred', 'Unknown error occurred')],
  ]) {
    it(what, async () => assert.deepEqual(await ended({ ...row, call: () => Promise.reject(thrown) }), result));
  }

  const UNKNOWN = '\nWhether it was done is unknown: look before you do it again.';
  const lost = Object.assign(new Error('lost'), { sent: true, code: 'CONNECTION_CLOSED' });
  for (const kind of ['edit', 'execute', 'delete', 'filesystem', 'other']) {
    it(`says that it may have been done where it was sent: ${kind}`, async () => {
      assert.deepEqual(await ended({ kind, call: () => Promise.reject(lost) }), failed(`Error: lost${UNKNOWN}`, `Error: lost${UNKNOWN}`, 'lost'));
    });
  }

  for (const [what, kind, error] of [
    ['was not sent', 'edit', Object.assign(new Error('lost'), { sent: false, code: 'CONNECTION_CLOSED' })],
    ['was refused by the host', 'edit', Object.assign(new Error('lost'), { sent: true, code: 'HOST_ERROR' })],
    ['only reads', 'read', lost],
    ['only searches', 'search', lost],
  ]) {
    it(`does not say so of what ${what}`, async () => {
      assert.deepEqual(await ended({ kind, call: () => Promise.reject(error) }), failed('Error: lost', 'Error: lost', 'lost'));
    });
  }

  it('says that it may have been done where it was aborted under way', async () => {
    const controller = new AbortController();
    const call = () => (controller.abort(boom), Promise.reject(controller.signal.reason));
    assert.deepEqual(await tool({ call }).build({}).execute(controller.signal), failed(`Error: boom${UNKNOWN}`, `Error: boom${UNKNOWN}`, 'boom'));
  });

  for (const reply of [null, undefined, 'text', 5]) {
    it(`says that a reply is none: ${reply}`, async () => {
      const text = 'the host gave no reply that could be read';
      assert.deepEqual(await ended({ done: () => 'done' }, reply), failed(`Error: ${text}`, `Error: ${text}`, text));
    });
  }

  it('is not made once its signal is aborted', async () => {
    const row = { call: () => assert.fail('it was made') };
    assert.deepEqual(await tool(row).build({}).execute(AbortSignal.abort(boom)), failed('Error: boom', 'Error: boom', 'boom'));
  });
});

describe('a row', () => {
  it('says why it is called, where it does so at all and has a reason, and does not wait for that', async () => {
    const said = [];
    const sdk = { chat: { sendMessage: (text) => (said.push(text), Promise.reject(new Error('cannot be sent'))) } };
    const row = { properties: { explanation: { type: 'string' } }, done: () => 'done', call: async () => ({}) };
    for (const explains of [true, false]) {
      for (const explanation of ['because', '', undefined]) {
        assert.equal((await tool({ ...row, explains }, sdk).build({ explanation }).execute()).llmContent, 'done');
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(said, ['because']);
  });

  it('tells the paths that it touches, and the line where it is given', () => {
    const locations = (row, params) => tool(row).build(params).toolLocations();
    assert.deepEqual(locations({}, { paths: '/a' }), []);
    assert.deepEqual(locations({ locations: 'paths' }, {}), []);
    assert.deepEqual(locations({ locations: 'paths' }, { paths: '/a', line: 3 }), [{ path: '/a' }]);
    assert.deepEqual(locations({ locations: 'paths', line: 'line' }, { paths: ['/a', '/b'] }), [{ path: '/a' }, { path: '/b' }]);
    assert.deepEqual(locations({ locations: 'paths', line: 'line' }, { paths: '/a', line: 0 }), [{ path: '/a', line: 0 }]);
  });

  it('is confirmed by a person where it says how, and else by nobody', async () => {
    assert.equal(await tool({}).build({}).shouldConfirmExecute(), false);
    assert.deepEqual(await tool({ confirm: ({ a }) => ({ title: a }) }).build({ a: 1 }).shouldConfirmExecute(), { title: 1 });
  });
});
