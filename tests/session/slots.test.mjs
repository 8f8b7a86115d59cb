// JavaScript's half of the bridge at the limits of what the module can give it. A module that has 33 million waiters cannot be had in a
// test, so this one is staged: it gives the numbers that such a one would give.

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'node:test';

const sources = process.env.CODEBOLT_PACKAGE_SOURCES;
if (!sources) throw new Error('run these tests with `cargo xtask test session`');
const { Bridge } = await import(new URL('session/bridge.js', pathToFileURL(`${sources}/`)).href);

const ids = Array.from({ length: 128 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
const LAST_SLOT = 2 ** 25 - 1;

/** A bridge to a module that reserves and begins what it is told to. */
const bridgeTo = ({ reserves, begins = -1 }) => {
  const seen = { called: [], sent: [], waiters: undefined };
  class Client {
    static createInstanceFrame = () => ['', '', ''];
    #bridge;
    constructor(_, bridge) {
      this.#bridge = bridge;
      bridge.ids = ids.join('');
      bridge.messageIds = [...ids].reverse().join('');
      seen.waiters = bridge.waiters;
      seen.receive = bridge.receive;
    }
    createInstanceMethod = () => 0;
    method = () => 1;
    connect() {
      this.#bridge.connect('ws://host/');
    }
    reserve = () => reserves;
    beginRequest = () => begins;
    commit() {}
    call = (slot, _, frame) => void seen.called.push([slot, frame]);
    send = (slot, frame) => void seen.called.push([slot, frame]);
    reply = (id) => (seen.replies?.has(id) ? seen.replies.get(id) : -1);
    run() {}
  }
  const socket = { readyState: 1, send: (frame) => void seen.sent.push(frame) };
  const bridge = new Bridge(Client, {}, { connect: () => socket, emit() {}, deliver() {}, arriving() {}, frame() {}, observe() {} });
  bridge.connect();
  return { bridge, seen };
};

describe('the bridge', () => {
  for (const slot of [0, 1, 2 ** 24 - 1, 2 ** 24, LAST_SLOT - 1, LAST_SLOT]) {
    for (const index of [0, 127]) {
      // As the module gives it: without a sign.
      const reserved = slot * 128 + index;

      it(`reads slot ${slot} and the id ${index} where a request has to wait`, () => {
        const { bridge, seen } = bridgeTo({ reserves: reserved });
        const resolve = () => {};
        assert.equal(bridge.call({ type: 'x' }, ['<', '>'], 0, resolve), ids[index]);
        assert.deepEqual(seen.called, [[slot, `<${ids[index]}>`]]);
        assert.equal(seen.waiters[slot], resolve);
        bridge.send(['<', '>'], resolve);
        assert.deepEqual(seen.called[1], [slot, `<${ids[127 - index]}>`]);
      });

      if (slot < 2 ** 24) {
        it(`reads slot ${slot} and the id ${index} on the fast path, and resolves its waiter with the reply`, async () => {
          const { bridge, seen } = bridgeTo({ reserves: 0, begins: reserved });
          const promise = bridge.ask({ type: 'x' }, ['<', '>']);
          assert.deepEqual(seen.sent, [`<${ids[index]}>`]);
          assert.equal(typeof seen.waiters[slot], 'function');
          seen.replies = new Map([[ids[index], slot * 2 + 1]]);
          seen.receive({ data: JSON.stringify({ requestId: ids[index], answer: slot }) });
          assert.equal((await promise).answer, slot);
          assert.equal(seen.waiters[slot], undefined);
        });
      }
    }
  }

  it('resolves the waiter at the last slot of all', async () => {
    const { bridge, seen } = bridgeTo({ reserves: LAST_SLOT * 128 });
    const promise = new Promise((resolve) => bridge.call({ type: 'x' }, ['<', '>'], 0, resolve));
    seen.replies = new Map([[ids[0], LAST_SLOT * 2]]);
    seen.receive({ data: JSON.stringify({ requestId: ids[0], answer: 'last' }) });
    assert.equal((await promise).answer, 'last');
  });
});
