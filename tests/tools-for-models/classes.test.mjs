// The classes that tools of one's own are made of: what they do where a tool says nothing of its own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES } from '../definitions/recording-session.mjs';
import { BaseDeclarativeTool, BaseToolInvocation, Kind, ToolErrorType } from './toolbox.mjs';

const { DeclarativeTool, failure, isTool, messageOf } = await import(new URL('tools/framework.js', SOURCES).href);

const schema = { properties: { a: { type: 'number' } }, required: ['a'] };
const { signal } = new AbortController();

describe('a tool', () => {
  it('has the members that it was made with, and shows text as Markdown all at once unless it says otherwise', () => {
    const tool = new DeclarativeTool('n', 'N', 'what for', Kind.Other, schema);
    assert.deepEqual({ ...tool }, { name: 'n', displayName: 'N', description: 'what for', kind: 'other', parameterSchema: schema, isOutputMarkdown: true, canUpdateOutput: false });
    assert.equal(tool.explanation, 'what for');
    const other = new DeclarativeTool('n', 'N', 'd', Kind.Other, schema, false, true);
    assert.deepEqual([other.isOutputMarkdown, other.canUpdateOutput], [false, true]);
  });

  it('describes parameters for models, also where it has none', () => {
    const tool = new DeclarativeTool('n', 'N', 'd', Kind.Other, schema);
    const parameters = { type: 'object', ...schema, additionalProperties: false };
    assert.deepEqual(tool.schema, { type: 'function', function: { name: 'n', description: 'd', parameters } });
    assert.deepEqual(tool.genAISchema, { name: 'n', description: 'd', parameters: schema });
    assert.deepEqual(new DeclarativeTool('n', 'N', 'd', Kind.Other).openAIFunctionCall.parameters, { type: 'object', properties: {}, required: [], additionalProperties: false });
  });

  it('finds nothing wrong by itself, and says which method it lacks', () => {
    const plain = new DeclarativeTool('mine', 'N', 'd', Kind.Other, schema);
    assert.equal(plain.validateToolParams({}), null);
    assert.throws(() => plain.build({}), { message: "the tool 'mine' has no method build" });
    const checked = new BaseDeclarativeTool('mine', 'N', 'd', Kind.Other, schema);
    assert.equal(checked.validateToolParamValues({}), null);
    assert.throws(() => checked.build({ a: 1 }), { message: "the tool 'mine' has no method createInvocation" });
    assert.throws(() => checked.build({}), { message: 'Missing required field: a' });
  });

  it('runs what it builds, and settles with what went wrong', async () => {
    class Mine extends BaseDeclarativeTool {
      createInvocation(params) {
        return {
          execute: async (...rest) => {
            if (params.a === 0) throw new Error('zero');
            return [params, ...rest];
          },
        };
      }
    }
    const tool = new Mine('mine', 'N', 'd', Kind.Other, schema);
    const update = () => {};
    assert.deepEqual(await tool.buildAndExecute({ a: 1 }, signal, update), [{ a: 1 }, signal, update]);
    await assert.rejects(tool.buildAndExecute({}, signal), { message: 'Missing required field: a' });
    assert.deepEqual(await tool.validateBuildAndExecute({ a: 1 }, signal, update, { timeout: 5 }), [{ a: 1 }, signal, update, { timeout: 5 }]);
    const wrong = 'Missing required field: a';
    assert.deepEqual(await tool.validateBuildAndExecute({}, signal), {
      llmContent: `Error: Invalid parameters provided. Reason: ${wrong}`,
      returnDisplay: wrong,
      error: { message: wrong, type: ToolErrorType.INVALID_TOOL_PARAMS },
    });
    assert.deepEqual(await tool.validateBuildAndExecute({ a: 0 }, signal), {
      llmContent: 'Error: Tool call execution failed. Reason: zero',
      returnDisplay: 'zero',
      error: { message: 'zero', type: ToolErrorType.EXECUTION_FAILED },
    });
  });

  it('touches no place and asks nobody unless it says so', async () => {
    const invocation = new BaseToolInvocation({ a: 1 });
    assert.deepEqual([invocation.params, invocation.toolLocations(), await invocation.shouldConfirmExecute(signal)], [{ a: 1 }, [], false]);
  });

  it('is known by its name and its method build', () => {
    const build = () => {};
    assert.deepEqual([{ name: 'a', build }, { build }, { name: 'a' }, { name: 'a', build: 1 }, null, 'a', undefined].map(isTool), [true, false, false, false, false, false, false]);
  });

  it('has failures with a reason, whatever was thrown', () => {
    assert.deepEqual([messageOf(new RangeError('a')), messageOf('b'), messageOf(undefined)], ['a', 'b', 'undefined']);
    assert.deepEqual(failure('l', 'r', 'm', 'unknown'), { llmContent: 'l', returnDisplay: 'r', error: { message: 'm', type: 'unknown' } });
  });
});
