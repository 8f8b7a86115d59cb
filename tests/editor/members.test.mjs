/** What an editor shows of a Codebolt's own members, and of the functions of codebolt-wasm/tools, while one writes a call. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import * as all from 'codebolt-wasm';
import * as tools from 'codebolt-wasm/tools';
import { open } from './language-service.mjs';

const { Codebolt } = all;
const own = Object.getOwnPropertyNames(Codebolt.prototype).filter(
  (name) => name !== 'constructor' && typeof Object.getOwnPropertyDescriptor(Codebolt.prototype, name)?.value === 'function',
);
const isPlain = (/** @type {unknown} */ value) => typeof value === 'function' && !/^class\b/.test(String(value));
const functionsOf = (/** @type {object} */ values) => Object.entries(values).filter(([, value]) => isPlain(value)).map(([name]) => name);
const toolFunctions = functionsOf(tools);
const editor = open(
  'agent.mts',
  `import codebolt, { Codebolt, CodeboltError, initAsync } from 'codebolt-wasm';
import * as tools from 'codebolt-wasm/tools';
codebolt./*members|*/toString;
new Codebolt(/*new|*/);
initAsync(/*initAsync|*/);
${own.map((name) => `codebolt.${name}(/*own_${name}|*/);`).join('\n')}
${toolFunctions.map((name) => `tools.${name}(/*tools_${name}|*/);`).join('\n')}
`,
);
after(() => editor.close());

/** @param {string} mark */
const assertHelps = (mark) => {
  const forms = editor.helped(mark);
  assert.ok(forms.length > 0, `${mark} is not declared as a function`);
  for (const { text } of forms) assert.ok(text.length >= 12, `${mark} shows "${text}"`);
};

describe('an editor', () => {
  it('offers the members of an instance, and shows the text of each while one types', () => {
    assert.ok(own.length >= 20, own.join());
    const offered = editor.offered('members');
    assert.deepEqual(own.filter((name) => !offered.includes(name)), []);
    for (const name of own) assertHelps(`own_${name}`);
  });

  it('is told that none needs its this: each works taken off its instance', () => {
    const taken = open(
      'taken.mts',
      `import codebolt from 'codebolt-wasm';
type Needs<Method> = Method extends (this: infer This, ...values: never) => unknown ? (unknown extends This ? 'something' : This) : 'no method';
${own.map((name) => `export const ${name}: Needs<typeof codebolt.${name}> = undefined;`).join('\n')}
`,
    );
    assert.deepEqual(taken.faults(), []);
    taken.close();
  });

  it('shows what the constructor and initAsync take', () => {
    for (const mark of ['new', 'initAsync']) assertHelps(mark);
  });

  it('shows the text of each function of codebolt-wasm/tools', () => {
    assert.ok(toolFunctions.length >= 8, toolFunctions.join());
    for (const name of toolFunctions) assertHelps(`tools_${name}`);
  });
});
