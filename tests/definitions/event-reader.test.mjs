// How many pages `eventLog.readEvents` asks for, and what it asks of each. What a real host answers is in tests/event-log.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

const { CodeboltError } = await import(new URL('error.js', SOURCES).href);

const event = (number, timestamp) => ({ instanceId: 'id', sequence_number: number, timestamp, payload: number });

/** A host with these events, which counts as the protocol says: `total` is how many match, whatever part is asked for. */
const hostWith = (events, total = (matching) => matching.length) => {
  const session = recordingSession(({ params: { query } }) => {
    const { where, offset = 0, limit } = query;
    const operators = { gt: (one, other) => one > other, gte: (one, other) => one >= other };
    const holds = ({ field, operator, value }) => (each) => operators[operator](each[field], value);
    const matching = where.reduce((left, condition) => left.filter(holds(condition)), events);
    return { success: true, data: { result: { events: matching.slice(offset, offset + limit), total: total(matching) } } };
  });
  const queries = () => session.frames.map(({ text }) => JSON.parse(text).params.query);
  return { session, queries, log: modules.eventLog(session) };
};
const read = async (log, options) => {
  const found = [];
  for await (const { payload } of log.readEvents({ instanceId: 'name', ...options })) found.push(payload);
  return found;
};
const upTo = (count) => Array.from({ length: count }, (_, index) => index + 1);

describe('readEvents', () => {
  it('asks an instance for no page more than there are, counting on within an instant', async () => {
    const { log, queries } = hostWith(upTo(5).map((number) => event(number, 't')));
    assert.deepEqual(await read(log, { batchSize: 2 }), upTo(5));
    const shown = queries().map(({ from, where, orderBy, offset, limit }) => [from.instance, where, orderBy, offset, limit]);
    const order = { field: 'timestamp', direction: 'asc' };
    assert.deepEqual(shown, [
      ['name', [], order, 0, 2],
      ['id', [], order, 2, 2],
      ['id', [], order, 4, 2],
    ]);
  });

  it('counts an instance’s events from the last instant that began while it was read', async () => {
    const { log, queries } = hostWith([event(1, 'a'), event(2, 'b'), event(3, 'b'), event(4, 'b'), event(5, 'c')]);
    assert.deepEqual(await read(log, { batchSize: 3 }), upTo(5));
    assert.deepEqual(queries().map(({ where, offset }) => [where.map(({ value }) => value), offset]), [[[], 0], [['b'], 2]]);
  });

  it('asks a stream for what follows the last number, and for no page more than there are', async () => {
    const { log, queries } = hostWith(upTo(5).map((number) => event(number, 't')));
    assert.deepEqual(await read(log, { stream: 's', batchSize: 2 }), upTo(5));
    const of = (instance) => ({ instance, stream: 's' });
    const after = (value) => [{ field: 'sequence_number', operator: 'gt', value }];
    const order = { field: 'sequence_number', direction: 'asc' };
    assert.deepEqual(queries().map(({ from, where, orderBy }) => [from, where, orderBy]), [
      [of('name'), [], order],
      [of('id'), after(2), order],
      [of('id'), after(4), order],
    ]);
  });

  it('puts the caller’s conditions before its own, and asks for 500 events where the caller says nothing', async () => {
    const { log, queries } = hostWith(upTo(501).map((number) => event(number, 't')));
    const own = { field: 'sequence_number', operator: 'gte', value: 1 };
    assert.equal((await read(log, { stream: 's', where: [own] })).length, 501);
    assert.deepEqual(queries().map(({ where, limit }) => [where, limit]), [
      [[own], 500],
      [[own, { field: 'sequence_number', operator: 'gt', value: 500 }], 500],
    ]);
  });

  it('ends at an empty page, whatever total the host gives', async () => {
    const { log, queries } = hostWith([event(1, 't')], () => 99);
    assert.deepEqual(await read(log), [1]);
    assert.equal(queries().length, 2);
  });

  it('ends where the host has no events at all', async () => {
    for (const events of [undefined, []]) {
      const session = recordingSession(() => ({ success: true, data: { result: { events, total: 0 } } }));
      assert.deepEqual(await read(modules.eventLog(session)), []);
    }
  });

  it('takes the conditions as they are when it is called', async () => {
    const { log, queries } = hostWith([event(1, 't')]);
    const where = [{ field: 'sequence_number', operator: 'gte', value: 1 }];
    const events = log.readEvents({ instanceId: 'name', where });
    where[0].value = 7;
    assert.equal((await events.next()).value.payload, 1);
    assert.equal(queries()[0].where[0].value, 1);
  });
});

const page = (number, total) => ({ success: true, data: { result: { events: [event(number, 't')], total } } });
const refused = (code, error = 'no') => ({ success: false, code, error });
const found = (id) => ({ success: true, data: { instance: { id, name: 'name' } } });

/** A host that gives these answers in turn, or fails so; what it was asked, by whose name or id, stands in `asked()`. */
const hostOf = (...answers) => {
  const session = recordingSession(() => {
    const answer = answers.length > 0 ? answers.shift() : assert.fail('it was asked once more');
    if (answer instanceof Error || answer === null) throw answer;
    return answer;
  });
  const asked = () =>
    session.frames.map(({ text }) => JSON.parse(text)).map(({ type, params }) => `${type.replace('eventLog.', '')} ${params.instanceId ?? params.query.from.instance}`);
  const last = () => JSON.parse(session.frames.at(-1).text).params.query;
  return { log: modules.eventLog(session), asked, last };
};

describe('readEvents, refused', () => {
  it('hands on at once what is neither too large nor gone', async () => {
    for (const refusal of [refused('BUSY'), refused(undefined, 'no disk'), refused('BUSY', 'the reply would be larger than 9 bytes')]) {
      const { log, asked } = hostOf(refusal);
      await assert.rejects(read(log), ({ code, hostCode }) => code === 'HOST_ERROR' && hostCode === refusal.code);
      assert.deepEqual(asked(), ['queryEvents name']);
    }
    const { log, asked } = hostOf(page(1, 2), refused('BUSY'));
    await assert.rejects(read(log), { hostCode: 'BUSY' });
    assert.deepEqual(asked(), ['queryEvents name', 'queryEvents id']);
  });

  it('of an instance named by its id that is gone, looks for no other', async () => {
    const { log, asked } = hostOf(page(1, 2), refused('NOT_FOUND'));
    await assert.rejects(read(log, { instanceId: 'id' }), { hostCode: 'NOT_FOUND' });
    assert.deepEqual(asked(), ['queryEvents id', 'queryEvents id']);
  });

  for (const ifRecreated of [undefined, 'fail', 'restart']) {
    it(`of an instance that is gone, and no other of its name there, says so as the host does (ifRecreated: ${ifRecreated})`, async () => {
      for (const live of ifRecreated === 'restart' ? [false] : [false, true]) {
        for (const now of [refused('NOT_FOUND'), found('id')]) {
          const { log, asked } = hostOf(page(1, 2), refused('NOT_FOUND', 'it is gone'), now);
          await assert.rejects(read(log, { ifRecreated, live }), { hostCode: 'NOT_FOUND', message: /it is gone/ });
          assert.deepEqual(asked().slice(2), ['getInstance name']);
        }
      }
    });
  }

  it('of an instance that is another one by now, says so, or starts over with that', async () => {
    // A host may have no codes.
    for (const gone of [refused('NOT_FOUND', 'it is gone'), refused(undefined, 'it is gone')]) {
      const { log } = hostOf(page(1, 2), gone, found('new'));
      const error = await read(log).catch((error) => error);
      const { code, message, type, sent, cause } = error;
      assert.deepEqual([code, type, sent], ['HOST_ERROR', 'eventLog.queryEvents', true]);
      assert.equal(
        message,
        'eventLog.readEvents: the instance "name" was deleted while it was read, and another made of this name. ' +
          "Start over with a new readEvents, or let it by ifRecreated: 'restart'",
      );
      assert.match(cause.message, /it is gone/);
      const again = hostOf(page(1, 2), gone, found('new'), page(7, 1));
      assert.deepEqual(await read(again.log, { ifRecreated: 'restart' }), [1, 7]);
      assert.deepEqual(again.asked(), ['queryEvents name', 'queryEvents id', 'getInstance name', 'queryEvents new']);
      assert.equal(again.last().offset, 0, 'from its first event on');
    }
  });

  it('live, goes on where it was when the instance is there again after all', async () => {
    const { log, last } = hostOf(page(1, 2), refused('NOT_FOUND'), refused('NOT_FOUND'), page(2, 2));
    const events = log.readEvents({ instanceId: 'name', live: true, ifRecreated: 'restart', pollInterval: 1 });
    assert.equal((await events.next()).value.payload, 1);
    assert.equal((await events.next()).value.payload, 2);
    await events.return();
    assert.deepEqual([last().from.instance, last().offset], ['id', 1]);
  });

  it('hands on what is not a refusal as it is, whatever it says, and whatever it was asking', async () => {
    const late = new CodeboltError('REQUEST_TIMEOUT', 'it took too long');
    // The reason of a signal that was aborted may be anything.
    for (const thrown of [late, null]) {
      for (const before of [[], [page(1, 2)], [page(1, 2), refused('NOT_FOUND')]]) {
        for (const live of [false, true]) {
          const { log, asked } = hostOf(...before, thrown);
          await assert.rejects(read(log, { batchSize: 4, ifRecreated: 'restart', live }), (error) => error === thrown);
          assert.equal(asked().length, before.length + 1);
        }
      }
    }
  });

  it('live, waits for another one where it is to start over', async () => {
    const { log, asked } = hostOf(page(1, 2), refused('NOT_FOUND'), refused('NOT_FOUND'), refused('NOT_FOUND'), found('new'), page(7, 1));
    const events = log.readEvents({ instanceId: 'name', live: true, ifRecreated: 'restart', pollInterval: 1 });
    assert.equal((await events.next()).value.payload, 1);
    assert.equal((await events.next()).value.payload, 7);
    await events.return();
    assert.deepEqual(asked().slice(1), ['queryEvents id', 'getInstance name', 'queryEvents id', 'getInstance name', 'queryEvents new']);
  });

  it('that goes on after what is known finds out first which instance has the name, so that it counts in no other', async () => {
    for (const [after, first] of [[0, []], [1, ['getInstance name']]]) {
      const { log, asked } = hostOf(...first.map(() => found('id')), page(1, 1));
      assert.deepEqual(await read(log, { after }), [1]);
      assert.deepEqual(asked(), [...first, after ? 'queryEvents id' : 'queryEvents name']);
    }
  });

  it('asks for half as much while a page is too large, by the host’s code or its words, and says so of a single event', async () => {
    for (const refusal of [refused('LIMIT_EXCEEDED'), refused(undefined, 'the reply would be larger than 9 bytes')]) {
      const { log, asked } = hostOf(refusal, refusal, refusal);
      await assert.rejects(read(log, { batchSize: 4 }), { code: 'HOST_ERROR' });
      assert.equal(asked().length, 3, 'for 4, 2 and 1');
    }
  });
});

describe('readEvents, interrupted', () => {
  const error = (code, details) => new CodeboltError(code, code, details);

  /** A session in this state, whose requests fail with these errors in turn, and then get a page. */
  const interrupted = (state, ...errors) => {
    const session = recordingSession(() => {
      if (errors.length > 0) throw errors.shift();
      return page(1, 1);
    });
    return Object.assign(session, { state, report: (thrown) => session.failures.push(thrown) });
  };
  const first = async (session, options) => {
    const events = modules.eventLog(session).readEvents({ instanceId: 'name', ...options });
    const { value } = await events.next();
    await events.return();
    return value.payload;
  };
  const lost = () => error('CONNECTION_CLOSED', { closeCode: 1006 });

  it('asks for a page three times in all while the connection is made anew', async () => {
    const twice = interrupted('reconnecting', lost(), lost());
    assert.equal(await first(twice), 1);
    assert.equal(twice.frames.length, 3);
    assert.deepEqual(twice.failures, []);
    const thrice = interrupted('reconnecting', lost(), lost(), lost());
    await assert.rejects(first(thrice), { code: 'CONNECTION_CLOSED' });
    assert.equal(thrice.frames.length, 3);
  });

  it('asks for half as much where the connection was lost because a page was too large', async () => {
    const session = interrupted('reconnecting', error('CONNECTION_CLOSED', { closeCode: 1009 }));
    assert.equal(await first(session, { batchSize: 4 }), 1);
    assert.deepEqual(session.frames.map(({ text }) => JSON.parse(text).params.query.limit), [4, 2]);
  });

  it('asks again at once, and after a pause where it is live', async () => {
    for (const live of [false, true]) {
      const session = interrupted('reconnecting', lost());
      const reading = first(session, { live });
      // No timer fires meanwhile.
      for (let count = 0; count < 100; count++) await null;
      assert.deepEqual([session.frames.length, session.listening('close')], live ? [1, 1] : [2, 0]);
      assert.equal(await reading, 1);
    }
  });

  for (const [state, thrown, live] of [
    ['closed', lost()],
    ['open', lost()],
    ['reconnecting', error('REQUEST_TIMEOUT')],
    ['reconnecting', error('CONNECTION_CLOSED', { closeCode: 1009 })],
    ['reconnecting', error('CONNECTION_CLOSED', { closeCode: 1009 }), true],
    ['closed', lost(), true],
    ['closing', error('QUEUE_FULL'), true],
    ['open', error('INVALID_ARGUMENT'), true],
  ]) {
    it(`${live ? 'live, ' : ''}ends at ${thrown.code} ${thrown.closeCode ?? ''} while the session is ${state}`, async () => {
      const session = interrupted(state, thrown);
      await assert.rejects(first(session, { live, batchSize: 1 }), thrown);
      assert.equal(session.frames.length, 1);
    });
  }

  for (const state of ['open', 'connecting', 'reconnecting']) {
    it(`live, goes on through whatever may pass while the session is ${state}, and says each time what it was`, async () => {
      const errors = ['CONNECTION_CLOSED', 'REQUEST_TIMEOUT', 'QUEUE_FULL', 'CONNECTION_CLOSED'].map((code) => error(code));
      const retries = [];
      const session = interrupted(state, ...errors);
      const onRetry = (details) => {
        retries.push(details);
        throw new Error('of the listener');
      };
      assert.equal(await first(session, { live: true, onRetry }), 1);
      assert.deepEqual(retries, errors.map((thrown, index) => ({ error: thrown, attempt: index + 1 })));
      assert.equal(session.failures.length, 4);
    });
  }
});
