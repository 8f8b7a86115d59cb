// The reference pages and the declarations say something about every public member.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

const read = (path) => readFileSync(new URL(path, SOURCES), 'utf8');
const fileOf = (module) => module.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const names = (object, prefix = '') =>
  Object.entries(Object.getOwnPropertyDescriptors(object)).flatMap(([name, { value }]) =>
    value && typeof value === 'object' ? names(value, `${prefix}${name}.`) : [prefix + name],
  );

/** A page cut at its headings of the third level. */
const sections = (page) =>
  new Map(
    page
      .split('\n### ')
      .slice(1)
      .map((section) => {
        const end = section.indexOf('\n');
        return [section.slice(0, end).trim(), section.slice(end).split('\n## ')[0].trim()];
      }),
  );

/** Whether a text says more than the name does. */
const says = (text, name) => text.length >= 12 && text.toLowerCase() !== name.toLowerCase();

/** Whether a parameter's text says no more than its name, so that the declarations go without: `jobId`, "Id of the job". */
const saidByName = (text, name) => {
  const parts = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).split('-');
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.every((word) => parts.includes(word) || ['a', 'an', 'the', 'of', 'this'].includes(word));
};

/** Each exported name of a declaration file, with the doc comment before it. */
const exported = (declarations) =>
  [...declarations.matchAll(/(\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?^export (?:declare )?(?:interface|type|const|class|function) (\w+)/gm)].map(
    ([, comment = '', name]) => ({ name, comment }),
  );

/** The doc comments that stand before members of this name, as words: a group has its own members (`notify.fs.…`). */
const comments = (declarations, name) =>
  [...declarations.matchAll(new RegExp(`/\\*\\*((?:[^*]|\\*(?!/))*)\\*/\\s*(?:readonly )?['"]?${name}['"]?[:<(]`, 'g'))].map(([, comment]) =>
    comment.replace(/^\s*\*/gm, '').replace(/\s+/g, ' '),
  );

describe('reference', () => {
  for (const [module, methodsFor] of Object.entries(modules)) {
    it(`has a text for every member of ${module}`, () => {
      const page = read(`docs/api/${fileOf(module)}.md`);
      const declarations = read(`modules/${fileOf(module)}.d.ts`);
      const found = sections(page);
      assert.match(page, new RegExp(`^# codebolt\\.${module}\\n\\n\\S`));
      for (const name of names(methodsFor(recordingSession()))) {
        const section = found.get(name);
        assert.ok(section, `${module}.${name} has no section`);
        assert.ok(says(section.split('\n')[0], name), `${module}.${name} has no text`);
        assert.ok(section.includes('```ts'), `${module}.${name} shows no TypeScript`);
        const shown = comments(declarations, name.split('.').at(-1)).find((comment) => comment.includes(section.split('\n')[0]));
        assert.ok(shown, `${module}.${name} has no text in the declarations`);
        for (const [row, parameter] of section.matchAll(/^\| `(\w+)` \|.*$/gm)) {
          const meaning = row.split(/(?<!\\)\|/).at(-2).trim();
          assert.ok(says(meaning, parameter), `${module}.${name}(${parameter}) has no text`);
          // A page's cell writes `\|` and puts the default last, as the declarations do.
          const expected = ` @param ${parameter} ${meaning.replaceAll('\\|', '|')}`;
          assert.ok(
            shown.includes(expected) || saidByName(meaning, parameter),
            `${module}.${name}(${parameter}) has no text in the declarations`,
          );
        }
      }
      for (const { name, comment } of exported(declarations)) {
        const text = comment.replace(/^\s*\/?\*+\/?/gm, '').trim();
        assert.ok(says(text, name), `${module}: ${name} has no doc comment`);
        if (!name.endsWith('Methods')) assert.ok(found.has(name), `${module}: the page lacks the type ${name}`);
      }
    });
  }

  it('shows an example with every export of the event log', () => {
    for (const { name, comment } of exported(read('modules/event-log.d.ts'))) {
      if (name.endsWith('Methods')) continue;
      assert.ok(comment.includes('@example'), `${name} has no example`);
    }
  });

  it('hands no `any` to users', () => {
    for (const file of ['index', ...Object.keys(modules).map(fileOf)]) {
      const code = read(`modules/${file}.d.ts`).replace(/\/\*\*(?:[^*]|\*(?!\/))*\*\//g, '').replace(/\/\/.*$/gm, '');
      assert.doesNotMatch(code, /\bany\b/, file);
    }
  });

  it('lists every module', () => {
    const index = read('docs/api/README.md');
    for (const module of Object.keys(modules)) assert.ok(index.includes(`[${module}](${fileOf(module)}.md)`), module);
  });
});
