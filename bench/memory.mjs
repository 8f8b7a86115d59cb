/**
 * What clients hold: one that is open and idle, one that failed to connect and is still there, and what 10,000 leave behind that
 * were dropped without being closed. node bench/memory.mjs
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Codebolt } from 'codebolt-wasm';
import { startResponder } from './processes.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const turn = () => new Promise((done) => setTimeout(done, 5));

/** Bytes in the heap and outside it, once nothing more is to be collected. */
const held = async () => {
  for (let round = 0; round < 6; round += 1) {
    collect();
    await turn();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, outside: external + arrayBuffers };
};

/** @param {number} count @param {() => Promise<unknown>} make */
const bytesEach = async (count, make) => {
  const kept = [];
  for (let made = 0; made < 20; made += 1) kept.push(await make());
  const before = await held();
  for (let made = 0; made < count; made += 1) kept.push(await make());
  const after = await held();
  return { kept, heap: Math.round((after.heap - before.heap) / count), outside: Math.round((after.outside - before.outside) / count) };
};

const responder = await startResponder();
const open = await bytesEach(200, async () => {
  const codebolt = new Codebolt({ url: responder.url });
  await codebolt.eventLog.createInstance('orders');
  return codebolt;
});
console.log(`an idle open client: ${open.heap} bytes of heap, ${open.outside} outside`);
for (const codebolt of open.kept) await /** @type {Codebolt} */ (codebolt).close();

const failed = await bytesEach(500, async () => {
  const codebolt = new Codebolt({ url: 'ws://127.0.0.1:1/' });
  await codebolt.waitForReady().catch(() => {});
  return codebolt;
});
console.log(`one that failed to connect: ${failed.heap} bytes of heap, ${failed.outside} outside`);
failed.kept.length = 0;

const DROPPED = 10_000;
let collected = 0;
const registry = new FinalizationRegistry(() => (collected += 1));
const before = await held();
for (let made = 1; made <= DROPPED; made += 1) {
  const codebolt = new Codebolt({ url: responder.url });
  registry.register(codebolt, undefined);
  await codebolt.eventLog.createInstance('orders');
  // The machine lets a process have only so many sockets.
  if (made % 200 === 0) await held();
}
const after = await held();
console.log(`${DROPPED} dropped: ${collected} collected; ${after.heap - before.heap} bytes of heap and ${after.outside - before.outside} outside are left`);
responder.stop();
