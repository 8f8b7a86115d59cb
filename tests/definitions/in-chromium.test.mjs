// A sample of the recorded calls of every module, through the whole package in a real browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { inBrowser } from '../event-log/in-browser.mjs';

/** How many recorded calls of a module make a sample. */
const SAMPLE = 3;

const recordings = readFileSync(new URL('../recordings/sdk-frames.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  // What hangs on the host's answers, or on arguments that the event log refuses, is tested in Node.
  .filter(({ frame, given, error, module }) => frame && !given && !error && module !== 'eventLog');

const counts = new Map();
const sample = recordings.filter(({ module }) => {
  counts.set(module, (counts.get(module) ?? 0) + 1);
  return counts.get(module) <= SAMPLE;
});

it('sends the recorded frames of a sample of each module in Chromium', async () => {
  assert.ok(counts.size > 50, `only ${counts.size} modules have recordings`);
  const sent = await inBrowser((page) =>
    page.evaluate(async (calls) => {
      const { Codebolt } = await import('/pkg/browser.js');
      const revive = (value) =>
        value?.$undefined ? undefined
        : Array.isArray(value) ? value.map(revive)
        : value;
      const results = [];
      for (const { module, method, args } of calls) {
        const frames = [];
        class RecordingSocket {
          readyState = 0;
          bufferedAmount = 0;
          constructor() {
            queueMicrotask(() => {
              this.readyState = 1;
              this.onopen?.({});
            });
          }
          send(text) {
            frames.push(text);
          }
          close() {
            this.readyState = 3;
            queueMicrotask(() => this.onclose?.({ code: 1000, reason: '' }));
          }
        }
        const codebolt = new Codebolt({ webSocket: RecordingSocket });
        await codebolt.waitForReady();
        const call = method.split('.').reduce((value, name) => value[name], codebolt[module]);
        const settled = (async () => call(...args.map(revive)))().catch((error) => error.code);
        await new Promise((resolve) => setTimeout(resolve, 0));
        await codebolt.close();
        await settled;
        results.push(frames);
      }
      return results;
    }, sample),
  );
  for (const [number, { module, method, case: name, frame }] of sample.entries()) {
    const [text, ...more] = sent[number];
    const label = `${module}.${method}, ${name}`;
    assert.deepEqual(more, [], label);
    const neutral = text
      ?.replace(/"requestId":"[0-9a-f-]{36}"/, '"requestId":"<id>"')
      .replace(/"tool_\d+_[0-9a-z]+"/, '"<toolUseId>"')
      .replace(/"browser-\d+-[0-9a-z]+"/, '"<browserInstanceId>"');
    assert.equal(neutral, JSON.stringify(frame), label);
  }
});
