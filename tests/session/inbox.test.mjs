// Who gets a message of the host, and in which order: what is kept for handlers that come later, and given back by those that go.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const SOURCES = pathToFileURL(`${process.env.CODEBOLT_PACKAGE_SOURCES}/`);
const { Inbox } = await import(new URL('messages/inbox.js', SOURCES).href);
const { Listeners } = await import(new URL('messages/listeners.js', SOURCES).href);
const { flatten, failureText } = await import(new URL('messages/user-message.js', SOURCES).href);

/** How many messages are kept. */
const KEPT = 256;

const all = () => true;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const made = () => {
  const errors = [];
  return { inbox: new Inbox((error) => errors.push(error)), errors };
};
const note = (into) => (message) => void into.push(message);

describe('the inbox', () => {
  it('gives a handler what was kept before what comes meanwhile, and never within the call that adds it', async () => {
    const { inbox } = made();
    inbox.deliver(1);
    const seen = [];
    inbox.receive(all, note(seen));
    inbox.deliver(2);
    assert.deepEqual(seen, []);
    await turn();
    inbox.deliver(3);
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it('gives it at once to who only keeps it', () => {
    const { inbox } = made();
    inbox.deliver(1);
    const seen = [];
    inbox.receive(all, note(seen), { atOnce: true });
    inbox.deliver(2);
    assert.deepEqual(seen, [1, 2]);
  });

  it('keeps so many messages, and says how many had to go', () => {
    const { inbox } = made();
    for (let number = 1; number <= KEPT; number++) assert.equal(inbox.deliver(number), 0);
    assert.equal(inbox.deliver(KEPT + 1), 1);
    const seen = [];
    inbox.receive(all, note(seen), { atOnce: true });
    assert.deepEqual([seen.length, seen[0], seen.at(-1)], [KEPT, 2, KEPT + 1]);
  });

  it('gives a message to all who want it, and keeps it only where nobody does', async () => {
    const { inbox } = made();
    const seen = [[], []];
    for (const each of seen) inbox.receive((number) => number % 2 === 0, note(each));
    inbox.deliver(1);
    inbox.deliver(2);
    const odd = [];
    inbox.receive(all, note(odd));
    await turn();
    assert.deepEqual([...seen, odd], [[2], [2], [1]]);
  });

  it('has what a handler took and did not get handled back for the next, before all that came later', async () => {
    const { inbox, errors } = made();
    inbox.deliver(1);
    inbox.deliver(2);
    const off = inbox.receive((number) => number === 1, () => assert.fail('it was taken off'));
    off();
    off();
    const seen = [];
    inbox.receive(all, note(seen));
    await turn();
    assert.deepEqual([seen, errors], [[1, 2], []]);
  });

  it('hands it to those who are there and want it', async () => {
    const { inbox, errors } = made();
    inbox.deliver(1);
    const off = inbox.receive(all, () => assert.fail('it was taken off'));
    const seen = [[], [], []];
    inbox.receive(all, note(seen[0]));
    inbox.receive(all, note(seen[1]));
    inbox.receive((number) => number > 1, note(seen[2]));
    off();
    inbox.deliver(2);
    await turn();
    assert.deepEqual([seen, errors], [[[1, 2], [1, 2], [2]], []]);
    const left = [];
    inbox.receive(all, note(left), { atOnce: true });
    assert.deepEqual(left, [], 'it has been handled');
  });

  it('does not hand it to those again who have got it', async () => {
    const { inbox } = made();
    inbox.deliver(1);
    const seen = [];
    inbox.receive((number) => number === 2, note(seen));
    const off = inbox.receive(all, () => off());
    // The second waits behind the first.
    inbox.deliver(2);
    await turn();
    assert.deepEqual(seen, [2]);
  });

  it('leaves it to another who holds it too, and hands it on once nobody does', async () => {
    const { inbox } = made();
    for (const number of [1, 2]) inbox.deliver(number);
    // Each has one of its own to handle first, so that both hold the third.
    const offs = [2, 1].map((other) => inbox.receive((number) => number !== other, () => assert.fail('it was taken off')));
    inbox.deliver(3);
    for (const off of offs) off();
    const seen = [];
    inbox.receive(all, note(seen));
    await turn();
    assert.deepEqual(seen.sort(), [1, 2, 3]);
  });

  it('gives nothing to a handler that another has just taken off', () => {
    const { inbox } = made();
    const seen = [];
    inbox.receive(all, () => off());
    const off = inbox.receive(all, note(seen));
    inbox.deliver(1);
    assert.deepEqual(seen, []);
  });

  it('lets the oldest that is wanted be taken out', () => {
    const { inbox } = made();
    for (const number of [1, 2, 3, 4]) inbox.deliver(number);
    assert.equal(inbox.takeOldest((number) => number % 2 === 0), 2);
    assert.equal(inbox.takeOldest((number) => number > 9), undefined);
    assert.equal(inbox.takeOldest(all), 1);
    const seen = [];
    inbox.receive(all, note(seen), { atOnce: true });
    assert.deepEqual(seen, [3, 4]);
  });

  it('reports what a handler throws or rejects with, and goes on', async () => {
    const { inbox, errors } = made();
    const seen = [];
    inbox.receive(all, () => {
      throw 'thrown';
    });
    inbox.receive(all, () => Promise.reject('rejected'));
    inbox.receive(all, note(seen));
    inbox.deliver(1);
    await turn();
    assert.deepEqual([seen, errors], [[1], ['thrown', 'rejected']]);
  });
});

describe('listeners', () => {
  it('that throw or reject are reported, and the others still run', async () => {
    const errors = [];
    const listeners = new Listeners((error) => errors.push(error));
    listeners.add(() => {
      throw 'thrown';
    });
    listeners.add(async () => {
      throw 'rejected';
    });
    const seen = [];
    listeners.add((value) => void seen.push(value));
    listeners.emit(1);
    await turn();
    assert.deepEqual([seen, errors], [[1], ['thrown', 'rejected']]);
  });

  it('that were added twice are two, of which the last goes first', () => {
    const listeners = new Listeners(assert.fail);
    const seen = [];
    const [one, other] = ['one', 'other'].map((name) => () => void seen.push(name));
    const offFirst = listeners.add(one);
    listeners.add(other);
    listeners.add(one);
    listeners.remove(one);
    listeners.remove(() => {});
    listeners.emit();
    assert.deepEqual([seen.splice(0), listeners.size], [['one', 'other'], 2]);
    offFirst();
    listeners.emit();
    assert.deepEqual([seen, listeners.size], [['other'], 1]);
  });

  it('called once are gone when they are called, and one that was taken off meanwhile hears nothing', () => {
    const listeners = new Listeners(assert.fail);
    const seen = [];
    listeners.add((value) => {
      seen.push(value);
      off();
      listeners.emit('within');
    }, true);
    const off = listeners.add(() => seen.push('taken off'));
    listeners.add((value) => void seen.push(value));
    listeners.emit('first');
    listeners.emit('second');
    assert.deepEqual(seen, ['first', 'within', 'first', 'second']);
  });
});

describe('a user message', () => {
  const NONE = {
    userMessage: undefined, currentFile: undefined, mentionedFiles: [], mentionedFullPaths: [], mentionedFolders: [], uploadedImages: [], mentionedMCPs: [],
    selectedAgent: { id: '', name: '' }, messageId: undefined, threadId: undefined, selection: undefined, remixPrompt: undefined, mentionedAgents: [],
    activeFile: undefined, openedFiles: [],
  };

  it('is flat, and has every list though the host sent none', () => {
    for (const message of [undefined, null, 'text', 7, {}]) assert.deepEqual(flatten({ type: 'messageResponse', message }), NONE);
  });

  it('has what the host sent', () => {
    const sent = Object.fromEntries(Object.keys(NONE).map((name) => [name, [name]]));
    sent.selectedAgent = { id: 'a', name: 'b' };
    assert.deepEqual(flatten({ message: { ...sent, more: 1 } }), sent);
    assert.deepEqual(flatten({ message: { selectedAgent: { name: 'b' } } }).selectedAgent, { id: '', name: 'b' });
  });

  it('that failed is answered with the error’s text, or with one where it is not an error', () => {
    assert.equal(failureText(new RangeError('why')), 'why');
    assert.equal(failureText('why'), 'Unknown error occurred');
    assert.equal(failureText({ message: 'why' }, 'it failed'), 'it failed');
  });
});
