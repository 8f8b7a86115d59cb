// Follows a stream: first what is there, then each event as it comes, until a signal says enough.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import codebolt from 'codebolt-wasm';

const { appendEvent, deleteInstance, getOrCreateInstance, readEvents, unwrap } = codebolt.eventLog;

const name = `builds-${crypto.randomUUID()}`;
await getOrCreateInstance(name, 'Output of builds');
const say = async (line) =>
  unwrap(await appendEvent({ instanceId: name, streamId: 'build-1', eventType: 'Line', payload: { line } }));

await say('checking out');
await say('compiling');

// Somebody else goes on writing while we read.
const writing = (async () => {
  for (const line of ['testing', 'packing', 'done']) {
    await wait(60);
    await say(line);
  }
})();

const enough = new AbortController();
const lines = [];
try {
  const tail = readEvents({ instanceId: name, stream: 'build-1', live: true, pollInterval: 20, signal: enough.signal });
  for await (const { sequence_number, payload } of tail) {
    console.log(`${sequence_number}: ${payload.line}`);
    lines.push(payload.line);
    if (payload.line === 'done') enough.abort();
  }
} catch (error) {
  if (error !== enough.signal.reason) throw error;
  console.log('the tail has ended');
}
await writing;
assert.deepEqual(lines, ['checking out', 'compiling', 'testing', 'packing', 'done']);

unwrap(await deleteInstance(name));
await codebolt.close();
