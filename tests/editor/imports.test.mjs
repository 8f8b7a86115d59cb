/** What an editor offers within the braces of an import, and of the module in CommonJS. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import * as all from 'codebolt-wasm';
import { open } from './language-service.mjs';

const reference = Object.keys(JSON.parse(readFileSync(new URL('../recordings/sdk-exports.json', import.meta.url), 'utf8')));
const own = (/** @type {string} */ file) => [
  ...readFileSync(new URL(`../../pkg/types/${file}`, import.meta.url), 'utf8').matchAll(/^export (?:declare )?(?:interface|type|class|const) (\w+)/gm),
].map(([, name]) => name);

/** The names that an editor offers in `import { … } from module`. @param {string} module @param {string} [kind] */
const offeredBy = (module, kind = 'import') => {
  const editor = open('agent.mts', `${kind} { /*here|*/ } from '${module}';\n`);
  // `type` stands before the name of a type.
  const names = editor.offered('here').filter((name) => name !== 'type');
  editor.close();
  return names;
};
const offered = offeredBy('codebolt-wasm');
const atRunTime = Object.keys(all).filter((name) => name !== 'default');

describe('import { … } from codebolt-wasm', () => {
  it('offers everything that is there at run time', () => {
    assert.deepEqual(atRunTime.filter((name) => !offered.includes(name)), []);
  });

  it('offers no value that is not there at run time', () => {
    const names = offered.filter((name) => name !== 'default');
    const uses = names.map((name) => `void all.${name};`);
    const editor = open('agent.mts', `import * as all from 'codebolt-wasm';\n${uses.join('\n')}\n`);
    const types = new Set(editor.faults().map((fault) => /^Property '(\w+)' does not exist/.exec(fault)?.[1] ?? fault));
    editor.close();
    assert.deepEqual(names.filter((name) => !types.has(name) && !atRunTime.includes(name)), []);
    assert.deepEqual(atRunTime.filter((name) => types.has(name)), []);
  });

  it('offers besides only the types of the reference’s index, of the event log and of the package itself', () => {
    const known = new Set([...atRunTime, ...reference, ...own('index.d.ts'), ...own('modules/event-log.d.ts')]);
    // What the declarations of the package's own members name.
    const named = ['ActionBlockInvocationOrigin', 'AgentStartMessage', 'CallOptions', 'CodeboltListeners', 'CodeboltModules'];
    named.push('ConnectionState', 'EnvironmentHeartbeat', 'FlatUserMessage', 'Handler', 'MessageContentBlock', 'ModuleSource', 'ProviderHeartbeat', 'ProviderInitVars', 'ProviderMergeConfig');
    named.push('RawMessageForAgent', 'Unchecked');
    assert.deepEqual(offered.filter((name) => !known.has(name)).sort(), named);
    // It was 1,067.
    assert.ok(offered.length < 375, `${offered.length} names`);
  });
});

it('codebolt-wasm/types offers the types of all modules, those of the package included', () => {
  const types = offeredBy('codebolt-wasm/types', 'import type');
  assert.ok(types.length > 1000, `${types.length} names`);
  for (const name of ['ThreadDetails', 'EventLogEntry', 'CodeboltOptions', 'ChatMethods']) assert.ok(types.includes(name), name);
  assert.deepEqual(types.filter((name) => /^[a-z]\w*Methods$|^modules$/.test(name)), []);
});

it('CommonJS is offered what require gives, the functions that are of no module included', () => {
  const editor = open('agent.cts', "import codebolt = require('codebolt-wasm');\ncodebolt./*here|*/toString;\n");
  const names = editor.offered('here');
  editor.close();
  const required = createRequire(import.meta.url)('codebolt-wasm');
  assert.deepEqual(names.filter((name) => required[name] === undefined && name !== 'websocket' && name !== 'occupancy'), []);
  for (const name of ['unwrap', 'initAsync', 'createInstance', 'Codebolt', 'CodeboltError', 'eventLog']) {
    assert.ok(names.includes(name), name);
    assert.equal(typeof required[name], name === 'eventLog' ? 'object' : 'function');
  }
});
