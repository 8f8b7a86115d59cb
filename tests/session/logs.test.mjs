// What is written into logs: when the environment asks for it, without secrets, and not longer than one can read.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';

const SOURCES = pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`);
const { logSocket } = await import(new URL('platform/frame-log.js', SOURCES).href);
const { environmentLog } = await import(new URL('platform/environment-log.js', SOURCES).href);

describe('the log of frames', () => {
  /** A socket as `ws` has it, or one without events, and what its log says. */
  const logged = (url, hasEvents = true) => {
    const lines = [];
    const listeners = [];
    const sent = [];
    const socket = { send: (data) => sent.push(data) };
    if (hasEvents) socket.addEventListener = (name, listener) => listeners.push([name, listener]);
    assert.equal(logSocket(socket, url, (text, details) => lines.push([text, details])), socket);
    return { lines, socket, sent, receive: (data) => listeners.forEach(([name, listener]) => name === 'message' && listener({ data })) };
  };

  for (const [url, shown] of [
    ['ws://host:1/codebolt?agentId=a&token=b', 'ws://host:1/codebolt?agentId=…&token=…'],
    ['ws://me:secret@host/path', 'ws://…@host/path'],
    ['ws://me@host', 'ws://…@host'],
    ['ws://host/a@b', 'ws://host/a@b'],
    ['ws://host/?a', 'ws://host/?a'],
    ['ws://host/a=b', 'ws://host/a=b'],
  ]) {
    it(`shows ${url} as ${shown}`, () => assert.deepEqual(logged(url).lines, [['connecting', shown]]));
  }

  it('shows what goes and what comes, which is the same as without it', () => {
    const { lines, socket, sent, receive } = logged('ws://host');
    const bytes = new Uint8Array(3);
    socket.send('{"a":1}');
    socket.send(bytes);
    receive('{"b":2}');
    assert.deepEqual(sent, ['{"a":1}', bytes]);
    assert.deepEqual(lines.slice(1), [['sent', '{"a":1}'], ['sent', bytes], ['received', '{"b":2}']]);
  });

  it('shows what goes through a socket that has no events', () => {
    const { lines, socket } = logged('ws://host', false);
    socket.send('a');
    assert.deepEqual(lines.at(-1), ['sent', 'a']);
  });

  it('leaves out the texts of members that are secrets by their names', () => {
    const { lines, receive } = logged('ws://host');
    for (const name of ['token', 'accessToken', 'client_secret', 'PASSWORD', 'api_key', 'apiKey', 'Authorization', 'credentials']) {
      receive(`{"${name}" : "a\\"b","next":"c"}`);
      assert.deepEqual(lines.at(-1), ['received', `{"${name}" : "…","next":"c"}`]);
    }
    receive('{"tokens":7,"name":"token"}');
    assert.equal(lines.at(-1)[1], '{"tokens":7,"name":"token"}');
  });

  it('shows 2,000 characters, and how many there are; a secret that is cut stays one', () => {
    const { lines, receive } = logged('ws://host');
    receive('x'.repeat(2000));
    assert.equal(lines.at(-1)[1], 'x'.repeat(2000));
    receive('x'.repeat(2001));
    assert.equal(lines.at(-1)[1], `${'x'.repeat(2000)}… (2001 characters)`);
    receive(`{"token":"${'s'.repeat(3000)}"}`);
    assert.equal(lines.at(-1)[1], '{"token":"…… (3012 characters)');
    receive(`{"token":"${'s'.repeat(1989)}\\""}`);
    assert.equal(lines.at(-1)[1], '{"token":"…… (2003 characters)', 'between a backslash and what it stands for');
  });
});

describe('the log of the environment', () => {
  const withEnvironment = (environment, work) => {
    const kept = { ...process.env };
    for (const name of ['CODEBOLT_LOG', 'DEBUG']) delete process.env[name];
    Object.assign(process.env, environment);
    try {
      return work();
    } finally {
      for (const name of ['CODEBOLT_LOG', 'DEBUG']) delete process.env[name];
      Object.assign(process.env, kept);
    }
  };

  for (const [environment, level] of [
    [{}, undefined],
    [{ CODEBOLT_LOG: '' }, undefined],
    [{ CODEBOLT_LOG: 'loud' }, undefined],
    [{ CODEBOLT_LOG: 'error' }, 'error'],
    [{ CODEBOLT_LOG: 'warn', DEBUG: '*' }, 'warn'],
    [{ DEBUG: '*' }, 'debug'],
    [{ DEBUG: 'express codebolt:frames' }, 'debug'],
    [{ DEBUG: 'codebolt-host' }, undefined],
    [{ DEBUG: 'mycodebolt' }, undefined],
  ]) {
    it(`${JSON.stringify(environment)} asks for ${level ?? 'none'}`, () => assert.equal(withEnvironment(environment, environmentLog)?.level, level));
  }

  it('has what is at its level or above', (context) => {
    const error = context.mock.method(console, 'error', () => {});
    const { write } = withEnvironment({ CODEBOLT_LOG: 'warn' }, environmentLog);
    for (const level of ['debug', 'info', 'warn', 'error']) write(level, 'text', level);
    assert.deepEqual(error.mock.calls.map(({ arguments: said }) => said), [['codebolt warn: text', 'warn'], ['codebolt error: text', 'error']]);
  });
});

describe('the exit message', () => {
  const ended = (code) => runChild(`import { exitMessage } from ${JSON.stringify(new URL('platform/exit-message.js', SOURCES).href)}; ${code}`);

  it('is said for at most 16 instances, and the program ends with a code that is not 0', async () => {
    const { code, stderr } = await ended('for (let number = 1; number <= 20; number++) exitMessage(`no ${number}`);');
    assert.equal(code, 1);
    assert.deepEqual(stderr.trim().split('\n'), Array.from({ length: 16 }, (_, index) => `codebolt: no ${index + 1}`));
  });

  it('without a text is the code alone, and keeps one that the program has set', async () => {
    assert.deepEqual(await ended("exitMessage('');").then(({ code, stderr }) => [code, stderr]), [1, '']);
    assert.equal((await ended("process.exitCode = 3; exitMessage('');")).code, 3);
  });

  it('is taken back, and none is left', async () => {
    const { code, stderr } = await ended("const back = exitMessage('a'); back(); back();");
    assert.deepEqual([code, stderr], [0, '']);
  });
});
