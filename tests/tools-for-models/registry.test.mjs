// The list of tools: names, order, schemas, the registry, and tools of one's own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BaseDeclarativeTool,
  BaseToolInvocation,
  Kind,
  ToolConfirmationOutcome,
  ToolErrorType,
  ToolRegistry,
  difference,
  framesOf,
  recordings,
  toolsOn,
} from './toolbox.mjs';

/** A schema without its texts. A parameter may be called `description`. */
const bare = (schema) => {
  const { description, ...rest } = schema;
  if (rest.properties) rest.properties = Object.fromEntries(Object.entries(rest.properties).map(([name, member]) => [name, bare(member)]));
  if (rest.items) rest.items = bare(rest.items);
  return rest;
};

describe('the list of tools', () => {
  const { tools } = toolsOn();

  it('has the recorded names in the recorded order', () => {
    const { tools } = toolsOn();
    assert.deepEqual(tools.getToolNames(), recordings.order);
    assert.deepEqual(tools.getAllTools().map(({ name }) => name), recordings.order);
    assert.equal(tools.getRegistry().getToolCount(), 73);
  });

  for (const [name, { parameters, displayName, kind, isOutputMarkdown, canUpdateOutput }] of Object.entries(recordings.tools)) {
    it(`describes ${name} as recorded, apart from the texts`, () => {
      const tool = tools.getTool(name);
      assert.equal(JSON.stringify(bare(tool.schema.function.parameters)), JSON.stringify(parameters));
      assert.deepEqual(
        { displayName: tool.displayName, kind: tool.kind, isOutputMarkdown: tool.isOutputMarkdown, canUpdateOutput: tool.canUpdateOutput },
        { displayName, kind, isOutputMarkdown, canUpdateOutput },
      );
    });
  }

  it('gives the forms of different models', () => {
    const { tools } = toolsOn();
    const tool = tools.getTool('glob');
    const { parameters } = tool.schema.function;
    assert.deepEqual(tools.getToolSchemas()[5], { type: 'function', function: { name: 'glob', description: tool.description, parameters } });
    assert.equal(tools.getToolSchemas().length, 73);
    assert.deepEqual(tools.getFunctionCallSchemas()[5], { name: 'glob', description: tool.description, parameters });
    assert.deepEqual(Object.keys(parameters), ['type', 'properties', 'required', 'additionalProperties']);
    assert.deepEqual(Object.keys(tool.genAISchema.parameters), ['type', 'properties', 'required']);
    assert.notEqual(tool.schema, tool.schema);
  });

  it('is sorted into categories that hold each tool once', () => {
    const categories = Object.entries(tools).filter(([, value]) => Array.isArray(value));
    assert.deepEqual(categories.flatMap(([, list]) => list).map(({ name }) => name), recordings.order);
    assert.deepEqual(tools.planning.map(({ name }) => name).filter((name) => name.endsWith('_get')), ['roadmap_get']);
    assert.equal(tools.job.length, 13);
  });

  it('has the recorded words for kinds, failures and answers', () => {
    assert.deepEqual({ Kind, ToolErrorType, ToolConfirmationOutcome }, recordings.enums);
  });
});

describe('the registry', () => {
  it('settles for an unknown name with a result, and sends nothing', async () => {
    const { session, tools } = toolsOn();
    assert.deepEqual(await tools.executeTool('nope', {}), recordings.registry.unknown);
    assert.deepEqual((await tools.executeTool('Glob', {})).error, recordings.registry.wrongCase);
    assert.deepEqual((await tools.executeTool('codebolt--glob', {})).error, recordings.registry.prefixed);
    assert.deepEqual(framesOf(session), []);
  });

  for (const [list, tool] of [
    ['paramsNotObject', 'glob'],
    ['paramsNotObjectNoRequired', 'orchestrator_list'],
  ]) {
    for (const [params, result] of recordings.registry[list]) {
      it(`takes ${JSON.stringify(params)} for parameters of ${tool} as recorded`, async () => {
        const { tools } = toolsOn(() => ({ success: true, data: [] }));
        const found = await tools.executeTool(tool, params === '$undefined' ? undefined : params);
        assert.equal(difference(result.llmContent === undefined ? found.error : found, result), undefined);
      });
    }
  }

  it('asks a person before a command, when told to', async () => {
    const { session, tools } = toolsOn(() => ({ type: 'commandFinish', success: true }));
    const asked = [];
    const run = (name, params, answer) =>
      tools.getRegistry().executeToolWithConfirmation(name, params, new AbortController().signal, async (details) => {
        asked.push(details);
        return answer;
      });
    assert.equal(difference((await run('execute_command', { command: 'ls -l' }, false)).error, recordings.registry.confirmFalse.error), undefined);
    assert.deepEqual(framesOf(session), []);
    assert.equal((await run('execute_command', { command: 'ls -l' }, true)).error, undefined);
    assert.deepEqual(framesOf(session), recordings.registry.confirmTrue.frames);
    assert.deepEqual(Object.keys(asked[0]), recordings.registry.confirmTrue.detailsMembers);
    assert.deepEqual((await run('execute_command', {}, true)).error, recordings.registry.confirmInvalid);
    assert.deepEqual((await run('nope', {}, true)).error, recordings.registry.confirmUnknown);
    assert.equal(asked.length, 2);
    assert.equal((await run('read_file', { absolute_path: '/a' }, false)).error, undefined);
    assert.equal(asked.length, 2);
    const declined = await run('execute_command', { command: 'ls' }, false);
    assert.deepEqual([declined.llmContent, declined.returnDisplay], ['The user did not let the tool run.', 'Execution cancelled']);
  });

  it('tells the locations that a tool touches', () => {
    const { tools } = toolsOn();
    const locations = (name, params) => tools.getTool(name).build(params).toolLocations();
    assert.deepEqual(locations('read_file', { absolute_path: '/a', offset: 3 }), [{ path: '/a', line: 3 }]);
    assert.deepEqual(locations('read_file', { absolute_path: '/a' }), [{ path: '/a' }]);
    assert.deepEqual(locations('read_many_files', { paths: ['/a', '/b'] }), [{ path: '/a' }, { path: '/b' }]);
    assert.deepEqual(locations('glob', { pattern: 'x' }), []);
    for (const [name, { toolLocations }] of Object.entries(recordings.tools)) {
      const params = recordings.tools[name].recorded.all.params;
      assert.equal(locations(name, params).length > 0, toolLocations !== undefined, name);
    }
  });

  class Clock extends BaseDeclarativeTool {
    constructor(name = 'clock') {
      super(name, 'Clock', 'Tells the time.', Kind.Other, { properties: { zone: { type: 'string' } }, required: ['zone'] });
    }

    validateToolParamValues({ zone }) {
      return zone.includes('/') ? null : 'a zone has a slash';
    }

    createInvocation(params) {
      return new ClockInvocation(params);
    }
  }

  class ClockInvocation extends BaseToolInvocation {
    async execute(signal, updateOutput) {
      if (this.params.zone === 'no/where') throw new Error('there is no such zone');
      updateOutput?.('looking');
      return { llmContent: `noon in ${this.params.zone}`, returnDisplay: signal.aborted ? 'late' : 'noon' };
    }
  }

  it('takes tools of one’s own, and runs them as its own', async () => {
    const { tools } = toolsOn();
    tools.getRegistry().registerTool(new Clock());
    const outputs = [];
    assert.deepEqual(await tools.executeTool('clock', { zone: 'a/b' }, undefined, (output) => outputs.push(output)), {
      llmContent: 'noon in a/b',
      returnDisplay: 'noon',
    });
    assert.deepEqual(outputs, ['looking']);
    assert.deepEqual((await tools.executeTool('clock', {})).error, { message: 'Missing required field: zone', type: 'invalid_tool_params' });
    assert.deepEqual((await tools.executeTool('clock', { zone: 'x' })).error, { message: 'a zone has a slash', type: 'invalid_tool_params' });
    assert.deepEqual((await tools.executeTool('clock', { zone: 'no/where' })).error, { message: 'there is no such zone', type: 'execution_failed' });
    assert.throws(() => tools.getTool('clock').build({}), /Missing required field: zone/);
  });

  it('settles with what a tool throws that checks and runs in ways of its own', async () => {
    const { tools } = toolsOn();
    const boom = () => {
      throw new Error('boom');
    };
    tools.getRegistry().registerTool({ name: 'foreign', build: boom, validateBuildAndExecute: boom });
    const crashed = { llmContent: 'Error executing tool "foreign": boom', returnDisplay: 'Error: boom', error: { message: 'boom', type: 'execution_failed' } };
    assert.deepEqual(await tools.executeTool('foreign', {}), crashed);
    assert.deepEqual(await tools.getRegistry().executeToolWithConfirmation('foreign', {}, undefined, boom), crashed);
  });

  it('lets a tool take the place of another, takes tools away, and forgets all', (context) => {
    const warn = context.mock.method(console, 'warn', () => {});
    const registry = new ToolRegistry();
    registry.registerTools([new Clock('a'), new Clock('b'), new Clock('a')]);
    assert.deepEqual(registry.getToolNames(), ['a', 'b']);
    assert.deepEqual(warn.mock.calls.map(({ arguments: said }) => said), [['Tool "a" is registered already; the new one takes its place.']]);
    assert.equal(registry.unregisterTool('a'), true);
    assert.equal(registry.unregisterTool('a'), false);
    registry.clear();
    assert.equal(registry.getToolCount(), 0);
  });
});
