// What a session asks of its platform, and what it does where that cannot give it. The platform is staged; the module is the package's.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';
import { answer, failure, startHost } from './misbehaving-host.mjs';

const SOURCES = pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`);
const { Session } = await import(new URL('session/session.js', SOURCES).href);
const { CodeboltError } = await import(new URL('error.js', SOURCES).href);
const { Client, initSync } = await import(new URL('codebolt_wasm.js', SOURCES).href);

const frame = (type) => [`{"type":"${type}","requestId":"`, '"}'];
/** A platform that has nothing but what it must have. */
const plain = (load) => ({ load, report: (error) => assert.fail(error) });

describe('the platform of a session', () => {
  it('needs neither channels nor an environment', async () => {
    initSync({ module: readFileSync(new URL('codebolt_wasm_bg.wasm', SOURCES)) });
    const host = await startHost({ onFrame: answer });
    const session = new Session(plain(() => ({ Client })), { connection: { url: host.url }, ownSocket: (url) => new WebSocket(url) });
    for (const type of ['first', 'second']) assert.equal((await session.ask({ type }, frame(type))).success, true);
    await session.close(0);
  });

  it('needs no exit message: one that cannot load the module refuses a message', async () => {
    const error = new CodeboltError('LOAD_FAILED', 'not today');
    const session = new Session(plain(() => Promise.reject(error)));
    assert.equal(await failure(session.tell(frame('x'))), error);
  });

  it('gets the time to load in: as long as a connection may take, ten seconds where nothing is said', async () => {
    const times = [];
    for (const connectTimeout of [undefined, 5, 0]) {
      const session = new Session(plain((time) => (times.push(time), Promise.reject(new Error('own')))), { connection: { connectTimeout } });
      assert.equal((await failure(session.waitForReady())).message, 'own');
    }
    assert.deepEqual(times, [10_000, 5, 0]);
  });

  for (const [what, thrown, becomes] of [
    ['a text is a wrong argument', "option 'x'", { code: 'INVALID_ARGUMENT', message: "option 'x'" }],
    ['an error is itself', new RangeError('no memory'), { name: 'RangeError', message: 'no memory' }],
  ]) {
    it(`loads a module that may throw: ${what}`, async () => {
      class Throwing {
        constructor() {
          throw thrown;
        }
      }
      await assert.rejects(new Session(plain(() => ({ Client: Throwing }))).waitForReady(), becomes);
    });
  }
});

describe('close()', () => {
  it('loads nothing where nothing was loaded', async () => {
    let loads = 0;
    await new Session(plain(() => (loads++, Promise.reject(new Error('own'))))).close(0);
    assert.equal(loads, 0);
  });

  it('resolves once a module that was being loaded could not be', async () => {
    let fail;
    const session = new Session(plain(() => new Promise((_, reject) => (fail = reject))));
    const call = failure(session.waitForReady());
    const closed = session.close(0);
    fail(new Error('own'));
    assert.equal(await closed, undefined);
    assert.equal((await call).message, 'own');
  });
});

describe('a message', () => {
  it('that is none of a user’s leaves the last of those', () => {
    const session = new Session(plain());
    session.deliver({ type: 'messageResponse', message: { userMessage: 'a' } });
    session.deliver({ type: 'other', message: { userMessage: 'b' } });
    assert.equal(session.lastUserMessage.userMessage, 'a');
  });

  it('that is kept is not told as lost', () => {
    const session = new Session(plain());
    session.on('messagesLost', ({ count }) => assert.fail(`${count} lost`));
    session.deliver({ type: 'other' });
  });
});
