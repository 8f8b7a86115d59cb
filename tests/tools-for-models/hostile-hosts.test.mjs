// Each tool on a host that refuses, dies or answers nonsense, and with a signal that ends it: the call settles, with a result
// that says what happened.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomValues } from '../definitions/random-values.mjs';
import { CodeboltError, framesOf, recordings, toolsOn, toolsThatThrow } from './toolbox.mjs';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 32);
const ASKING = Object.entries(recordings.tools).filter(([name]) => name !== 'attempt_completion');

const isResult = (result) => {
  assert.equal(typeof result.llmContent, 'string', JSON.stringify(result));
  assert.ok('returnDisplay' in result);
  if (result.error) assert.ok(result.error.message && result.error.type, JSON.stringify(result.error));
};

describe('a tool', () => {
  for (const [name, { recorded }] of ASKING) {
    const { params } = recorded.all;

    it(`says that the host refused: ${name}`, async () => {
      for (const reply of [{ success: false, error: 'no' }, { success: false, error: { message: 'no' } }, { success: false }]) {
        const { tools } = toolsOn(() => ({ type: 'commandError', ...reply }));
        const result = await tools.executeTool(name, params);
        isResult(result);
        assert.ok(result.error, JSON.stringify(reply));
      }
    });

    it(`says that the connection was lost, and claims of nothing that was sent that it was not done: ${name}`, async () => {
      for (const sent of [true, false]) {
        const error = new CodeboltError('CONNECTION_CLOSED', 'WebSocket connection closed', { sent });
        const tools = toolsThatThrow(error);
        const result = await tools.executeTool(name, params);
        isResult(result);
        assert.match(result.error.message, /WebSocket connection closed$/);
        // An edit reads first, and that changes nothing.
        const isUnknown = sent && name !== 'edit' && !['read', 'search'].includes(tools.getTool(name).kind);
        assert.match(result.llmContent, isUnknown ? /WebSocket connection closed\nWhether it was done is unknown: / : /WebSocket connection closed$/);
        assert.doesNotMatch(result.llmContent, /\bwas not\b/);
      }
    });

    it(`does nothing once its signal is aborted: ${name}`, async () => {
      const { session, tools } = toolsOn();
      const result = await tools.executeTool(name, params, AbortSignal.abort(new Error('enough')));
      assert.match(result.error.message, /enough$/);
      assert.equal(result.error.type, 'execution_failed');
      assert.deepEqual(framesOf(session), []);
    });

    it(`hands its signal to every call that waits: ${name}`, async () => {
      const { session, tools } = toolsOn(() => recorded.all.reply);
      const { signal } = new AbortController();
      await tools.executeTool(name, params, signal, undefined, { timeout: 7 });
      const waiting = session.frames.filter(({ method }) => method);
      assert.ok(waiting.length > 0);
      for (const { options } of waiting) assert.deepEqual(options, { timeout: 7, signal });
    });

    it(`settles whatever the host answers: ${name} (SEED=${SEED})`, async () => {
      const { below, value } = randomValues(SEED);
      // What a reply may hold, in the wrong kind.
      const members = Object.keys(recorded.all.reply ?? {});
      for (let run = 0; run < 60; run += 1) {
        const reply = run < 6 ? [null, undefined, [], 'text', 5, {}][run] : { success: true };
        if (run >= 6) for (const member of members) if (member !== 'success' && below(3) > 0) reply[member] = value();
        const { tools } = toolsOn(() => reply);
        isResult(await tools.executeTool(name, params));
      }
    });
  }

  it('that sends nothing is ended by its signal, too', async () => {
    const { tools } = toolsOn();
    const result = await tools.executeTool('attempt_completion', { result: {} }, AbortSignal.abort(new Error('enough')));
    assert.deepEqual(result, { llmContent: 'Error: enough', returnDisplay: 'Error: enough', error: { message: 'enough', type: 'execution_failed' } });
  });

  it('writes nothing when its signal is aborted after it has read', async () => {
    const controller = new AbortController();
    const { session, tools } = toolsOn(() => {
      controller.abort(new Error('enough'));
      return { success: true, content: 'a' };
    });
    const result = await tools.executeTool('edit', { absolute_path: '/a', old_string: 'a', new_string: 'b' }, controller.signal);
    assert.equal(result.error.message, 'enough');
    assert.deepEqual(framesOf(session).map(({ action }) => action), ['readFile']);
  });

  for (const [refusal, reason] of [
    [{ success: false, error: 'disk full' }, 'disk full'],
    [{ success: false }, 'Unknown error'],
  ]) {
    it(`says which of its calls the host refused, and why: ${reason}`, async () => {
      const { tools } = toolsOn(({ action }) => (action === 'readFile' ? { success: true, content: 'a' } : refusal));
      assert.deepEqual(await tools.executeTool('edit', { absolute_path: '/a', old_string: 'a', new_string: 'b' }), {
        llmContent: `Error writing file: ${reason}`,
        returnDisplay: 'Error writing file',
        error: { message: reason, type: 'file_write_failure' },
      });
    });
  }

  it('needs no signal where it is run by itself', async () => {
    const { tools } = toolsOn(() => ({ success: true, content: 'a' }));
    const { error } = await tools.getTool('edit').build({ absolute_path: '/a', old_string: 'a', new_string: 'b' }).execute();
    assert.equal(error, undefined);
  });

  it('names what a reply has in the place of a text or a list', async () => {
    const read = await toolsOn(() => ({ success: true, content: 5 })).tools.executeTool('read_file', { absolute_path: '/a' });
    assert.equal(read.error.message, "the host's reply has a number where a text is wanted");
    const listed = await toolsOn(() => ({ success: true, entries: {} })).tools.executeTool('ls', { path: '/a' });
    assert.equal(listed.error.message, "the host's reply has an object where a list is wanted");
  });
});
