// Which replies the tables of tools take for failures, and the reasons that they find in them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES } from '../definitions/recording-session.mjs';

const verdict = await import(new URL('tools/verdict.js', SOURCES).href);

const REPLIES = {
  'says that it went well': { success: true },
  'says that it did not': { success: false },
  'says nothing': {},
  'is a command’s failure': { type: 'commandError', success: true },
  'has an error': { success: true, error: 'no' },
};
const FAILURES = {
  unlessSuccess: ['says that it did not', 'says nothing'],
  ifRefused: ['says that it did not'],
  ifFalse: ['says that it did not'],
  commandFailed: ['is a command’s failure', 'has an error'],
};

describe('a reply', () => {
  for (const [name, failures] of Object.entries(FAILURES)) {
    for (const [what, reply] of Object.entries(REPLIES)) {
      const isFailure = failures.includes(what);
      it(`that ${what} is ${isFailure ? 'a' : 'no'} failure by ${name}`, () => assert.equal(verdict[name](reply), isFailure));
    }
  }

  const all = { error: { message: 'of the error' }, message: 'of the reply' };
  const plain = { error: 'plain', message: 'of the reply' };
  const bare = { message: 'of the reply' };
  for (const [name, ...wanted] of [
    ['text', 'of the error', 'plain', undefined],
    ['messageOfError', 'of the error', undefined, undefined],
    ['raw', all.error, 'plain', undefined],
    ['any', all.error, 'plain', 'of the reply'],
    ['message', 'of the reply', 'of the reply', 'of the reply'],
    ['none', undefined, undefined, undefined],
  ]) {
    it(`has its reason found by ${name}`, () => assert.deepEqual([all, plain, bare].map(verdict[name]), wanted));
  }
});
