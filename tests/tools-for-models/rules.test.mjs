// What the rules of the tables say of parameters.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES } from '../definitions/recording-session.mjs';

const { broken } = await import(new URL('tools/rules.js', SOURCES).href);

const blank = "The 'a' parameter must not be blank.";
const relative = (path) => `The 'a' parameter must be an absolute path; this one is relative: ${path}`;
const length = "The 'a' parameter must have 2 to 4 characters";

describe('a parameter', () => {
  for (const [rule, value, wrong] of [
    [['filled'], undefined, blank],
    [['filled'], '', blank],
    [['filled'], ' \n', blank],
    [['filled'], ' a', null],
    [['filled'], 7, null],
    [['filled'], {}, null],
    [['filled', 'say what'], ' ', 'say what'],
    [['given'], undefined, "The 'a' parameter must be given."],
    [['given'], null, "The 'a' parameter must be given."],
    [['given'], '', null],
    [['some'], undefined, "The 'a' parameter must not be empty."],
    [['some'], null, "The 'a' parameter must not be empty."],
    [['some'], [], "The 'a' parameter must not be empty."],
    [['some'], [undefined], null],
    [['absolute'], '/a', null],
    [['absolute'], 'C:\\a', null],
    [['absolute'], 'a/b', relative('a/b')],
    [['absoluteOrBlank'], undefined, null],
    [['absoluteOrBlank'], ' ', null],
    [['absoluteOrBlank'], '/a', null],
    [['absoluteOrBlank'], 'a', relative('a')],
    [['above', 0], undefined, null],
    [['above', 0], null, "The 'a' parameter must be above 0"],
    [['above', 0], 0, "The 'a' parameter must be above 0"],
    [['above', 0], 1, null],
    [['least', 1], undefined, null],
    [['least', 1], null, "The 'a' parameter must be at least 1"],
    [['least', 1], 0, "The 'a' parameter must be at least 1"],
    [['least', 1], 1, null],
    [['length', 2, 4], undefined, null],
    [['length', 2, 4], null, null],
    [['length', 2, 4], 'a', length],
    [['length', 2, 4], 'ab', null],
    [['length', 2, 4], 'abcd', null],
    [['length', 2, 4], 'abcde', length],
    [['number'], 7, null],
    [['number'], '7', "The 'a' parameter must be a number, not string"],
    [['number'], undefined, "The 'a' parameter must be a number, not undefined"],
    [['object'], {}, null],
    [['object'], null, "The 'a' parameter must be an object, not null"],
    [['object'], undefined, "The 'a' parameter must be an object, not undefined"],
    [['object'], 'text', "The 'a' parameter must be an object, not string"],
    [['objectOrNone'], undefined, null],
    [['objectOrNone'], {}, null],
    [['objectOrNone'], 'text', "The 'a' parameter, when given, must be an object, not string"],
    [['members'], { b: 1 }, null],
    [['members'], {}, "The 'a' parameter must have at least one member to change."],
    [['differ', 'other'], 'b', null],
    [['differ', 'other'], 'same', "'a' and 'other' are the same; they have to differ."],
    [['any', 'b', 'c'], 1, null],
    [['any', 'b', 'c'], undefined, 'Give at least one of these to change: a, b, c.'],
    [['any', 'b', 'other'], undefined, null],
    [['regex'], 'a+', null],
    [['regex'], '(', 'Invalid regex pattern: Invalid regular expression: /(/: Unterminated group'],
  ]) {
    const [name, ...rest] = rule;
    it(`by ${rule.join(' ')}: ${JSON.stringify(value)} ${wrong ? 'is refused' : 'passes'}`, () => {
      assert.equal(broken([[name, 'a', ...rest]], { a: value, other: 'same' }), wrong);
    });
  }

  it('may be one within another, which need not be there', () => {
    assert.equal(broken([['filled', 'a.b']], { a: { b: 'c' } }), null);
    for (const a of [{}, null, undefined]) assert.equal(broken([['filled', 'a.b']], { a }), "The 'a.b' parameter must not be blank.");
  });

  it('is refused for the first rule that it breaks, and for none where there is no rule', () => {
    assert.equal(broken([['given', 'a'], ['filled', 'b'], ['filled', 'c']], { a: 1 }), "The 'b' parameter must not be blank.");
    assert.equal(broken([], {}), null);
    assert.equal(broken(undefined, {}), null);
  });
});
