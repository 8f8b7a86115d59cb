// A session that the engine has collected while its connection still works for somebody. The engine chooses the moment, so here it is
// staged: a weak reference that says so. All else is the package as it is.

import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { answer, open, startHost, until } from './misbehaving-host.mjs';

const { WeakRef } = globalThis;
let isCollected;
beforeEach(() => {
  isCollected = false;
  globalThis.WeakRef = class {
    #target;
    constructor(target) {
      this.#target = target;
    }
    deref() {
      return isCollected ? undefined : this.#target;
    }
  };
});
afterEach(() => (globalThis.WeakRef = WeakRef));

describe('a session that was collected', () => {
  it('connects again for what waits', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url, reconnect: { initialDelay: 1 } });
    await codebolt.waitForReady();
    isCollected = true;
    host.connections[0].socket.terminate();
    await host.connections[0].closed;
    await until(() => codebolt.connectionState === 'reconnecting' || host.connections.length > 1);
    assert.equal((await codebolt.request('x')).success, true);
    assert.equal(host.connections.length, 2);
  });

  it('drops what comes for nobody, and closes', async () => {
    const host = await startHost({ onFrame: answer });
    const codebolt = open({ url: host.url });
    await codebolt.waitForReady();
    isCollected = true;
    host.connections[0].send({ type: 'other' });
    assert.equal((await codebolt.request('x')).success, true);
    await codebolt.close();
    assert.equal(codebolt.connectionState, 'closed');
    await host.connections[0].closed;
  });

  it('hands a reply to a call that is observed', async (context) => {
    const types = [];
    const channel = diagnostics.channel('tracing:codebolt:request:asyncEnd');
    const listener = ({ type }) => types.push(type);
    channel.subscribe(listener);
    context.after(() => channel.unsubscribe(listener));
    const host = await startHost();
    const codebolt = open({ url: host.url });
    const call = codebolt.request('x');
    await host.received(1);
    isCollected = true;
    answer(host.frames[0], host.connections[0]);
    assert.equal((await call).success, true);
    assert.deepEqual(types, ['x']);
  });

  it('hands a reply to a call whose frames were logged, and logs no more', async () => {
    const lines = [];
    const host = await startHost();
    const codebolt = open({ url: host.url, logger: { debug: (text) => lines.push(text) } });
    const call = codebolt.request('x');
    await host.received(1);
    isCollected = true;
    const before = lines.length;
    answer(host.frames[0], host.connections[0]);
    assert.equal((await call).success, true);
    assert.equal(lines.length, before);
  });
});
