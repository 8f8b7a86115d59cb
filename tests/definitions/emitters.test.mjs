// The emitters of custom methods, in Node and elsewhere.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

const { Emitter, emitterClass } = await import(new URL('platform/emitter.js', SOURCES).href);

describe('terminal', () => {
  it('emits the messages of commands on the emitter of all and on one of each stream, each once, until that is cleaned up', () => {
    const session = recordingSession();
    const terminal = modules.terminal(session);
    const stream = terminal.executeCommandWithStream('ls');
    const other = terminal.executeCommandWithStream('pwd');
    assert.notEqual(stream, other);
    assert.equal(terminal.eventEmitter, terminal.eventEmitter);
    const seen = [];
    const all = [];
    const others = [];
    terminal.eventEmitter.on('commandOutput', ({ output }) => all.push(output));
    other.on('commandOutput', ({ output }) => {
      others.push(output);
      throw new Error('mine alone');
    });
    stream.on('commandOutput', ({ output }) => seen.push(output));
    stream.once('commandFinish', () => seen.push('end'));
    session.arrive({ type: 'commandOutput', output: 'a' });
    session.arrive({ type: 'commandFinish' });
    session.arrive({ type: 'commandFinish' });
    stream.cleanup();
    session.arrive({ type: 'commandOutput', output: 'b' });
    assert.deepEqual(seen, ['a', 'end']);
    assert.deepEqual(all, ['a', 'b']);
    assert.deepEqual(others, ['a', 'b']);
    assert.deepEqual(session.failures.map(({ message }) => message), ['mine alone', 'mine alone']);
    other.cleanup();
    session.arrive({ type: 'commandOutput', output: 'c' });
    assert.deepEqual(all, ['a', 'b']);
    terminal.executeCommandWithStream('again');
    session.arrive({ type: 'commandOutput', output: 'd' });
    assert.deepEqual(all, ['a', 'b', 'd'], 'what came in between is not the next command’s');
  });
});

describe('emitters', () => {
  const emitters = { own: new Emitter(), ofNode: new EventEmitter(), made: new (emitterClass())() };

  it('are those of Node where it is there', () => {
    assert.ok(emitters.made instanceof EventEmitter);
    assert.ok(modules.terminal(recordingSession()).eventEmitter instanceof EventEmitter);
  });

  it('elsewhere have every method of Node’s', () => {
    const names = Object.getOwnPropertyNames(EventEmitter.prototype).filter((name) => !name.startsWith('_') && name !== 'constructor');
    assert.ok(names.length > 14);
    for (const name of names) assert.equal(typeof emitters.own[name], 'function', name);
  });

  it('elsewhere do what Node’s do', () => {
    const heard = Object.values(emitters).map((emitter) => {
      const seen = [];
      const note = (name) => (...values) => void seen.push([name, ...values]);
      const [a, b, c, once] = ['a', 'b', 'c', 'once'].map(note);
      emitter.on('newListener', (name) => seen.push(['new', name]));
      emitter.on('removeListener', (name) => seen.push(['gone', name]));
      assert.equal(emitter.on('x', a).addListener('x', b), emitter);
      emitter.prependListener('x', c);
      emitter.prependOnceListener('x', once);
      seen.push(['count', emitter.listenerCount('x'), emitter.listenerCount('none')]);
      seen.push(['names', ...emitter.eventNames()]);
      seen.push(['same', emitter.listeners('x')[0] === once, emitter.rawListeners('x')[0] === once, emitter.rawListeners('x')[0].listener === once]);
      seen.push(['emitted', emitter.emit('x', 1, 2), emitter.emit('x', 3), emitter.emit('none')]);
      emitter.on('x', a).off('x', a);
      emitter.off('x', note('never added'));
      emitter.emit('x', 4);
      emitter.once('y', b);
      emitter.rawListeners('y')[0]('raw');
      seen.push(['y', emitter.listenerCount('y')]);
      emitter.on('z', (...values) => {
        emitter.removeAllListeners('z');
        seen.push(values);
      });
      emitter.on('z', b);
      emitter.emit('z', 'both, though they were taken off meanwhile');
      for (const error of [new RangeError('mine'), 'a text']) {
        try {
          emitter.emit('error', error);
        } catch (thrown) {
          seen.push(['thrown', thrown === error, thrown instanceof Error]);
        }
      }
      try {
        emitter.on('x', undefined);
      } catch (thrown) {
        seen.push(['refused', thrown instanceof TypeError]);
      }
      seen.push([emitter.getMaxListeners(), emitter.setMaxListeners(3).getMaxListeners()]);
      emitter.removeAllListeners();
      seen.push(['left', ...emitter.eventNames()]);
      return seen;
    });
    assert.deepEqual(heard[0], heard[1]);
    assert.deepEqual(heard[2], heard[1]);
    assert.ok(heard[0].length > 30);
  });
});
