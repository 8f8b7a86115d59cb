/** What an editor shows of every method of every module, while one writes a call of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import codebolt from 'codebolt-wasm';
import { open } from './language-service.mjs';

/** The modules, and the page of each. */
const index = readFileSync(new URL('../../pkg/docs/api/README.md', import.meta.url), 'utf8');
const modules = [...index.matchAll(/^\| \[(\w+)\]\(([\w-]+)\.md\)/gm)].map(([, name, file]) => ({ name, file }));

/** The methods of a module by their names, groups in front (`git.GitInitRequestNotify`). @param {any} value @param {string} [group] @returns {string[]} */
const methodsOf = (value, group = '') =>
  Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'function' ? [group + name] : typeof member === 'object' && member !== null ? methodsOf(member, `${group}${name}.`) : [],
  );

const methods = modules.flatMap(({ name }) => methodsOf(/** @type {any} */ (codebolt)[name]).map((method) => `${name}.${method}`));
const mark = (/** @type {string} */ method) => method.replaceAll('.', '_');
const lines = [
  ...modules.map(({ name }) => `codebolt.${name}./*${name}|*/toString;`),
  ...methods.map((method) => `codebolt.${method.replace(/\w+$/, (last) => `/*${mark(method)}_name|*/${last}`)}(/*${mark(method)}|*/);`),
];
const editor = open('agent.mts', `import codebolt from 'codebolt-wasm';\n${lines.join('\n')}\n`);
after(() => editor.close());

/** What the page says of a method: its first paragraph, and its parameters. @param {string} file @param {string} method */
const described = (file, method) => {
  const page = readFileSync(new URL(`../../pkg/docs/api/${file}.md`, import.meta.url), 'utf8');
  const section = page.split('\n### ').find((part) => part.startsWith(`${method}\n`)) ?? '';
  return {
    text: section.split('\n')[2] ?? '',
    parameters: [...section.matchAll(/^\| `(\w+)` \|.*\| (.*) \|$/gm)].map(([, name, text]) => ({ name, text: text.replaceAll('\\|', '|') })),
  };
};

/** Whether a text says no more than a parameter's name: then an editor need not show it. @param {string} text @param {string} name */
const saidByName = (text, name) => {
  const parts = name.replace(/[A-Z]/g, '-$&').toLowerCase().split('-');
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.every((word) => ['a', 'an', 'the', 'of', 'this'].includes(word) || parts.includes(word));
};

describe('an editor', () => {
  it('knows all modules', () => assert.ok(modules.length >= 62 && methods.length >= 700, `${modules.length} modules, ${methods.length} methods`));

  for (const { name, file } of modules) {
    const own = methods.filter((method) => method.startsWith(`${name}.`));
    it(`offers what codebolt.${name} has, and shows its text and parameters while one types`, () => {
      const first = new Set(own.map((method) => method.split('.')[1]));
      const offered = new Set(editor.offered(name));
      assert.deepEqual([...first].filter((method) => !offered.has(method)), [], 'not offered');
      for (const method of own) {
        const { text, parameters } = described(file, method.slice(name.length + 1));
        assert.ok(text, `${method} has no page`);
        const helped = editor.helped(mark(method));
        const pointed = editor.pointed(`${mark(method)}_name`);
        // Of a method with several forms it is the text of the one that fits.
        const texts = helped.length > 1 ? helped.map((form) => form.text) : [text];
        assert.ok(texts.some((one) => pointed.text.includes(one)), `pointing at ${method} shows "${pointed.text}"`);
        const general = helped.find((form) => form.text.includes(text));
        assert.ok(general, `typing ${method}(…) shows ${JSON.stringify(helped)}`);
        for (const form of helped) assert.ok(form.text, `a form of ${method} has no text`);
        for (const parameter of parameters) {
          const shown = general.parameters.find((one) => one.name.replace(/^\.\.\./, '') === parameter.name);
          assert.ok(shown, `${method} does not show its parameter ${parameter.name}`);
          if (!saidByName(parameter.text, parameter.name)) assert.equal(shown.text, parameter.text, `${method}(${parameter.name})`);
        }
      }
    });
  }

  it('is told of every method that it needs no this, so that linters let it be taken out of its module', () => {
    let count = 0;
    for (const { file } of modules) {
      const text = readFileSync(new URL(`../../pkg/types/modules/${file}.d.ts`, import.meta.url), 'utf8');
      const [, body] = /^export interface \w+Methods(?:<.*>)? \{\n([^]*?)^\}/m.exec(text) ?? [];
      assert.notEqual(body, undefined, file);
      const declared = body.replace(/\/\*\*[^]*?\*\//g, '').split('\n').filter((line) => /^\t+["\w]+(?:<.*>)?\(/.test(line));
      count += declared.length;
      assert.deepEqual(declared.filter((line) => !/\(this: void[,)]/.test(line)), []);
    }
    assert.ok(count >= 700, `${count} methods`);
  });

  it('shows the same for a method that was taken out of its module', () => {
    const taken = open(
      'taken.mts',
      `import codebolt, { createInstance } from 'codebolt-wasm';\nconst { appendEvent } = codebolt.eventLog;\nappendEvent(/*taken|*/);\ncreateInstance(/*named|*/);\n`,
    );
    assert.match(taken.helped('taken')[0]?.text, /^Appends one event/);
    assert.equal(taken.helped('taken')[0]?.parameters[0]?.text.startsWith('Where the event goes'), true);
    assert.match(taken.helped('named')[0]?.text, /^Creates an event log instance/);
    taken.close();
  });
});
