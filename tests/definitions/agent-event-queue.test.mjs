// What `codebolt.agentEventQueue` keeps, and what leaves it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modules, recordingSession } from './recording-session.mjs';

const later = () => new Promise((resolve) => setImmediate(resolve));
const arrive = (session, ...ids) => ids.forEach((eventId) => session.arrive({ type: 'agentEvent', event: { eventId } }));

describe('the queue of agent events', () => {
  it('takes no event from a message of another type', () => {
    const session = recordingSession();
    const queue = modules.agentEventQueue(session);
    session.arrive({ type: 'someEvent', event: { eventId: 'a' } });
    assert.equal(queue.getLocalCacheSize(), 0);
  });

  it('gives the first handler nothing that somebody took meanwhile', async () => {
    const session = recordingSession();
    arrive(session, 'a');
    const queue = modules.agentEventQueue(session);
    const seen = [];
    queue.onQueueEvent(({ eventId }) => seen.push(eventId));
    queue.clearLocalCache();
    arrive(session, 'b');
    await later();
    assert.deepEqual(seen, ['b']);
  });

  it('loses the acknowledged event alone, in the cache and among events of any kind', async () => {
    const session = recordingSession(() => ({ success: true }));
    const queue = modules.agentEventQueue(session);
    arrive(session, 'a', 'b');
    session.arrive({ type: 'ThreadCompleted', threadId: 't', eventId: 'a' });
    await queue.acknowledgeEvent('a');
    assert.deepEqual(queue.peekLocalCache(), [{ eventId: 'b' }]);
    const kept = queue.getPendingExternalEvents().map(({ type, data }) => [type, data.eventId]);
    assert.deepEqual(kept, [['agentQueueEvent', 'b'], ['backgroundAgentCompletion', 'a']]);
  });

  it('acknowledges none of another kind that is waited for, though it has an id of this name', async () => {
    const session = recordingSession(() => ({ success: true }));
    const next = modules.agentEventQueue(session).waitForAnyExternalEvent();
    session.arrive({ type: 'ThreadCompleted', threadId: 't', eventId: 'a' });
    assert.equal((await next).type, 'backgroundAgentCompletion');
    assert.deepEqual(session.frames, []);
  });

  it('gives each event to one of several who wait, and acknowledges it once', async () => {
    const session = recordingSession(() => ({ success: true }));
    const queue = modules.agentEventQueue(session);
    const waits = [queue.waitForNextQueueEvent(), queue.waitForNextQueueEvent(), queue.getPendingQueueEvents()];
    arrive(session, 'a', 'b');
    const [first, second] = await Promise.all(waits);
    assert.deepEqual([first.eventId, second.eventId], ['a', 'b']);
    const acknowledged = session.frames.map(({ text }) => JSON.parse(text)).filter(({ type }) => type === 'agentEventQueue.ackEvent');
    assert.deepEqual(acknowledged.map(({ params }) => params.eventId), ['a', 'b']);
  });

  it('gives an event to one alone, whichever way each waits', async () => {
    const session = recordingSession(() => ({ success: true }));
    const queue = modules.agentEventQueue(session);
    const waits = [queue.waitForNextQueueEvent(), queue.waitForAnyExternalEvent()];
    arrive(session, 'a');
    arrive(session, 'b');
    const [next, any] = await Promise.all(waits);
    assert.deepEqual([next.eventId, any.data.eventId], ['a', 'b']);
    assert.equal(session.frames.length, 2);
    assert.deepEqual([queue.getLocalCacheSize(), queue.getPendingExternalEventCount()], [0, 0]);
  });

  it('takes none from the host that somebody has taken here', async () => {
    const session = recordingSession(({ type }) =>
      type === 'agentEventQueue.getPendingEvents' ? { success: true, data: ['a', 'b'].map((eventId) => ({ eventId })) } : { success: true },
    );
    const queue = modules.agentEventQueue(session);
    arrive(session, 'a');
    const found = await Promise.all([queue.waitForNextQueueEvent(), queue.getPendingQueueEvents(), queue.getPendingQueueEvents()]);
    assert.deepEqual(found, [{ eventId: 'a' }, [{ eventId: 'b' }], []]);
  });

  it('has an event once that the host sends again', async () => {
    const session = recordingSession(() => ({ success: true }));
    const queue = modules.agentEventQueue(session);
    arrive(session, 'a', 'b', 'a');
    assert.equal(queue.getPendingExternalEventCount(), 2);
    assert.deepEqual(queue.peekLocalCache().map(({ eventId }) => eventId), ['b', 'a']);
    const next = queue.waitForNextQueueEvent();
    arrive(session, 'b');
    assert.equal(queue.getPendingExternalEventCount(), 1, 'one is being acknowledged');
    assert.equal((await next).eventId, 'b');
    assert.deepEqual(queue.getPendingExternalEvents().map(({ data }) => data.eventId), ['a']);
  });

  for (const wait of ['waitForNextQueueEvent', 'waitForAnyExternalEvent']) {
    it(`ends ${wait} by its signal or time limit, and the event goes to who still waits`, async () => {
      const session = recordingSession(() => ({ success: true }));
      const queue = modules.agentEventQueue(session);
      const maxDepth = wait === 'waitForNextQueueEvent' ? [1] : [];
      const aborter = new AbortController();
      const ended = [queue[wait](...maxDepth, { signal: aborter.signal }), queue[wait](...maxDepth, { timeout: 1 })];
      const next = queue.waitForNextQueueEvent();
      aborter.abort('enough');
      await assert.rejects(ended[0], (reason) => reason === 'enough');
      await assert.rejects(ended[1], { code: 'REQUEST_TIMEOUT', message: 'nothing came within 1 ms' });
      arrive(session, 'a');
      assert.equal((await next).eventId, 'a');
    });
  }

  it('gives an event again whose acknowledgement failed', async (context) => {
    context.mock.method(console, 'error', () => {});
    let fails = true;
    const session = recordingSession(() => {
      if (fails) throw new Error('no');
      return { success: true };
    });
    const queue = modules.agentEventQueue(session);
    arrive(session, 'a');
    assert.equal((await queue.waitForNextQueueEvent()).eventId, 'a');
    fails = false;
    assert.equal((await queue.waitForNextQueueEvent()).eventId, 'a');
    assert.equal(queue.getLocalCacheSize(), 0);
  });

  it('acknowledges an event as not done, with the reason', async () => {
    const session = recordingSession(() => ({ success: true }));
    await modules.agentEventQueue(session).acknowledgeEvent('a', false, 'why');
    assert.deepEqual(JSON.parse(session.frames[0].text).params, { eventId: 'a', success: false, errorMessage: 'why' });
  });

  it('gives what the host has as it is, and says on the console which could not be acknowledged', async (context) => {
    const error = context.mock.method(console, 'error', () => {});
    const session = recordingSession(({ type }) => {
      if (type === 'agentEventQueue.getPendingEvents') return { success: true, data: [null, { eventId: 'a' }] };
      throw new Error('no');
    });
    assert.deepEqual(await modules.agentEventQueue(session).getPendingQueueEvents(), [null, { eventId: 'a' }]);
    const said = error.mock.calls.map(({ arguments: [text] }) => text);
    assert.deepEqual(said, ['undefined', 'a'].map((id) => `codebolt: acknowledging event ${id} failed:`));
  });

  it('has no events where it keeps none and the host cannot be asked', async () => {
    const session = recordingSession(() => {
      throw new Error('no');
    });
    assert.deepEqual(await modules.agentEventQueue(session).getPendingQueueEvents(), []);
    assert.equal(session.frames.length, 1);
  });

  it('gives as many events to who waits as they asked for, one at least, and keeps the rest', async () => {
    const session = recordingSession(() => ({ success: true }));
    const queue = modules.agentEventQueue(session);
    arrive(session, 'a', 'b', 'c', 'd', 'e', 'f');
    const ids = async (waited) => [await waited].flat().map(({ eventId }) => eventId);
    assert.deepEqual(await ids(queue.waitForNextQueueEvent(2)), ['a', 'b']);
    assert.deepEqual(await ids(queue.waitForNextQueueEvent(0)), ['c']);
    assert.deepEqual(await ids(queue.waitForNextQueueEvent('all')), ['d']);
    assert.deepEqual(await ids(queue.waitForNextQueueEvent()), ['e']);
    assert.deepEqual(queue.peekLocalCache(), [{ eventId: 'f' }]);
  });

  for (const [what, reply, events] of [
    ['data', { success: true, data: [1] }, [1]],
    ['data.events', { success: true, data: { events: [1] } }, [1]],
    ['events', { success: true, events: [1] }, [1]],
    ['no place', { success: true }, []],
    ['a reply that failed', { success: false, events: [1] }, []],
  ]) {
    it(`fetches the events that stand in ${what}`, async () => {
      const queue = modules.agentEventQueue(recordingSession(() => reply));
      assert.deepEqual(await queue._fetchPendingFromBackend(), events);
    });
  }
});
