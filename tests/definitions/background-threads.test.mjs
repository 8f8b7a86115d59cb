// What is kept of agents in threads of their own that nobody asks for, or that report twice.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modules, recordingSession } from './recording-session.mjs';

/** So many completions are kept for those who may come. */
const KEPT = 256;

const completed = (session, threadId, rest) => session.arrive({ type: 'ThreadCompleted', threadId, ...rest });

describe('completions of background threads', () => {
  it('of threads that nobody has registered are kept up to a bound, the newest', () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.getRunningAgentCount();
    for (let number = 0; number <= KEPT; number++) completed(session, `t-${number}`);
    threads.addRunningAgent('t-0', {});
    assert.equal(threads.getRunningAgentCount(), 1, 'its completion is forgotten');
    for (const threadId of ['t-1', `t-${KEPT}`]) threads.addRunningAgent(threadId, {});
    assert.equal(threads.getRunningAgentCount(), 1);
    assert.deepEqual(threads.checkForBackgroundAgentCompletion().map(({ threadId }) => threadId), ['t-1', `t-${KEPT}`]);
  });

  it('are kept for an event queue up to the same bound until there is one, and then without', () => {
    const session = recordingSession();
    modules.backgroundChildThreads(session).getRunningAgentCount();
    for (let number = 0; number <= KEPT; number++) completed(session, `t-${number}`);
    const queue = modules.agentEventQueue(session);
    assert.equal(queue.getPendingExternalEventCount(), KEPT);
    assert.equal(queue.checkForPendingExternalEvent().data.threadId, 't-1');
    for (let number = 0; number < KEPT; number++) completed(session, `u-${number}`);
    assert.equal(queue.getPendingExternalEventCount(), 2 * KEPT - 1);
  });

  it('that came before the module was used are there at once', () => {
    const session = recordingSession();
    session.arrive({ type: 'startThreadResponse', threadId: 't' });
    session.arrive({ type: 'backgroundGroupedAgentCompletion', groupId: 'g' });
    const threads = modules.backgroundChildThreads(session);
    assert.equal(threads.checkForBackgroundAgentCompletion()[0].threadId, 't');
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion().groupId, 'g');
  });

  it('count also where they carry the id of a request that was answered, and no other such message does', () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.addRunningAgent('t', {});
    session.drop({ type: 'createThreadResponse', threadId: 't' });
    assert.equal(threads.getRunningAgentCount(), 1);
    session.drop({ type: 'ThreadCompleted', threadId: 't' });
    assert.equal(threads.getRunningAgentCount(), 0);
    assert.deepEqual(session.failures, []);
  });

  it('of one thread replace each other, and end a registration once', () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.addRunningAgent('t', {});
    completed(session, 't', { n: 1 });
    session.arrive({ type: 'startThreadResponse', threadId: 't', n: 2 });
    session.arrive({ type: 'startThreadResponse', threadId: 'u', n: 3 });
    assert.deepEqual(threads.checkForBackgroundAgentCompletion().map(({ n }) => n), [2, 3]);
    // Its completion was heard already, and does not complete the next registration.
    threads.addRunningAgent('t', {});
    assert.equal(threads.getRunningAgentCount(), 1);
  });

  it('of a group succeed together when none failed, whatever else they say', () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    for (const threadId of ['a', 'b']) threads.addRunningAgent(threadId, {}, 'g');
    completed(session, 'a', { success: true });
    completed(session, 'b');
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion().success, true);
  });

  it('are waited for alone, or with those of groups: by whoever asks first', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    const any = threads.waitForAnyExternalEvent();
    session.arrive({ type: 'backgroundGroupedAgentCompletion', groupId: 'g' });
    assert.deepEqual(await any, { type: 'backgroundGroupedAgentCompletion', data: { type: 'backgroundGroupedAgentCompletion', groupId: 'g' } });
  });
});
