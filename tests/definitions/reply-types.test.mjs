// A reply without an id is known by its type: every request waits for the types that the reference waits for. Errors name the type
// of what was sent.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { modules, recordingSession } from './recording-session.mjs';

const { modules: facts } = JSON.parse(readFileSync(new URL('../recordings/sdk-methods.json', import.meta.url), 'utf8'));

/** Arguments of the declared types; what methods ask of them besides stands here. */
const SAMPLES = { string: 'a', number: 1, boolean: true, array: [], object: { instanceId: 'i', from: { instance: 'i' }, events: [] } };
const ARGUMENTS = {
  'browser.executeOnInstance': ['i', 'getContent'],
  'mcp.getTools': [[{ toolbox: 'other', toolName: 'a' }]],
  'mcp.listMcpFromServers': [['other']],
  'mcp.getMcpTools': [['other']],
};
const argumentsFor = (method, params) => ARGUMENTS[method] ?? params.map(({ type }) => structuredClone(SAMPLES[type] ?? 'a'));

/** Those whose requests this session does not see: one is made in the WebAssembly module, and two wait for an event first. */
const ELSEWHERE = ['eventLog.createInstance', 'agentEventQueue.waitForNextQueueEvent', 'agentEventQueue.waitForAnyExternalEvent'];

/** What each request of a call waits for. */
const awaited = async (name, args) => {
  const [module, ...path] = name.split('.');
  const session = recordingSession();
  const method = path.reduce((object, member) => object[member], modules[module](session));
  await method(...args);
  return session.frames.map(({ text, method: { type, replyTypes = [type] } }) => {
    assert.equal(type, JSON.parse(text).type, `${name}: the type that its errors name`);
    return replyTypes.toSorted().join();
  });
};

describe('requests wait for the reply types of the reference', () => {
  for (const { module, methods } of facts) {
    const requests = methods.filter(({ name, replyTypes }) => replyTypes?.length > 0 && !ELSEWHERE.includes(`${module}.${name}`));
    if (requests.length === 0) continue;
    it(module, async (context) => {
      context.mock.method(console, 'error', () => {});
      for (const { name, params, replyTypes } of requests) {
        const method = `${module}.${name}`;
        const all = await awaited(method, argumentsFor(method, params));
        assert.ok(all.includes(replyTypes.toSorted().join()), `${method} waits for ${all}, the reference for ${replyTypes}`);
      }
    });
  }

  for (const operation of ['goToPage', 'screenshot', 'getContent']) {
    it(`browser.executeOnInstance: ${operation}`, async () => {
      const args = operation === 'goToPage' ? [{ url: 'http://a' }] : [];
      assert.deepEqual(await awaited('browser.executeOnInstance', ['i', operation, ...args]), [`${operation}Response`]);
    });
  }
});
