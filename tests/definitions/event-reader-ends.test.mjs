// How `eventLog.readEvents` ends before the events do: by its reader, by a signal, by the connection. And what it leaves behind.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { delays } from './recorded-delays.mjs';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

/** No test waits this long. */
const LONG = 2 ** 31 - 1;

const event = (number) => ({ instanceId: 'id', sequence_number: number, timestamp: 't', payload: number });
const page = (...numbers) => ({ success: true, data: { result: { events: numbers.map(event), total: numbers.length } } });
const never = () => new Promise(() => {});
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A session that gives a request up when its signal aborts, as a real one does. */
const giving = (answer) => {
  const session = Object.assign(recordingSession(answer), { state: 'open' });
  const { ask } = session;
  session.ask = async (method, frame, options) => {
    options.signal.throwIfAborted();
    const aborted = new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason)));
    return Promise.race([ask(method, frame, options), aborted]);
  };
  return session;
};
const reading = (session, options) => modules.eventLog(session).readEvents({ instanceId: 'name', ...options });
const all = async (events) => {
  const found = [];
  for await (const { payload } of events) found.push(payload);
  return found;
};

describe('a reader', () => {
  it('that returns while a page is on its way ends at once, and gives the request up', async () => {
    const session = giving(never);
    const events = reading(session);
    const next = events.next();
    await turn();
    assert.deepEqual(await events.return('mine'), { done: true, value: 'mine' });
    assert.deepEqual(await next, { done: true, value: undefined });
    assert.equal(session.frames[0].options.signal.aborted, true);
  });

  it('that returns while it is found out which instance has the name gives that up, too', async () => {
    const session = giving(never);
    const events = reading(session, { after: 1 });
    const next = events.next();
    await turn();
    await events.return();
    assert.deepEqual(await next, { done: true, value: undefined });
    assert.deepEqual(session.frames.map(({ text, options }) => [JSON.parse(text).type, options.signal.aborted]), [['eventLog.getInstance', true]]);
  });

  it('live, asks again after each pause, until there is an event', async () => {
    const pages = [page(1), page(), page(), page(2)];
    const session = giving(() => pages.shift());
    const events = reading(session, { live: true, pollInterval: 1 });
    assert.equal((await events.next()).value.payload, 1);
    assert.equal((await events.next()).value.payload, 2);
    await events.return();
    assert.equal(session.frames.length, 4);
  });

  it('live, pauses as long as it is told to, or for a second; and for a moment before it asks again for what was lost', async () => {
    const lost = new CodeboltError('CONNECTION_CLOSED', 'lost');
    for (const [options, answer, pause] of [
      [{ pollInterval: 7_000 }, page(), 7_000],
      [{ pollInterval: 0 }, page(), 0],
      [{}, page(), 1_000],
      [{ pollInterval: 7_000 }, lost, 50],
    ]) {
      const session = giving(() => {
        if (answer === lost) throw lost;
        return answer;
      });
      delays.length = 0;
      const events = reading(session, { live: true, ...options });
      const next = events.next();
      // No timer fires meanwhile.
      for (let count = 0; count < 100; count++) await null;
      await events.return();
      await next;
      assert.deepEqual(delays, [pause]);
    }
  });

  it('live, leaves neither timer nor listener behind when it returns while it waits', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const session = giving(() => page());
    const { signal } = new AbortController();
    const events = reading(session, { live: true, pollInterval: LONG, signal });
    const next = events.next();
    await turn();
    assert.deepEqual([timers() - before, session.listening('close'), getEventListeners(signal, 'abort').length], [1, 1, 1]);
    await events.return();
    assert.deepEqual(await next, { done: true, value: undefined });
    assert.deepEqual([timers() - before, session.listening('close'), getEventListeners(signal, 'abort').length], [0, 0, 0]);
  });

  it('live, hears at once that the connection has ended', async () => {
    const lost = new CodeboltError('CONNECTION_CLOSED', 'lost');
    const session = giving(() => {
      if (session.state === 'closed') throw lost;
      return page();
    });
    const next = reading(session, { live: true, pollInterval: LONG }).next();
    await turn();
    session.state = 'closed';
    session.end({});
    await assert.rejects(next, lost);
  });
});

describe('a signal', () => {
  /** Where a reader may be when its signal aborts; each gives its reading, with the events that it hands over before. */
  const MOMENTS = {
    'before it reads': (options, stop) => {
      stop();
      return [reading(giving(() => page(1)), options), []];
    },
    'while a page is on its way': (options, stop) => {
      setImmediate(stop);
      return [reading(giving(never), options), []];
    },
    'within a page': (options, stop) => {
      const events = reading(giving(() => page(1, 2)), options);
      const passed = (async function* () {
        for await (const event of events) {
          yield event;
          stop();
        }
      })();
      return [passed, [1]];
    },
    'while it waits for events': (options, stop) => {
      setImmediate(stop);
      return [reading(giving(() => page()), { ...options, live: true, pollInterval: LONG }), []];
    },
    'between a page and the wait': (options, stop) => {
      const session = giving(() => page());
      const { ask } = session;
      session.ask = async (...args) => {
        const reply = await ask(...args);
        stop();
        return reply;
      };
      return [reading(session, { ...options, live: true, pollInterval: LONG }), []];
    },
  };

  for (const [moment, begin] of Object.entries(MOMENTS)) {
    for (const ifAborted of [undefined, 'fail', 'end']) {
      it(`that aborts ${moment} ${ifAborted === 'end' ? 'ends the reading' : 'fails it with its reason'} (ifAborted: ${ifAborted})`, async () => {
        const controller = new AbortController();
        const reason = new Error('enough');
        const [events, expected] = begin({ signal: controller.signal, ifAborted }, () => controller.abort(reason));
        const found = [];
        const whole = (async () => {
          for await (const { payload } of events) found.push(payload);
        })();
        if (ifAborted === 'end') await whole;
        else await assert.rejects(whole, (error) => error === reason);
        assert.deepEqual(found, expected);
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      });
    }
  }

  it('that has not aborted lets errors through, also where an end was wanted', async () => {
    const lost = new CodeboltError('CONNECTION_CLOSED', 'lost');
    const session = giving(() => {
      throw lost;
    });
    await assert.rejects(all(reading(session, { signal: new AbortController().signal, ifAborted: 'end' })), lost);
  });

  it('is not listened to any more once all is read', async () => {
    const { signal } = new AbortController();
    assert.deepEqual(await all(reading(giving(() => page(1)), { signal })), [1]);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});
