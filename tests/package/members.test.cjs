// The instance as CommonJS code and test tools take hold of it: by its own members, whatever `this` is.

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const codebolt = require('codebolt-wasm');

const { Codebolt, CodeboltError } = codebolt;

/** What compilers make of `import * as codebolt` and `import codebolt, { fs }` where the module is CommonJS; each in its own words. */
const copies = {
  'own names by descriptor (TypeScript 5.7 and newer)': (module) => {
    const copy = {};
    for (const name of Object.getOwnPropertyNames(module)) {
      if (name !== 'default') Object.defineProperty(copy, name, { enumerable: true, get: () => module[name] });
    }
    return Object.defineProperty(copy, 'default', { enumerable: true, value: module });
  },
  'listed names that are its own (TypeScript before)': (module) => {
    const copy = {};
    for (const name in module) {
      if (name !== 'default' && Object.prototype.hasOwnProperty.call(module, name)) {
        Object.defineProperty(copy, name, { enumerable: true, get: () => module[name] });
      }
    }
    return Object.defineProperty(copy, 'default', { enumerable: true, value: module });
  },
  'an object with its prototype (esbuild)': (module) => {
    const copy = Object.create(Object.getPrototypeOf(module), { default: { value: module, enumerable: true } });
    for (const name of Object.getOwnPropertyNames(module)) {
      if (!Object.hasOwn(copy, name)) Object.defineProperty(copy, name, { enumerable: true, get: () => module[name] });
    }
    return copy;
  },
  'its descriptors (Babel)': (module) => {
    const copy = {};
    for (const name in module) {
      const descriptor = Object.getOwnPropertyDescriptor(module, name);
      if (name === 'default' || !descriptor) continue;
      if (descriptor.get || descriptor.set) Object.defineProperty(copy, name, descriptor);
      else copy[name] = module[name];
    }
    copy.default = module;
    return copy;
  },
};

describe('the instance', () => {
  it('has no constructor and no tag of its own, and what is put in the place of a getter is listed no more than that', () => {
    const instance = new Codebolt();
    for (const name of ['constructor', Symbol.toStringTag]) assert.equal(Object.hasOwn(instance, name), false);
    instance.ready = 'mine';
    assert.deepEqual(Object.getOwnPropertyDescriptor(instance, 'ready'), { value: 'mine', configurable: true, enumerable: false, writable: true });
    instance.fs = 'mine';
    assert.deepEqual(Object.getOwnPropertyDescriptor(instance, 'fs'), { value: 'mine', configurable: true, enumerable: true, writable: true });
    assert.equal(new Codebolt().ready, false);
  });

  it('carries itself and the classes, which others of the class do not', () => {
    for (const name of ['default', 'Codebolt', 'CodeboltError']) {
      assert.ok(Object.hasOwn(codebolt, name), name);
      assert.equal(name in new Codebolt(), false, name);
    }
  });

  const modules = Object.keys(new Codebolt()).filter((name) => name !== 'websocket');

  it('has its modules as members of its own that can be listed, and its methods as some that cannot', () => {
    assert.ok(modules.length >= 62);
    for (const name of ['fs', 'git', 'chat', 'eventLog', 'agentEventQueue', 'websocket']) {
      assert.ok(Object.prototype.propertyIsEnumerable.call(codebolt, name), name);
    }
    for (const name of ['onMessage', 'onPluginStart', 'waitForReady', 'request', 'ready', 'connectionState']) {
      assert.equal(Object.prototype.propertyIsEnumerable.call(codebolt, name), false, name);
      assert.ok(Object.hasOwn(codebolt, name), name);
    }
    const listed = [];
    for (const name in codebolt) listed.push(name);
    assert.deepEqual(listed, Object.keys(codebolt));
    assert.match(inspect(codebolt), /eventLog/);
    assert.equal(codebolt.connectionState, 'idle');
    assert.equal(codebolt.state, undefined, 'a name that the newest documentation gives to a module');
  });

  it('makes a module when it is first read, and then the same', () => {
    const fresh = new Codebolt();
    const { get } = Object.getOwnPropertyDescriptor(fresh, 'fs');
    assert.equal(typeof get, 'function');
    assert.equal(fresh.fs, fresh.fs);
    assert.equal(get(), fresh.fs);
  });

  for (const [name, copyOf] of Object.entries(copies)) {
    it(`works as a copy of ${name}`, async () => {
      const copy = copyOf(codebolt);
      assert.equal(copy.fs, codebolt.fs);
      assert.equal(copy.eventLog, codebolt.eventLog);
      assert.equal(copy.Codebolt, Codebolt);
      assert.equal(copy.CodeboltError, CodeboltError);
      assert.equal(copy.default, codebolt);
      assert.equal(copy.websocket, null);
      if (!copy.onMessage) return;
      assert.equal(copy.ready, false);
      assert.equal(copy.connectionState, 'idle');
      await assert.rejects(copy.request(7), { code: 'INVALID_ARGUMENT' });
    });
  }

  it('works behind a Proxy, as a prototype, spread, and by methods taken off it', async () => {
    const refused = (call) => assert.rejects(call, { code: 'INVALID_ARGUMENT' });
    const proxy = new Proxy(codebolt, {});
    const child = Object.create(codebolt);
    const spread = { ...codebolt };
    const { request, onMessage, onReadFile } = codebolt;
    for (const each of [proxy, child]) {
      await refused(each.request(7));
      assert.equal(each.ready, false);
      assert.equal(each.occupancy, codebolt.occupancy);
      assert.throws(() => each.onMessage('no function'), { code: 'INVALID_ARGUMENT' });
    }
    for (const each of [proxy, child, spread]) assert.equal(each.eventLog, codebolt.eventLog);
    await refused(request(7));
    for (const listen of [onMessage, onReadFile]) assert.throws(() => listen('no function'), { code: 'INVALID_ARGUMENT' });
    assert.ok(proxy instanceof Codebolt && child instanceof Codebolt);
  });

  it('takes a stand-in for a module, there and nowhere else', () => {
    const standIn = { createInstance: () => 'stand-in' };
    const one = new Codebolt();
    const other = new Codebolt();
    one.eventLog = standIn;
    assert.equal(one.eventLog, standIn);
    assert.notEqual(other.eventLog, standIn);
    assert.ok(Object.keys(one).includes('eventLog'));
    const child = Object.create(other);
    child.eventLog = standIn;
    assert.equal(child.eventLog, standIn);
    assert.notEqual(other.eventLog, standIn);
    const proxy = new Proxy(other, {});
    proxy.fs = standIn;
    assert.equal(other.fs, standIn);
  });

  it('takes stand-ins as test tools put them, and gives the own ones back', () => {
    const one = new Codebolt();
    // How sinon's `stub(object, name).value(…)`, and `replace`, go about it.
    const before = Object.getOwnPropertyDescriptor(one, 'eventLog');
    Object.defineProperty(one, 'eventLog', { value: 'stand-in', enumerable: before.enumerable, configurable: true, writable: true });
    assert.equal(one.eventLog, 'stand-in');
    Object.defineProperty(one, 'eventLog', before);
    assert.equal(typeof one.eventLog.createInstance, 'function');
    // Methods of modules and of the instance.
    const { createInstance } = one.eventLog;
    one.eventLog.createInstance = () => 'stand-in';
    assert.equal(one.eventLog.createInstance(), 'stand-in');
    one.eventLog.createInstance = createInstance;
    one.onMessage = () => 'stand-in';
    assert.equal(one.onMessage(), 'stand-in');
    delete one.onMessage;
    assert.throws(() => one.onMessage(), { code: 'INVALID_ARGUMENT' });
    delete one.eventLog;
    assert.equal(one.eventLog, undefined);
  });

  it('is extended by subclasses, whose methods count', async () => {
    class Agent extends Codebolt {
      heard = [];
      onMessage(handler) {
        this.heard.push('mine');
        return super.onMessage(handler);
      }
      async request(...values) {
        return ['mine', await super.request(...values).catch(({ code }) => code)];
      }
      get ready() {
        return `mine: ${super.ready}`;
      }
      onReadFile = () => 'field';
    }
    const agent = new Agent({ url: 'ws://127.0.0.1:1' });
    const { request, onMessage } = agent;
    assert.deepEqual(await request(7), ['mine', 'INVALID_ARGUMENT']);
    assert.throws(() => onMessage('no function'), { code: 'INVALID_ARGUMENT' });
    assert.deepEqual(agent.heard, ['mine']);
    assert.equal(agent.ready, 'mine: false');
    assert.equal(agent.onReadFile(), 'field');
    assert.equal(typeof agent.eventLog.createInstance, 'function');
    await agent.close();
  });

  it('lets methods of the class be replaced for all', () => {
    const one = new Codebolt();
    const { onCloseSignal } = Codebolt.prototype;
    Codebolt.prototype.onCloseSignal = () => 'replaced';
    assert.equal(one.onCloseSignal(), 'replaced');
    Codebolt.prototype.onCloseSignal = onCloseSignal;
    assert.throws(() => one.onCloseSignal(), { code: 'INVALID_ARGUMENT' });
  });

  it('survives being frozen', () => {
    const one = Object.freeze(new Codebolt());
    assert.equal(one.fs, one.fs);
    assert.throws(() => {
      'use strict';
      one.fs = 1;
    }, TypeError);
  });
});
