/** The members that answer the host: what their handlers get and what goes out, against the recordings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TestHost } from 'codebolt-wasm-testing';
import { SOURCES } from './recording-session.mjs';

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
const members = ['path', 'content', 'oldPath', 'newPath', 'sourcePath', 'destinationPath', 'userMessage', 'pluginId', 'pluginDir', 'manifest'];
const standard = Object.fromEntries(members.map((name) => [name, `top:${name}`]));

/**
 * What every handler is called with, given those messages. The recordings have it for some, and calls without a frame in
 * return show in no recorded frame: a handler that is never called sends nothing either.
 */
const pathAlone = ['top:path'];
const given = {
  onActionBlockInvocation: [
    { tc: 1, params: { pp: 1 } },
    { sideExecutionId: 'sid', threadId: 'tid', parentAgentId: 'pa', parentAgentInstanceId: 'pai', timestamp: 'ts' },
  ],
  onProviderStart: [{ type: 'providerStart', ...standard }],
  onPluginStart: [{ pluginId: 'top:pluginId', pluginDir: 'top:pluginDir', manifest: 'top:manifest' }],
  onPluginStop: [],
  onProviderAgentStart: ['top:userMessage'],
  onProviderStop: [{ type: 'providerStop', ...standard }],
  onGetDiffFiles: [],
  onReadFile: pathAlone,
  onWriteFile: ['top:path', 'top:content'],
  onDeleteFile: pathAlone,
  onDeleteFolder: pathAlone,
  onRenameItem: ['top:oldPath', 'top:newPath'],
  onCreateFolder: pathAlone,
  onCopyFile: ['top:sourcePath', 'top:destinationPath'],
  onCopyFolder: ['top:sourcePath', 'top:destinationPath'],
  onGetFullProject: [],
  onCloseSignal: [],
  onCreatePatchRequest: [],
  onCreatePullRequestRequest: [],
  onMergeAsPatch: [],
  onSendPR: [],
  onGetTreeChildren: pathAlone,
  onProviderHeartbeatRequest: [{ providerId: 'prov', timestamp: 'ts' }],
  onEnvironmentHeartbeatRequest: [{ environmentId: 'env', providerId: 'prov', timestamp: 'ts' }],
  onEnvironmentRestartRequest: [{ environmentId: 'env', providerId: 'prov' }],
};

const results = {
  value: { status: 'st', remoteExecutorStatus: 'res', connectedEnvironments: ['e'], success: false, message: 'm' },
  text: 'text',
  null: null,
  false: false,
  nothing: undefined,
};

/** A host, and a client that is connected to it. */
const connected = async () => {
  const host = await TestHost.start();
  const codebolt = host.connect();
  await codebolt.waitForReady();
  return { host, codebolt };
};
const framesOn = (host) => host.requests().map(({ frame }) => frame);

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Replaces what differs from run to run by the names that the recordings use. */
const neutral = (frame) => ({
  ...frame,
  ...(frame.requestId && { requestId: '<id>' }),
  ...(/^\d{4}-\d\d-\d\dT/.test(frame.timestamp) && { timestamp: '<now>' }),
});

/** What the recordings call absent is undefined with us. */
const asRecorded = (value, message) =>
  JSON.parse(JSON.stringify(value, (_, member) => (member === undefined ? '<absent>' : member === message ? '<whole message>' : member)));

test('the recordings are all there', () => assert.ok(recordings.length > 100));

test('each listener has recordings of its own, and arguments to compare with', async () => {
  const { listeners } = await import(new URL('modules/listeners.js', SOURCES).href);
  assert.deepEqual(Object.keys(listeners).sort(), Object.keys(given).sort());
  for (const member of Object.keys(listeners)) {
    const rows = recordings.filter((recording) => recording.member === member);
    assert.ok(rows.length > 0, member);
    assert.deepEqual([...new Set(rows.map(({ listensFor }) => listensFor))], [listeners[member].type]);
    assert.ok(rows.every(({ calls }) => calls === 1), member);
  }
});

for (const [number, recording] of recordings.entries()) {
  const { member, listensFor, handler: kind } = recording;
  test(`line ${number + 1}: ${member}${kind ? `, handler: ${kind}` : ''}`, async () => {
    const { host, codebolt } = await connected();
    codebolt.on('listenerError', () => {});
    const message = { type: listensFor, ...(messages[listensFor] ?? standard) };
    const calls = [];
    if (listensFor) {
      codebolt[member]((...values) => {
        calls.push(values);
        if (kind === 'throws Error') throw new Error('handler text');
        if (kind === 'throws other') throw 'no error';
        assert.ok(kind in results, kind);
        return results[kind];
      });
      await host.send(message);
    } else {
      codebolt[member]({ providerId: 'p', environmentId: 'p', status: 's', connectedEnvironments: [] });
    }
    await settled();
    assert.deepEqual(framesOn(host).map(neutral), recording.frames);
    assert.deepEqual(framesOn(host).map((frame) => Object.keys(frame)), recording.keys ?? []);
    if (listensFor) {
      assert.equal(calls.length, recording.calls);
      if (member in given) assert.deepEqual(calls[0], given[member]);
      if (recording.handlerArgs && member !== 'onMessage') {
        const expected = recording.handlerArgs.map((value) => (value === '<whole message>' ? message : value));
        assert.deepEqual(asRecorded(calls[0], undefined), expected);
      }
    }
    await host.close();
  });
}

test('onMessage hands the flat message and the environment to its handler, once', async () => {
  const { host, codebolt } = await connected();
  const calls = [];
  codebolt.onMessage((...values) => void calls.push(values));
  await host.send({ type: 'messageResponse', message: { userMessage: 'hi', threadId: 't' } });
  await settled();
  assert.equal(calls.length, 1);
  assert.equal(calls[0][0].userMessage, 'hi');
  assert.equal(calls[0][0].threadId, 't');
  assert.deepEqual(calls[0][0].mentionedFiles, []);
  assert.equal(calls[0][1], process.env);
  await host.close();
});

test('onRawMessage and on(message) hand over the whole message, once', async () => {
  const { host, codebolt } = await connected();
  const calls = [];
  codebolt.onRawMessage((...values) => void calls.push(values));
  codebolt.on('message', (...values) => void calls.push(values));
  const message = { type: 'somethingElse', a: 1 };
  await host.send(message);
  await settled();
  assert.deepEqual(calls, [[message], [message]]);
  await host.close();
});

test('onRawMessage gets no messages that a module takes, and those of panels until a panel has a handler', async () => {
  const { host, codebolt } = await connected();
  const raw = [];
  const requests = [];
  const panel = [];
  codebolt.onRawMessage(({ type, n }) => raw.push([type, n]));
  codebolt.chat.setRequestHandler(({ type, n }) => requests.push([type, n]));
  const arrive = async (message) => {
    await host.send(message);
    await settled();
  };
  const taken = ['steeringMessage', 'agentEvent', 'startThreadResponse', 'ThreadCompleted', 'backgroundGroupedAgentCompletion'];
  for (const type of taken) await arrive({ type });
  codebolt.dynamicPanel.offMessage('p');
  await arrive({ type: 'dynamicPanel.message', panelId: 'p', n: 1 });
  codebolt.dynamicPanel.onMessage('p', (data) => panel.push(data));
  await arrive({ type: 'dynamicPanel.message', panelId: 'p', data: 'for p', n: 2 });
  await arrive({ type: 'dynamicPanel.message', panelId: 'q', n: 3 });
  await arrive({ type: 'messageResponse', message: { userMessage: 'u' } });
  assert.deepEqual(raw, [['dynamicPanel.message', 1]]);
  assert.deepEqual(requests, [['dynamicPanel.message', 1], ['messageResponse', undefined]]);
  assert.deepEqual(panel, ['for p']);
  await host.close();
});

test('a status that is there but empty is answered', async () => {
  const { host, codebolt } = await connected();
  codebolt.onEnvironmentHeartbeatRequest(() => ({ status: '' }));
  await host.send({ type: 'environmentHeartbeat', environmentId: 'e' });
  await settled();
  assert.deepEqual(framesOn(host).map(({ status }) => status), ['']);
  await host.close();
});

test('a listener that comes late gets the messages that came before it', async () => {
  const { host, codebolt } = await connected();
  await host.send({ type: 'providerReadFile', path: 'early' });
  await settled();
  const paths = [];
  codebolt.onReadFile((path) => void paths.push(path));
  await settled();
  assert.deepEqual(paths, ['early']);
  await host.close();
});

test('an unsubscribed listener answers no more', async () => {
  const { host, codebolt } = await connected();
  const unsubscribe = codebolt.onCloseSignal(() => 'bye');
  unsubscribe();
  await host.send({ type: 'closeSignal' });
  await settled();
  assert.deepEqual(framesOn(host), []);
  await host.close();
});
