// What the package exports at run time is declared, and has a text.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import codebolt, * as all from 'codebolt-wasm';

const folder = dirname(createRequire(import.meta.url).resolve('codebolt-wasm/package.json'));
const read = (file) => readFileSync(join(folder, file), 'utf8');
// The pages are built with the package, and not packed with it.
const pageOf = (file) => readFileSync(join(process.env.CODEBOLT_PAGES, file), 'utf8');
const declarations = ['types/index.d.ts', 'types/modules/named.d.ts'].map(read).join('\n');

const COMMENT = '/\\*\\*(?:[^*]|\\*(?!/))*\\*/\\s*';
/** The text of a doc comment that stands right before what the pattern finds; undefined when there is none. */
const textBefore = (text, pattern) => {
  const found = new RegExp(`(${COMMENT})${pattern}`, 'm').exec(text)?.[1];
  return found?.replace(/^\s*\/?\*+\/?/gm, ' ').replace(/\*\//g, '').trim();
};
const says = (text) => (text ?? '').length >= 12;

/** The members of an instance as they are written, up to the brace that closes it, and of the listeners that it has too. */
const body = (/export interface Codebolt<.*\{\n([\s\S]*?)\n\}/.exec(declarations)?.[1] ?? '') + read('types/modules/listeners.d.ts');

describe('the exports', () => {
  for (const name of Object.keys(all)) {
    it(`${name} is declared and has a text`, () => {
      const pattern = name === 'default' ? 'declare const codebolt: Codebolt;\\s*export default codebolt;' : `export declare (?:const|function|class|enum) ${name}\\b`;
      assert.ok(says(textBefore(declarations, pattern)));
    });
  }

  it('are what the declarations declare, no less', () => {
    const declared = [...declarations.matchAll(/^export declare (?:const|function|class|enum) (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(['default', ...declared].toSorted(), Object.keys(all).toSorted());
  });
});

describe('the members of Codebolt', () => {
  const { Codebolt } = all;
  // CommonJS reaches these by the instance; index.d.cts declares them.
  const forCommonJS = ['default', 'Codebolt', 'CodeboltError'];
  const modules = Object.keys(new Codebolt()).filter((name) => name !== 'websocket');
  const own = [...Object.getOwnPropertyNames(Codebolt.prototype).filter((name) => name !== 'constructor'), 'websocket'];

  it('are found at all', () => {
    assert.ok(own.includes('waitForReady') && own.includes('close') && modules.includes('eventLog') && modules.length > 50);
  });

  for (const name of own) {
    it(`${name} is declared and has a text`, () => {
      assert.ok(says(textBefore(body, `(?:readonly )?${name}\\??(?:<|\\(|:)`)));
    });
  }

  it('are declared for CommonJS', () => {
    const commonJS = read('index.d.cts');
    assert.deepEqual(Object.keys(codebolt).filter((name) => name !== 'websocket' && !modules.includes(name)), forCommonJS);
    for (const name of forCommonJS) assert.match(commonJS, new RegExp(`\\b${name}: typeof`));
  });

  it('has a page in the reference for each module', () => {
    const index = pageOf('README.md');
    for (const name of modules) assert.ok(index.includes(`| [${name}](`), name);
  });

  it('are all listed on their module’s page, with their type and a text', () => {
    const page = pageOf('event-log.md');
    for (const name of Object.keys(codebolt.eventLog)) {
      const section = page.split(`\n### ${name}\n\n`)[1]?.split('\n### ')[0];
      assert.ok(section, `${name} has no section`);
      const [text] = section.split('\n');
      assert.ok(says(text), `${name} has no text`);
      assert.ok(section.includes(`\`\`\`ts\n${name}: `), `${name} has no type`);
    }
  });
});
