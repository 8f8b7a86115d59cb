// The emitter for runtimes without Node's does what Node's does, where listeners come and go while they are called.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { SOURCES } from './recording-session.mjs';

const { Emitter, emitterClass } = await import(new URL('platform/emitter.js', SOURCES).href);

/** What somebody does with an emitter; what happened goes into `seen`. */
const CASES = {
  'one that is called once is, though it emits the event itself': (emitter, seen) => {
    emitter.once('x', (value) => {
      seen.push(value);
      emitter.emit('x', 'within');
    });
    emitter.emit('x', 'first');
  },
  'one that is called once is, though one before it emits the event': (emitter, seen) => {
    let isWithin = false;
    emitter.on('x', () => {
      if (isWithin) return;
      isWithin = true;
      emitter.emit('x', 'within');
    });
    emitter.once('x', (value) => seen.push(value));
    emitter.emit('x', 'first');
  },
  'one that was taken off meanwhile is called still, and takes off no other': (emitter, seen) => {
    const once = () => seen.push('once');
    emitter.on('x', () => emitter.off('x', once));
    emitter.once('x', once);
    emitter.on('x', () => seen.push('kept'));
    emitter.emit('x');
    emitter.emit('x');
    seen.push(emitter.listenerCount('x'));
  },
  'a wrapper calls once, whoever calls it': (emitter, seen) => {
    emitter.once('x', function (value) {
      seen.push(value, this === emitter);
      return 'given';
    });
    const [raw] = emitter.rawListeners('x');
    seen.push(raw(1), raw(2), emitter.emit('x', 3), emitter.listenerCount('x'));
  },
  'one is taken off by its wrapper, and by itself': (emitter, seen) => {
    const one = () => {};
    emitter.once('x', one).once('x', one);
    emitter.off('x', emitter.rawListeners('x')[0]);
    seen.push(emitter.listenerCount('x'));
    emitter.off('x', one);
    seen.push(emitter.listenerCount('x'));
  },
  'the last that was added goes first': (emitter, seen) => {
    const [a, b] = ['a', 'b'].map((name) => () => seen.push(name));
    emitter.on('x', a).on('x', b).on('x', a).off('x', a).emit('x');
  },
  'an event whose listeners are all gone has no name any more': (emitter, seen) => {
    const one = () => {};
    emitter.on('x', one).on('y', one).once('z', one);
    emitter.removeListener('x', one).off('y', () => {});
    emitter.emit('z');
    seen.push(emitter.eventNames(), emitter.listenerCount('x'));
  },
  'those who hear of others going hear of each other': (emitter, seen) => {
    emitter.on('x', () => {});
    emitter.on('removeListener', (name) => seen.push(['first', name]));
    emitter.on('removeListener', (name) => seen.push(['second', name]));
    emitter.removeAllListeners();
    seen.push(emitter.eventNames());
  },
  'all of one event go, from the last, and those who hear of it stay': (emitter, seen) => {
    const [a, b] = [() => {}, () => {}];
    emitter.on('x', a).on('x', b).on('y', a);
    emitter.on('removeListener', (name, listener) => seen.push([name, listener === a]));
    emitter.removeAllListeners('x');
    seen.push(emitter.eventNames());
  },
  'who hears of new ones hears before they are there': (emitter, seen) => {
    emitter.on('newListener', (name, listener) => seen.push([name, typeof listener, emitter.listenerCount(name)]));
    emitter.once('x', () => {}).prependListener('x', () => {});
  },
  'listeners are counted by themselves': (emitter, seen) => {
    const a = () => {};
    emitter.on('x', a).once('x', a).on('x', () => {});
    seen.push(emitter.listenerCount('x', a), emitter.listenerCount('x'), emitter.listenerCount('y', a));
  },
  'an error that nobody hears is thrown, and one that is heard is not': (emitter, seen) => {
    for (const error of [new RangeError('mine'), 'a text']) {
      try {
        emitter.emit('error', error);
      } catch (thrown) {
        seen.push(thrown === error, thrown instanceof Error, thrown.message.includes('a text'));
      }
    }
    emitter.on('error', (error) => seen.push(error));
    seen.push(emitter.emit('error', 'heard'));
  },
  'a listener has to be a function': (emitter, seen) => {
    for (const method of ['on', 'once', 'prependListener', 'prependOnceListener']) {
      try {
        emitter[method]('x', {});
      } catch (error) {
        seen.push(error instanceof TypeError);
      }
    }
    seen.push(emitter.eventNames());
  },
};

describe('emitters, as in Node', () => {
  for (const [name, play] of Object.entries(CASES)) {
    it(name, () => {
      const [own, ofNode] = [new Emitter(), new EventEmitter()].map((emitter) => {
        const seen = [];
        play(emitter, seen);
        return seen;
      });
      assert.deepEqual(own, ofNode);
      assert.ok(own.length > 0);
    });
  }

  it('are the own ones where a runtime has none of Node’s', (context) => {
    const { process } = globalThis;
    context.after(() => (globalThis.process = process));
    for (const other of [undefined, {}, { getBuiltinModule: () => undefined }]) {
      globalThis.process = other;
      assert.equal(emitterClass(), Emitter);
    }
  });
});

describe('an error of the emitter', () => {
  it('has what was emitted for its cause, and says what was to be a listener', () => {
    const emitter = new Emitter();
    assert.throws(() => emitter.emit('error', 'a text'), { message: 'Unhandled error. (a text)', cause: 'a text' });
    assert.throws(() => emitter.on('x', 7), { name: 'TypeError', message: "listener of 'x': expected a function, got number" });
  });
});
