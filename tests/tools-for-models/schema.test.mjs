// What is said of parameters that do not fit a tool's schema, and what counts as fitting.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES } from '../definitions/recording-session.mjs';

const { check } = await import(new URL('tools/schema-check.js', SOURCES).href);
const { count, each, excerpt, given, isList, json, line, lines, listOf, size, textOf } = await import(new URL('tools/words.js', SOURCES).href);

const object = (properties, required) => ({ type: 'object', properties, required });
const N = { type: 'number', minimum: 1, maximum: 9 };
const S = { type: 'string', minLength: 2, maxLength: 3 };

describe('a value', () => {
  for (const [schema, value, wrong] of [
    [object({}, ['a']), {}, 'Missing required field: a'],
    [object({}, ['a']), 'text', 'Missing required field: a'],
    [object({}, ['a']), null, 'Missing required field: a'],
    [object({}, ['a']), { a: undefined }, null],
    [object({ a: N }), { b: 'x' }, null],
    [object({ a: N }), { a: 'x' }, "Property 'a': Expected number, got string"],
    [object({ a: N }), { a: '7' }, null],
    [object({ a: N }), { a: '10' }, "Property 'a': Value must be <= 9"],
    [object({ a: S }), { a: '7' }, "Property 'a': String length must be >= 2"],
    [object({ a: { type: 'array', items: N } }), { a: '[1,2]' }, null],
    [object({ a: { type: 'array', items: N } }), { a: [1, 0] }, "Property 'a': Array item [1]: Value must be >= 1"],
    [object({ a: N }), [1], null],
    [object({ length: N }), Array(10), null],
    [object({ a: N }), null, null],
    [object({ a: { type: 'array' } }), { a: [7] }, null],
    [object({}), 'text', 'Expected object, got string'],
    [{ type: 'array' }, {}, 'Expected array, got object'],
    [{ type: 'array' }, [], null],
    [{ type: 'boolean' }, 'true', 'Expected boolean, got string'],
    [{ type: 'number' }, null, null],
    [{ type: 'number' }, undefined, null],
    [{ type: 'unheard of' }, 1, null],
    [{}, 1, null],
    [{ enum: ['a', 'b'] }, 'c', 'The value is not one of these: a, b'],
    [{ enum: ['a', 'b'] }, 'b', null],
    [N, 0, 'Value must be >= 1'],
    [N, 1, null],
    [N, 9, null],
    [N, 10, 'Value must be <= 9'],
    [S, 'a', 'String length must be >= 2'],
    [S, 'ab', null],
    [S, 'abc', null],
    [S, 'abcd', 'String length must be <= 3'],
    [{ minimum: 5, minLength: 5 }, 'abcde', null],
    [{ minimum: 5, maximum: 6 }, '3', null],
    [{ minimum: 5 }, null, null],
    [{ minLength: 5 }, [1], null],
    [{ maximum: 5 }, -7, null],
    [{ minimum: 5 }, 7, null],
    [{ minLength: 1 }, 'a', null],
    [{ maxLength: 1 }, '', null],
    [{ minimum: 5, minLength: 9 }, 5, null],
  ]) {
    it(`${JSON.stringify(value)} for ${JSON.stringify(schema)}: ${wrong ?? 'fits'}`, () => assert.equal(check(schema, value), wrong));
  }
});

describe('the words of results', () => {
  it('give bytes in the largest unit of which there is one', () => {
    const sizes = [0, 1023, 1024, 1536, 1024 ** 2, 1024 ** 3, 1024 ** 4].map(size);
    assert.deepEqual(sizes, ['0.0 B', '1023.0 B', '1.0 KB', '1.5 KB', '1.0 MB', '1.0 GB', '1024.0 GB']);
  });

  it('give the first 200 characters, and say that there are more', () => {
    assert.equal(excerpt('x'.repeat(200)), 'x'.repeat(200));
    assert.equal(excerpt('x'.repeat(201)), `${'x'.repeat(200)}...`);
    assert.deepEqual([excerpt({ a: 1 }), excerpt(undefined)], ['{"a":1}', 'undefined']);
  });

  it('give JSON in lines or in one, and what they are asked of a value', () => {
    assert.deepEqual([json({ a: [] }), line({ a: [] }), json(undefined)], ['{\n  "a": []\n}', '{"a":[]}', undefined]);
    assert.deepEqual([lines('a'), lines('a\nb\n')], [1, 3]);
    assert.deepEqual([undefined, null, 0].map(given), [false, true, true]);
    assert.deepEqual([[], {}, 'a'].map(isList), [true, false, false]);
    assert.deepEqual([each([1, 2], (item) => item + 1, ', '), each(undefined, String, ', ')], ['2, 3', '']);
  });

  it('take what is missing for empty, and say what stands where a list or a text is wanted', () => {
    assert.deepEqual([listOf(undefined), listOf([1]), textOf(null), textOf('a'), count(undefined), count([1, 2])], [[], [1], '', 'a', 0, 2]);
    assert.throws(() => listOf({}), { name: 'TypeError', message: 'the host\'s reply has an object where a list is wanted' });
    assert.throws(() => listOf('a'), { message: 'the host\'s reply has a string where a list is wanted' });
    assert.throws(() => textOf(7), { name: 'TypeError', message: 'the host\'s reply has a number where a text is wanted' });
  });
});
