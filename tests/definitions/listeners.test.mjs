/** The members that answer the host: what their handlers get and what goes out, against the recordings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Codebolt } from 'codebolt-wasm';

const recordings = readFileSync(new URL('../recordings/sdk-class-frames.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** The message that the host sent when the recordings were made, for each type; members are named by their values. */
const messages = {
  messageResponse: { message: { userMessage: 'msg:userMessage', messageId: 'mid', activeFile: 'af' } },
  actionBlockInvocation: {
    threadContext: { tc: 1 },
    params: { pp: 1 },
    sideExecutionId: 'sid',
    threadId: 'tid',
    parentAgentId: 'pa',
    parentAgentInstanceId: 'pai',
    timestamp: 'ts',
  },
  providerHeartbeatRequest: { providerId: 'prov', timestamp: 'ts' },
  environmentHeartbeat: { environmentId: 'env', providerId: 'prov', timestamp: 'ts' },
  environmentRestartRequest: { environmentId: 'env', providerId: 'prov' },
};
const members = ['path', 'content', 'oldPath', 'newPath', 'sourcePath', 'destinationPath', 'userMessage', 'pluginId'];
const standard = Object.fromEntries(members.map((name) => [name, `top:${name}`]));

const results = {
  value: { status: 'st', remoteExecutorStatus: 'res', connectedEnvironments: ['e'], success: false, message: 'm' },
  text: 'text',
  null: null,
  false: false,
  nothing: undefined,
};

/** A socket that records what goes out and says what it is told to. */
class FakeSocket {
  readyState = 0;
  bufferedAmount = 0;
  sent = [];
  constructor() {
    FakeSocket.last = this;
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.({});
    });
  }
  send(text) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.({ code: 1000, reason: '' }));
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Replaces what differs from run to run by the names that the recordings use. */
const neutral = (text) => {
  const frame = JSON.parse(text);
  if (frame.requestId) frame.requestId = '<id>';
  if (/^\d{4}-\d\d-\d\dT/.test(frame.timestamp)) frame.timestamp = '<now>';
  return frame;
};

/** What the recordings call absent is undefined with us. */
const asRecorded = (value, message) =>
  JSON.parse(JSON.stringify(value, (_, member) => (member === undefined ? '<absent>' : member === message ? '<whole message>' : member)));

test('the recordings are all there', () => assert.ok(recordings.length > 100));

for (const [number, recording] of recordings.entries()) {
  const { member, listensFor, handler: kind } = recording;
  test(`line ${number + 1}: ${member}${kind ? `, handler: ${kind}` : ''}`, async () => {
    const codebolt = new Codebolt({ webSocket: FakeSocket });
    codebolt.on('listenerError', () => {});
    await codebolt.waitForReady();
    const message = { type: listensFor, ...(messages[listensFor] ?? standard) };
    let given;
    if (listensFor) {
      codebolt[member]((...values) => {
        given = values;
        if (kind === 'throws Error') throw new Error('handler text');
        if (kind === 'throws other') throw 'no error';
        assert.ok(kind in results, kind);
        return results[kind];
      });
      FakeSocket.last.onmessage({ data: JSON.stringify(message) });
    } else {
      codebolt[member]({ providerId: 'p', environmentId: 'p', status: 's', connectedEnvironments: [] });
    }
    await settled();
    assert.deepEqual(FakeSocket.last.sent.map(neutral), recording.frames);
    assert.deepEqual(FakeSocket.last.sent.map((text) => Object.keys(JSON.parse(text))), recording.keys ?? []);
    if (recording.handlerArgs && member !== 'onMessage') {
      const expected = recording.handlerArgs.map((value) => (value === '<whole message>' ? message : value));
      assert.deepEqual(asRecorded(given, undefined), expected);
    }
    await codebolt.close();
  });
}

test('a listener that comes late gets the messages that came before it', async () => {
  const codebolt = new Codebolt({ webSocket: FakeSocket });
  await codebolt.waitForReady();
  FakeSocket.last.onmessage({ data: '{"type":"providerReadFile","path":"early"}' });
  await settled();
  const paths = [];
  codebolt.onReadFile((path) => void paths.push(path));
  await settled();
  assert.deepEqual(paths, ['early']);
  await codebolt.close();
});

test('an unsubscribed listener answers no more', async () => {
  const codebolt = new Codebolt({ webSocket: FakeSocket });
  await codebolt.waitForReady();
  const unsubscribe = codebolt.onCloseSignal(() => 'bye');
  unsubscribe();
  FakeSocket.last.onmessage({ data: '{"type":"closeSignal"}' });
  await settled();
  assert.deepEqual(FakeSocket.last.sent, []);
  await codebolt.close();
});
