// Custom methods that keep or wait for events: the queue of agents, and background threads.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { later, messages, recorded, texts } from './custom-sessions.mjs';
import { modules, recordingSession } from './recording-session.mjs';

describe('agentEventQueue', () => {
  const events = [{ eventId: 'evt-1' }, { eventId: 'evt-2' }];
  const answer = ({ type }) =>
    type === 'agentEventQueue.getPendingEvents' ? { success: true, data: { events } } : { success: true };

  for (const [name, args] of [
    ['all', [1001]],
    ['required', []],
  ]) {
    it(`fetches waiting events and acknowledges each, as recorded: ${name}`, async () => {
      const session = recordingSession(answer);
      assert.deepEqual(await modules.agentEventQueue(session).getPendingQueueEvents(...args), events);
      assert.deepEqual(texts(session), recorded('getPendingQueueEvents', name));
    });
  }

  it('takes cached events before it asks the host, and drops them once they are acknowledged', async () => {
    const session = recordingSession(answer);
    const queue = modules.agentEventQueue(session);
    for (const event of [{ eventId: 'a' }, { eventId: 'b' }, { eventId: 'c' }]) {
      session.arrive({ type: 'agentEvent', event });
    }
    assert.equal(queue.getLocalCacheSize(), 3);
    assert.deepEqual(await queue.getPendingQueueEvents(2), [{ eventId: 'a' }, { eventId: 'b' }]);
    assert.deepEqual(queue.peekLocalCache(), [{ eventId: 'c' }]);
    assert.deepEqual(
      messages(session).map(({ type, params }) => [type, params]),
      [
        ['agentEventQueue.ackEvent', { eventId: 'a', success: true }],
        ['agentEventQueue.ackEvent', { eventId: 'b', success: true }],
      ],
    );
    queue.clearLocalCache();
    assert.equal(queue.getLocalCacheSize(), 0);
  });

  it('keeps an event whose acknowledgement failed', async (context) => {
    context.mock.method(console, 'error', () => {});
    const session = recordingSession(() => {
      throw new Error('no');
    });
    const queue = modules.agentEventQueue(session);
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    assert.deepEqual(await queue.getPendingQueueEvents(), [{ eventId: 'a' }]);
    assert.equal(queue.getLocalCacheSize(), 1);
    assert.deepEqual(await queue._fetchPendingFromBackend(), []);
  });

  it('waits for the next event, and gives one or a list', async () => {
    const session = recordingSession(answer);
    const queue = modules.agentEventQueue(session);
    const next = queue.waitForNextQueueEvent();
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    assert.deepEqual(await next, { eventId: 'a' });
    session.arrive({ type: 'agentEvent', event: { eventId: 'b' } });
    assert.deepEqual(await queue.waitForNextQueueEvent(5), [{ eventId: 'b' }]);
  });

  it('waits for an event of any kind, and acknowledges one of the queue as recorded', async () => {
    const session = recordingSession(answer);
    const queue = modules.agentEventQueue(session);
    const next = queue.waitForAnyExternalEvent();
    session.arrive({ type: 'agentEvent', event: { eventId: 'evt-3' } });
    assert.deepEqual(await next, { type: 'agentQueueEvent', data: { eventId: 'evt-3' } });
    assert.deepEqual(texts(session), recorded('waitForAnyExternalEvent', 'all'));
    assert.equal(queue.getLocalCacheSize(), 0);

    session.arrive({ type: 'ThreadCompleted', threadId: 't' });
    assert.equal(queue.getPendingExternalEventCount(), 1);
    assert.equal(queue.checkForPendingExternalEvent().type, 'backgroundAgentCompletion');
    assert.equal(queue.checkForPendingExternalEvent(), null);
    session.arrive({ type: 'backgroundGroupedAgentCompletion', groupId: 'g' });
    assert.deepEqual(queue.getPendingExternalEvents(), [
      { type: 'backgroundGroupedAgentCompletion', data: { type: 'backgroundGroupedAgentCompletion', groupId: 'g' } },
    ]);
  });

  it('calls handlers until they are taken off, and a throwing one does not stop the others', () => {
    const session = recordingSession();
    const queue = modules.agentEventQueue(session);
    const seen = [];
    queue.onQueueEvent(() => {
      throw new Error('mine');
    });
    const off = queue.onQueueEvent((event) => seen.push(event.eventId));
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    off();
    session.arrive({ type: 'agentEvent', event: { eventId: 'b' } });
    assert.deepEqual(seen, ['a']);
    assert.equal(session.failures.length, 2);
  });

  it('takes only events that stand in the member event and have an id', () => {
    const session = recordingSession();
    const queue = modules.agentEventQueue(session);
    const seen = [];
    queue.onQueueEvent((event) => seen.push(event));
    session.arrive({ type: 'agentEvent', eventId: 'flat' });
    session.arrive({ type: 'agentEvent', data: { eventId: 'in data' } });
    session.arrive({ type: 'agentEvent', event: { payload: 'no id' } });
    session.arrive({ type: 'agentEvent', event: { eventId: 'a', n: 1 } });
    session.arrive({ type: 'agentEvent', event: { eventId: 'a', n: 2 } });
    assert.deepEqual(seen, [{ eventId: 'a', n: 1 }, { eventId: 'a', n: 2 }]);
    assert.deepEqual(queue.peekLocalCache(), [{ eventId: 'a', n: 2 }]);
  });

  it('has what came before it was used: at once in the cache, and for the first handler', async () => {
    const session = recordingSession(answer);
    session.arrive({ type: 'agentEvent', event: { eventId: 'a' } });
    session.arrive({ type: 'agentEvent', event: { eventId: 'b' } });
    session.arrive({ type: 'steeringMessage', n: 1 });
    assert.equal(modules.chat(session).checkForSteeringMessage().n, 1);
    const queue = modules.agentEventQueue(session);
    assert.equal(queue.getLocalCacheSize(), 2);
    const seen = [];
    for (const name of ['first', 'second']) queue.onQueueEvent(({ eventId }) => seen.push([name, eventId]));
    await later();
    assert.deepEqual(seen, [['first', 'a'], ['second', 'a'], ['first', 'b'], ['second', 'b']]);
  });

  it('rejects a wait when the connection ends', async () => {
    const session = recordingSession();
    const waits = [
      modules.agentEventQueue(session).waitForNextQueueEvent(),
      modules.chat(session).onSteeringMessageReceived(),
      modules.backgroundChildThreads(session).waitForAnyExternalEvent(),
    ];
    session.end({ closeCode: 1006 });
    for (const wait of waits) {
      await assert.rejects(wait, { code: 'CONNECTION_CLOSED', message: 'WebSocket connection closed', sent: false, closeCode: 1006 });
    }
  });

  it('rejects a wait when there is no connection to be had', async () => {
    const session = recordingSession();
    const refused = new Error('refused');
    session.waitForReady = () => Promise.reject(refused);
    await assert.rejects(modules.chat(session).onSteeringMessageReceived(), refused);
  });
});

describe('background threads', () => {
  it('are counted from the start of their agent to its completion', async () => {
    const session = recordingSession(() => ({ success: true, threadId: 't-1' }));
    const threads = modules.backgroundChildThreads(session);
    const reply = await modules.thread(session).createThreadInBackground({ title: 'x', groupId: 'g' });
    assert.equal(reply.threadId, 't-1');
    assert.equal(threads.getRunningAgentCount(), 1);
    assert.equal(threads.checkForBackgroundAgentCompletion(), null);
    const completion = { type: 'ThreadCompleted', threadId: 't-1', success: true };
    session.arrive(completion);
    assert.equal(threads.getRunningAgentCount(), 0);
    assert.deepEqual(await threads.onBackgroundAgentCompletion(), [completion]);
    assert.equal(threads.checkForBackgroundAgentCompletion(), null);
  });

  it('are none where no thread was started, and of no group where none was named', async () => {
    const refusing = recordingSession(() => ({ success: false }));
    await modules.thread(refusing).createThreadInBackground({ title: 'x' });
    assert.equal(modules.backgroundChildThreads(refusing).getRunningAgentCount(), 0);
    const session = recordingSession(() => ({ success: true, threadId: 't' }));
    await modules.thread(session).createAndStartThread();
    const threads = modules.backgroundChildThreads(session);
    assert.equal(threads.getRunningAgentCount(), 1);
    session.arrive({ type: 'ThreadCompleted', threadId: 't' });
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
  });

  it('of a group are reported together when the last is done', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.addRunningAgent('a', {}, 'g');
    threads.addRunningAgent('b', {}, 'g');
    threads.addRunningAgent('c', {}, 'other');
    const [a, b] = ['a', 'b'].map((threadId) => ({ type: 'ThreadCompleted', threadId, success: threadId === 'a' }));
    const group = threads.onBackgroundGroupedAgentCompletion();
    session.arrive(a);
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
    session.arrive(b);
    const expected = { groupId: 'g', threadId: 'b', completions: [a, b], success: false };
    assert.deepEqual(await group, expected);
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
    assert.deepEqual(threads.checkForBackgroundAgentCompletion(), [a, b]);
    assert.equal(threads.getRunningAgentCount(), 1);
    const queue = modules.agentEventQueue(session);
    assert.deepEqual(queue.getPendingExternalEvents(), [
      { type: 'backgroundAgentCompletion', data: a },
      { type: 'backgroundGroupedAgentCompletion', data: expected },
      { type: 'backgroundAgentCompletion', data: b },
    ]);
  });

  it('of a group make a group anew when others are added later', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    for (const threadId of ['a', 'b']) {
      threads.addRunningAgent(threadId, {}, 'g');
      session.arrive({ type: 'startThreadResponse', threadId });
    }
    const first = await threads.onBackgroundGroupedAgentCompletion();
    const second = await threads.onBackgroundGroupedAgentCompletion();
    assert.deepEqual([first, second].map(({ threadId, completions }) => [threadId, completions.length]), [['a', 1], ['b', 1]]);
  });

  it('that nobody registered settle nothing here, and are events of the queue', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    const queue = modules.agentEventQueue(session);
    let isSettled = false;
    const any = threads.waitForAnyExternalEvent().then((event) => ((isSettled = true), event));
    session.arrive({ type: 'ThreadCompleted', threadId: 'unknown' });
    session.arrive({ type: 'ThreadCompleted' });
    await later();
    assert.equal(isSettled, false);
    assert.equal(threads.checkForBackgroundAgentCompletion(), null);
    assert.equal((await queue.waitForAnyExternalEvent()).data.threadId, 'unknown');
    assert.equal(queue.getPendingExternalEventCount(), 0);
    session.arrive({ type: 'startThreadResponse', threadId: 'started' });
    assert.equal((await any).data[0].threadId, 'started');
  });

  it('that complete before the reply that tells of them has been looked at are completed', async () => {
    const session = recordingSession(() => ({ success: true, threadId: 't' }));
    const threads = modules.backgroundChildThreads(session);
    const reply = modules.thread(session).createThreadInBackground({ groupId: 'g' });
    session.arrive({ type: 'ThreadCompleted', threadId: 't' });
    await reply;
    assert.equal(threads.getRunningAgentCount(), 0);
    assert.equal(threads.checkForBackgroundAgentCompletion()[0].threadId, 't');
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion().groupId, 'g');
  });

  it('hand each completion to one of those who wait', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    const waits = [threads.onBackgroundAgentCompletion(), threads.onBackgroundAgentCompletion()];
    session.arrive({ type: 'startThreadResponse', threadId: 'a' });
    session.arrive({ type: 'startThreadResponse', threadId: 'b' });
    assert.deepEqual((await Promise.all(waits)).map(([{ threadId }]) => threadId), ['a', 'b']);
  });

  it('report single completions before those of a group', async () => {
    const session = recordingSession();
    const threads = modules.backgroundChildThreads(session);
    threads.addRunningAgent('t', {});
    const group = { type: 'backgroundGroupedAgentCompletion', groupId: 'g' };
    const single = { type: 'ThreadCompleted', threadId: 't' };
    session.arrive(group);
    session.arrive(single);
    assert.deepEqual(await threads.waitForAnyExternalEvent(), { type: 'backgroundAgentCompletion', data: [single] });
    assert.deepEqual(await threads.waitForAnyExternalEvent(), { type: group.type, data: group });
    session.arrive(group);
    assert.deepEqual(threads.checkForBackgroundGroupedAgentCompletion(), group);
    assert.equal(threads.checkForBackgroundGroupedAgentCompletion(), null);
  });
});
