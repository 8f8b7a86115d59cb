import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import codebolt from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';

// The main thread and two workers at the same time, each with an instance of its own.
if (isMainThread) {
  const inWorker = () =>
    new Promise((resolve, reject) => {
      new Worker(new URL(import.meta.url)).once('message', resolve).once('error', reject);
    });
  const [first, second] = await Promise.all([inWorker(), inWorker(), roundTrip(codebolt, 'main thread')]);
  if (first.total !== 1) throw new Error(JSON.stringify(first));
  console.log(JSON.stringify(second));
} else {
  parentPort.postMessage(await roundTrip(codebolt, 'worker-threads'));
}
