// The module's replies beside those of codebolt-host itself: the same text for the same request, but for ids and times.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { inBrowser } from '../event-log/in-browser.mjs';
import { Masked } from './masked.mjs';
import { MemoryHost, bytes, script } from './module.mjs';
import { REQUESTS } from './requests.mjs';

const url = process.env.CODEBOLT_TEST_URL;
assert.ok(url, 'CODEBOLT_TEST_URL is not set; run this with `cargo xtask test event-log-in-memory`');

const recorded = readFileSync(new URL('../recordings/event-log.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => JSON.parse(line).frames)
  .map((frame) => frame.replaceAll('<UUID>', 'r'));

/**
 * @param {readonly string[]} frames
 * @param {(frame: string) => Promise<string>} answer
 */
const answered = async (frames, answer) => {
  const masked = new Masked();
  const replies = [];
  for (const frame of frames) {
    replies.push(masked.text(await answer(frame.includes('ID1') ? frame.replaceAll('ID1', masked.id(1)) : frame)));
  }
  return replies;
};

describe('the replies of the host in memory are those of codebolt-host', () => {
  /** @type {WebSocket} */
  let socket;
  before(async () => {
    socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  });
  after(() => socket.close());
  const realHost = (/** @type {string} */ frame) =>
    new Promise((resolve) => {
      socket.once('message', (data) => resolve(String(data)));
      socket.send(frame);
    });

  it('for requests of every kind, and for those that were recorded of the SDK', async () => {
    assert.ok(REQUESTS.length > 90 && recorded.length > 40, `${REQUESTS.length} and ${recorded.length} requests`);
    const frames = [...REQUESTS, ...recorded];
    const host = new MemoryHost();
    const wanted = await answered(frames, realHost);
    const found = await answered(frames, (frame) => host.handle(frame));
    for (const [index, frame] of frames.entries()) assert.equal(found[index], wanted[index], frame);
  });

  it('and so are they in Chromium', async () => {
    const node = new MemoryHost();
    const wanted = await answered(REQUESTS, (frame) => node.handle(frame));
    const found = await inBrowser(async (page) => {
      await page.evaluate(
        async ([text, base64]) => {
          const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
          const { default: init, MemoryHost } = await import(address);
          await init({ module_or_path: Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) });
          Object.assign(window, { host: new MemoryHost() });
        },
        [readFileSync(script, 'utf8'), bytes.toString('base64')],
      );
      return answered(REQUESTS, (frame) => page.evaluate((frame) => /** @type {any} */ (window).host.handle(frame), frame));
    });
    assert.deepEqual(found, wanted);
  });
});
