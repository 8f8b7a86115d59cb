// What the built package puts on the wire for calls of the event log, in Node and in Chromium, on a real host: the
// recorded text, byte for byte but for the id, in the tick of the call.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Codebolt } from 'codebolt-wasm';
import WebSocket from 'ws';
import { REFUSED, byRule, noting, outcomes, recorded } from './calls.mjs';
import { inBrowser } from './in-browser.mjs';

const url = process.env.CODEBOLT_TEST_URL;
assert.ok(url, 'CODEBOLT_TEST_URL is not set; run this with `cargo xtask test event-log`');

const lines = readFileSync(new URL('../recordings/event-log.jsonl', import.meta.url), 'utf8').trim().split('\n');
const rows = [...lines.map(recorded), ...byRule()];
const refused = REFUSED.map(([call, message]) => ({ name: call, call, frames: [], refusal: message }));
const all = [...rows, ...refused];
const calls = all.map(({ call }) => call);

const inNode = async () => {
  const frames = [];
  const codebolt = new Codebolt({ url, requestTimeout: 10_000, webSocket: noting(frames, (address) => new WebSocket(address)) });
  const results = await outcomes(codebolt, frames, calls);
  await codebolt.close();
  return results;
};

const inChromium = () =>
  inBrowser((page) =>
    page.evaluate(
      async ({ url, calls }) => {
        const { Codebolt } = await import(`${location.origin}/pkg/browser.js`);
        const { noting, outcomes } = await import(`${location.origin}/tests/event-log/calls.mjs`);
        const frames = [];
        const codebolt = new Codebolt({ url, requestTimeout: 10_000, webSocket: noting(frames, (address) => new WebSocket(address)) });
        const results = await outcomes(codebolt, frames, calls);
        await codebolt.close();
        return results;
      },
      { url, calls },
    ),
  );

for (const [runtime, run] of [['Node', inNode], ['Chromium', inChromium]]) {
  describe(`frames in ${runtime}`, async () => {
    const results = await run();

    it('covers every recorded line', () => {
      assert.equal(lines.length, 48);
      assert.equal(results.length, all.length);
    });

    for (const [index, { name, frames, rejects, refusal }] of all.entries()) {
      const says = refusal ? 'refuses' : rejects ? 'rejects and sends nothing' : 'sends what JSON.stringify makes';
      it(`${says}: ${name}`, () => {
        const { sent, thrown, rejected, held } = results[index];
        assert.equal(thrown, undefined, 'it threw instead of rejecting');
        assert.deepEqual(sent, frames);
        if (refusal) assert.deepEqual(rejected, { name: 'CodeboltError', message: refusal, code: 'INVALID_ARGUMENT' });
        else if (rejects) assert.deepEqual({ name: rejected?.name, message: rejected?.message }, rejects);
        else assert.equal(rejected, undefined, 'the host did not answer');
        assert.equal(held, 0, 'something is still held');
      });
    }
  });
}
