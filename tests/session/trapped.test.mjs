// The WebAssembly module falls into a trap: the stack or the memory was used up within it. Where that happens cannot be chosen, so here it
// is staged: one function of the module throws what the engine throws. All else is the package as it is.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Codebolt } from 'codebolt-wasm';
import { Client, collectGarbage } from './memory.mjs';
import { answer, failure, open, settled, startHost, until } from './misbehaving-host.mjs';

const { Trap, guardWith } = await import(new URL('session/trap.js', pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`)).href);

/** What engines throw. */
const THROWN = {
  'a RuntimeError': () => new WebAssembly.RuntimeError('memory access out of bounds'),
  'a RangeError': () => new RangeError('Maximum call stack size exceeded'),
  'Firefox’s InternalError': () => Object.assign(new Error('too much recursion'), { name: 'InternalError' }),
};

const restored = [];
/** Such would end the program. */
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
afterEach(async () => {
  // Past the microtasks, after which Node tells of them.
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled.splice(0), []);
  for (const restore of restored.splice(0)) restore();
});

/** From now on a function of the module throws, in all sessions. */
const trapIn = (name, error = THROWN['a RuntimeError']()) => {
  const own = Object.getOwnPropertyDescriptor(Client.prototype, name);
  const fall = () => {
    throw error;
  };
  restored.push(() => Object.defineProperty(Client.prototype, name, own));
  Object.defineProperty(Client.prototype, name, { ...own, ...(own.get ? { get: fall } : { value: fall }) });
};

/** From now on, what enters the module: the names of its functions. */
const watchEntries = () => {
  const entered = [];
  for (const [name, own] of Object.entries(Object.getOwnPropertyDescriptors(Client.prototype))) {
    const kind = own.get ? 'get' : 'value';
    if (name === 'constructor' || typeof own[kind] !== 'function') continue;
    restored.push(() => Object.defineProperty(Client.prototype, name, own));
    const enter = function (...values) {
      entered.push(name);
      return own[kind].apply(this, values);
    };
    Object.defineProperty(Client.prototype, name, { ...own, [kind]: enter });
  }
  return entered;
};

/** A session that is open, with a call that waits, and what its listeners hear. */
const waiting = async (options) => {
  const host = await startHost({ onFrame: (frame, connection) => frame.type !== 'never' && answer(frame, connection) });
  const codebolt = open({ url: host.url, ...options });
  const closes = [];
  codebolt.on('close', (details) => closes.push(details));
  await codebolt.request('x');
  const never = failure(codebolt.request('never'));
  await host.received(2);
  return { host, codebolt, closes, never };
};

const LOST = 'the session was lost when the stack or the memory was used up within the WebAssembly module';

/** The session has ended, everybody has heard of it, and to use it goes on being refused. */
const hasEnded = async ({ host, codebolt, closes, never }, cause) => {
  const entered = watchEntries();
  const error = await never;
  const address = host.url;
  assert.deepEqual([error.code, error.message, error.sent, error.closeCode, error.closeReason, error.address], ['CONNECTION_CLOSED', 'WebSocket connection closed', true, 1006, LOST, address]);
  assert.equal(error.hint, `${LOST} (${cause.message}). Whether the host carried the request out is unknown. Other instances of Codebolt are not affected; make a new one to connect again.`);
  assert.equal(error.cause, cause);
  assert.ok(!Object.keys(error).includes('cause'), 'as for every Error');
  await until(() => closes.length > 0);
  assert.deepEqual(closes, [{ closeCode: 1006, closeReason: LOST, requested: false, address }]);
  assert.equal(codebolt.connectionState, 'closed');
  assert.deepEqual(codebolt.pending(), []);
  assert.deepEqual(codebolt.occupancy, { waiting: 0, inFlight: 0, queued: 0, cancelled: 0, waitingForConnection: 0, dropped: 0 });
  assert.equal(codebolt.stats().received, 1, 'what this half counts stays');
  const later = await failure(codebolt.request('later'));
  assert.deepEqual([later.code, later.sent, later.cause], ['CONNECTION_CLOSED', false, cause]);
  assert.equal(later.hint, `${LOST} (${cause.message}). Other instances of Codebolt are not affected; make a new one to connect again.`);
  assert.equal((await failure(codebolt.waitForReady())).code, 'CONNECTION_CLOSED');
  assert.equal((await failure(codebolt.send({ type: 'later' }))).code, 'CONNECTION_CLOSED');
  await host.connections[0].closed;
  assert.equal((await settled(codebolt.close())).error, undefined);
  assert.equal(closes.length, 1, 'the end is told once');
  assert.deepEqual(entered, [], 'what enters the module');
};

/** By function of the module, what enters it. */
const ENTRIES = {
  beginRequest: ({ codebolt }) => codebolt.request('x'),
  method: ({ codebolt }) => codebolt.request('never asked before'),
  reserve: ({ codebolt }) => codebolt.send({ type: 'x' }),
  call: ({ codebolt }) => codebolt.request('x', 1, { timeout: 1_000 }),
  send: ({ codebolt }) => codebolt.send({ type: 'x' }),
  waitForReady: ({ codebolt }) => codebolt.waitForReady(),
};

describe('a trap', () => {
  for (const [what, make] of Object.entries(THROWN)) {
    for (const [name, enter] of Object.entries(ENTRIES)) {
      it(`in ${name}, ${what}, rejects the call and all that wait, and ends the session and no other`, async () => {
        const cause = make();
        const session = await waiting();
        const other = await waiting();
        trapIn(name, cause);
        const error = await failure(enter(session));
        assert.deepEqual([error.code, error.sent, error.cause], ['CONNECTION_CLOSED', true, cause]);
        restored.pop()();
        await hasEnded(session, cause);
        assert.equal((await other.codebolt.request('x')).success, true);
      });
    }
  }

  for (const name of ['reply', 'receive']) {
    it(`in ${name}, when a frame comes, does the same`, async () => {
      const cause = THROWN['a RuntimeError']();
      const session = await waiting();
      trapIn(name, cause);
      const { requestId } = session.host.frames.at(-1);
      session.host.connections[0].send(name === 'reply' ? { type: 'never', requestId } : { type: 'told' });
      await session.never;
      restored.pop()();
      const { received } = session.codebolt.stats();
      assert.equal(received, 2);
      assert.equal((await session.never).cause, cause);
      await until(() => session.closes.length === 1);
      assert.equal(session.codebolt.connectionState, 'closed');
    });
  }

  for (const [name, look] of [
    ['state', (codebolt) => codebolt.connectionState],
    ['occupancy', (codebolt) => codebolt.occupancy],
    ['pending', (codebolt) => codebolt.pending()],
  ]) {
    it(`in ${name} is thrown to who looks, and ends the session`, async () => {
      const cause = THROWN['a RuntimeError']();
      const session = await waiting();
      trapIn(name, cause);
      assert.throws(() => look(session.codebolt), { code: 'CONNECTION_CLOSED', cause });
      restored.pop()();
      await hasEnded(session, cause);
    });
  }

  it('while a signal aborts a call rejects it with the end of the session, not with the signal’s reason', async () => {
    const cause = THROWN['a RuntimeError']();
    const session = await waiting();
    const aborted = new AbortController();
    const call = failure(session.codebolt.request('never', 1, { signal: aborted.signal }));
    trapIn('abort', cause);
    aborted.abort(new Error('own'));
    assert.equal((await call).cause, cause);
    restored.pop()();
    await hasEnded(session, cause);
    const late = new AbortController();
    const refused = failure(session.codebolt.request('x', 1, { signal: late.signal }));
    late.abort();
    await refused;
  });

  for (const [what, ends] of [
    ['ended by terminate, where it has that', 'terminate'],
    ['closed, where it has only that', 'close'],
  ]) {
    it(`leaves a socket of the caller’s own that is ${what}, and hears nothing more of it`, async () => {
      const seen = [];
      const socket = {
        readyState: 1,
        send: () => {},
        close: () => void seen.push('close'),
        ...(ends === 'terminate' && { terminate: () => seen.push('terminate') }),
      };
      const codebolt = open({ webSocket: () => socket });
      await codebolt.waitForReady();
      const { onmessage, onclose } = socket;
      trapIn('reserve');
      const error = await failure(codebolt.send({ type: 'x' }));
      restored.pop()();
      assert.equal(error.code, 'CONNECTION_CLOSED');
      await until(() => seen.length > 0);
      assert.deepEqual(seen, [ends]);
      for (const name of ['onopen', 'onmessage', 'onclose', 'onping']) assert.equal(socket[name], null, name);
      // `ws` throws an error that nobody listens to.
      assert.equal(socket.onerror(new Error('late')), undefined);
      onmessage({ data: '{"type":"late"}' });
      onclose({ code: 1000, reason: '' });
      assert.deepEqual(seen, [ends]);
    });
  }

  for (const [what, hear] of [
    ['closes', (socket) => socket.onclose({ code: 1000, reason: '' })],
    ['has a frame', (socket) => socket.onmessage({ data: '{"type":"late"}' })],
  ]) {
    it(`ends the session at the latest when the socket is heard next: it ${what}`, async () => {
      const socket = { readyState: 1, send: () => {}, close: () => {} };
      const codebolt = open({ webSocket: () => socket });
      const closes = [];
      codebolt.on('close', ({ closeCode, closeReason }) => closes.push([closeCode, closeReason]));
      await codebolt.waitForReady();
      trapIn('reserve');
      const refused = failure(codebolt.send({ type: 'x' }));
      restored.pop()();
      const entered = watchEntries();
      assert.deepEqual(closes, []);
      hear(socket);
      assert.deepEqual([closes, entered], [[[1006, LOST]], []]);
      await refused;
    });
  }

  it('before there was a connection has no address to name', async () => {
    const codebolt = open({ url: 'ws://127.0.0.1:1/codebolt' });
    const closes = [];
    codebolt.on('close', (details) => closes.push(details));
    trapIn('reserve');
    const error = await failure(codebolt.request('x'));
    restored.pop()();
    assert.equal(error.address, '');
    await until(() => closes.length > 0);
    assert.deepEqual(closes, [{ closeCode: 1006, closeReason: LOST, requested: false, address: '' }]);
  });

  it('harms nothing where that socket does not want to be ended', async () => {
    const refuse = () => {
      throw new Error('not today');
    };
    const codebolt = open({ webSocket: () => ({ readyState: 1, send: () => {}, close: refuse }) });
    const closed = new Promise((resolve) => codebolt.on('close', resolve));
    await codebolt.waitForReady();
    trapIn('reserve');
    await failure(codebolt.send({ type: 'x' }));
    restored.pop()();
    assert.equal((await closed).closeReason, LOST);
  });

  it('in close lets close resolve all the same', async () => {
    const session = await waiting();
    const cause = THROWN['a RuntimeError']();
    trapIn('close', cause);
    await settled(session.codebolt.close());
    restored.pop()();
    assert.equal((await session.never).cause, cause);
    assert.equal(session.codebolt.connectionState, 'closed');
  });

  it('when a session is closed that was dropped ends its connection, and nothing is thrown', async () => {
    const host = await startHost({ onFrame: answer });
    await new Codebolt({ url: host.url }).request('x');
    assert.equal(host.open().length, 1);
    trapIn('occupancy');
    await until(() => {
      collectGarbage();
      return host.open().length === 0;
    }, 'that the connection is closed');
  });
});

describe('an error that is not a trap', () => {
  it('of the random source says so, and is over when that is there again', async () => {
    const { codebolt, never } = await waiting();
    const cause = new Error('the device has none left');
    trapIn('reserve', cause);
    const error = await failure(codebolt.send({ type: 'x' }));
    assert.deepEqual([error.code, error.cause], ['NOT_SUPPORTED', cause]);
    assert.equal(error.message, 'this runtime has no secure random source (crypto.getRandomValues): the device has none left');
    restored.pop()();
    trapIn('reserve', null);
    assert.match((await failure(codebolt.send({ type: 'x' }))).message, /\(crypto\.getRandomValues\): null$/);
    restored.pop()();
    trapIn('reserve', 'a text');
    assert.deepEqual(await failure(codebolt.send({ type: 'x' })).then(({ code, message }) => [code, message]), ['QUEUE_FULL', 'a text']);
    restored.pop()();
    assert.equal((await codebolt.request('x')).success, true);
    await codebolt.close();
    assert.match((await never).hint, /^close\(\) was called/);
  });
});

describe('what hears a socket for the module', () => {
  /** Events go through it to a handler that throws. */
  const hearing = (error) => {
    const seen = [];
    const trap = new Trap(() => seen.push('rejected'), () => seen.push('ended'));
    const held = { trap };
    const hear = guardWith(held)((event) => {
      seen.push(event);
      throw error;
    });
    return { seen, held, hear, trap };
  };

  it('keeps to itself what is thrown, and goes on after what is not a trap', async () => {
    const { seen, hear, trap } = hearing(new Error('the socket was let go'));
    hear('first');
    hear('second');
    await null;
    await null;
    assert.deepEqual([seen, trap.isSprung], [['first', 'second'], false]);
  });

  it('ends the session on a trap, and enters the module no more', async () => {
    const cause = new WebAssembly.RuntimeError('unreachable');
    const { seen, hear, trap } = hearing(cause);
    hear('first');
    assert.deepEqual([seen, trap.isSprung, trap.loss(true).cause], [['first'], true, cause]);
    await null;
    await null;
    assert.deepEqual(seen.splice(0), ['first', 'rejected', 'ended']);
    hear('late');
    assert.ok(!seen.includes('late'));
  });

  it('does nothing once the session has let go', () => {
    const { seen, held, hear } = hearing();
    held.trap = undefined;
    hear('late');
    assert.deepEqual(seen, []);
  });
});
