// Paths of the host's machine, which may run Windows while this one does not.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES } from '../definitions/recording-session.mjs';

const { baseName, folderOf, isAbsolute, shortened } = await import(new URL('tools/paths.js', SOURCES).href);

describe('a path', () => {
  for (const [path, name, folder, absolute = true] of [
    ['/w/a.txt', 'a.txt', '/w'],
    ['/a', 'a', '/'],
    ['/w//a', 'a', '/w'],
    ['//a', 'a', '/'],
    ['/w/a/', 'a', '/w'],
    ['/w/a//', 'a', '/w'],
    ['/w/a\\b', 'a\\b', '/w'],
    ['C:\\w\\a.txt', 'a.txt', 'C:\\w'],
    ['c:/w/a.txt', 'a.txt', 'c:/w'],
    ['C:\\a', 'a', 'C:\\'],
    ['C:\\w\\a\\', 'a', 'C:\\w'],
    ['\\\\server\\share\\a', 'a', '\\\\server\\share'],
    ['w/a', 'a', 'w', false],
    ['a', 'a', '', false],
    ['', '', '', false],
    ['C:a', 'C:a', '', false],
    ['w\\\\a', 'w\\\\a', '', false],
    ['xc:/a', 'a', 'xc:', false],
  ]) {
    it(`has a name and a folder, and is absolute or not: ${path}`, () => {
      assert.deepEqual([baseName(path), folderOf(path), isAbsolute(path)], [name, folder, absolute]);
    });
  }

  const x = (count) => 'x'.repeat(count);
  for (const [what, path, shown] of [
    ['of 50 characters is whole', `/${x(46)}/ab`, `/${x(46)}/ab`],
    ['of 51 characters is not', `/${x(47)}/ab`, '.../ab'],
    ['keeps the folders that fit', `/${x(10)}/${x(25)}/${x(20)}`, `.../${x(25)}/${x(20)}`],
    ['loses the one that would make it 51', `/${x(10)}/${x(26)}/${x(20)}`, `.../${x(20)}`],
    ['keeps a name of 46 characters', `/folder/${x(46)}`, `.../${x(46)}`],
    ['keeps a name of 47', `/folder/${x(47)}`, `...${x(47)}`],
    ['keeps the end of a longer name', `/folder/${x(40)}${'y'.repeat(20)}`, `...${x(27)}${'y'.repeat(20)}`],
    ['shows a separator once', `/${x(50)}//deep//a.ts`, '.../deep/a.ts'],
    ['of Windows has its separator', `C:\\${x(50)}\\deep\\a.ts`, '...\\deep\\a.ts'],
  ]) {
    it(`for people ${what}`, () => {
      assert.equal(shortened(path), shown);
      assert.ok(shown.length <= 50);
    });
  }
});
