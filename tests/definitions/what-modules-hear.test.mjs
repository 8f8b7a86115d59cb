// Listeners of modules hear their own messages, and no others that look like them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ID, modules, recordingSession } from './recording-session.mjs';

describe('what modules hear', () => {
  it('chat.processStarted: stops alone', () => {
    const session = recordingSession();
    const stops = [];
    modules.chat(session).processStarted(({ n }) => stops.push(n));
    session.arrive({ type: 'stopProcess', n: 1 });
    session.arrive({ type: 'stopProcessClicked', n: 2 });
    assert.deepEqual(stops, [2]);
  });

  it('actionPlan.startTaskStepWithListener: answers about its own step', () => {
    const session = recordingSession();
    const seen = [];
    const end = modules.actionPlan(session).startTaskStepWithListener('p', 't', ({ n }) => seen.push(n));
    session.arrive({ type: 'startTaskStepResponse', taskId: 'other', n: 1 });
    session.arrive({ type: 'otherResponse', taskId: 't', n: 2 });
    session.arrive({ type: 'startTaskStepResponse', taskId: 't', n: 3 });
    end();
    session.arrive({ type: 'startTaskStepResponse', taskId: 't', n: 4 });
    assert.deepEqual(seen, [3]);
    assert.deepEqual(session.frames.map(({ text }) => text), [
      `{"type":"actionPlanEvent","action":"startTaskStep","message":{"planId":"p","taskId":"t"},"requestId":"${ID}"}`,
    ]);
  });

  it('dynamicPanel.onMessage: what its own panel says, until it is taken off or the panel is closed', async () => {
    const session = recordingSession();
    const panel = modules.dynamicPanel(session);
    const seen = [];
    panel.onMessage('p', () => assert.fail('another took its place'));
    panel.onMessage('p', (data) => seen.push(['p', data]));
    panel.onMessage('q', (data) => seen.push(['q', data]));
    const say = (panelId, data) => session.arrive({ type: 'dynamicPanel.message', panelId, data });
    session.arrive({ type: 'dynamicPanel.other', panelId: 'p', data: 0 });
    say('p', 1);
    say('q', 2);
    say('unknown', 3);
    panel.offMessage('p');
    say('p', 4);
    await panel.close('q');
    say('q', 5);
    assert.deepEqual(seen, [['p', 1], ['q', 2]]);
    assert.deepEqual(session.failures, []);
  });

  it('dynamicPanel.open waits for an answer as long as it says, else for five minutes; without one there is no limit of its own', async () => {
    const session = recordingSession();
    const { open } = modules.dynamicPanel(session);
    await open('p', 't', 'h', { waitForResponse: true });
    await open('p', 't', 'h', { waitForResponse: true, timeout: 7 });
    await open('p', 't', 'h', { waitForResponse: true, timeout: 7 }, { timeout: 9 });
    await open('p', 't', 'h', { timeout: 7 });
    await open('p', 't', 'h');
    assert.deepEqual(session.frames.map(({ options }) => options?.timeout), [300_000, 7, 9, undefined, undefined]);
    assert.ok(session.frames.every(({ method }) => method.timeout === 0));
  });

  it('terminal: what a command says, what it fails with and that it ends', () => {
    const session = recordingSession();
    const terminal = modules.terminal(session);
    const stream = terminal.executeCommandWithStream('a');
    const seen = [];
    const types = ['commandOutput', 'commandError', 'commandFinish', 'commandOther'];
    for (const type of types) {
      stream.on(type, (message) => seen.push(message));
      terminal.eventEmitter.on(type, (message) => seen.push(message));
    }
    for (const type of types) session.arrive({ type });
    assert.deepEqual(seen.map(({ type }) => type), types.slice(0, 3).flatMap((type) => [type, type]));
  });

  it('terminal: nothing once all streams are cleaned up, so that others may', async () => {
    const session = recordingSession();
    const terminal = modules.terminal(session);
    const [one, other] = [terminal.executeCommandWithStream('a'), terminal.executeCommandWithStream('b')];
    one.cleanup();
    session.arrive({ type: 'commandOutput', n: 1 });
    other.cleanup();
    other.cleanup();
    session.arrive({ type: 'commandOutput', n: 2 });
    const seen = [];
    session.messages.receive(() => true, ({ n }) => seen.push(n), { atOnce: true });
    assert.deepEqual(seen, [2]);
  });

  it('userMessage: what a message has beside its text, for the switches of its processing', () => {
    for (const [message, wanted] of [
      [{}, []],
      [{ mentionedMCPs: ['a'] }, ['processMentionedMCPs']],
      [{ remixPrompt: 'a' }, ['processRemixPrompt']],
      [{ mentionedFiles: ['a'] }, ['processMentionedFiles']],
      [{ mentionedFullPaths: ['a'] }, ['processMentionedFiles']],
      [{ mentionedAgents: ['a'] }, ['processMentionedAgents']],
    ]) {
      const session = recordingSession();
      const { getProcessingConfig } = modules.userMessage(session);
      getProcessingConfig();
      session.arrive({ type: 'other', message: { mentionedMCPs: ['a'] } });
      assert.deepEqual(getProcessingConfig(), {});
      session.arrive({ type: 'messageResponse', message });
      const switches = ['processMentionedMCPs', 'processRemixPrompt', 'processMentionedFiles', 'processMentionedAgents'];
      assert.deepEqual(getProcessingConfig(), Object.fromEntries(switches.map((name) => [name, wanted.includes(name)])));
    }
  });

  it('a notification without a usable id is not sent, and the console says why', (context) => {
    const error = context.mock.method(console, 'error', () => {});
    const session = recordingSession();
    modules.notify(session).terminal.CommandExecutionRequestNotify('ls', false, false, 5);
    assert.deepEqual(session.frames, []);
    const [text, { code, message }] = error.mock.calls[0].arguments;
    assert.equal(text, 'codebolt: notification not sent:');
    assert.equal(code, 'INVALID_ARGUMENT');
    assert.equal(message, "the notification: argument 'toolUseId': expected a string, got 5");
  });
});
