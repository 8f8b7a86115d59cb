/** Ways to load the WebAssembly module, and what comes of those that fail. */
import { Codebolt, initAsync } from '../node_modules/codebolt-wasm/browser.js';
import { report, url, wanted } from './report.mjs';
import { roundTrip } from './round-trip.mjs';

const elsewhere = '/elsewhere/module.wasm';
const fetched = async () => (await fetch(elsewhere)).arrayBuffer();
const works = () => roundTrip(new Codebolt({ url }), 'page');
const failure = (promise) =>
  promise.then(
    () => ({ error: 'it did not fail' }),
    ({ name, code, message }) => ({ name, code, message }),
  );

const initWith = async (source) => {
  await initAsync(source);
  return works();
};

const cases = {
  default: works,
  address: () => initWith(elsewhere),
  URL: () => initWith(new URL(elsewhere, location.href)),
  bytes: async () => initWith(await fetched()),
  'view of bytes': async () => initWith(new Uint8Array(await fetched())),
  module: async () => initWith(await WebAssembly.compile(await fetched())),
  response: async () => initWith(await fetch(elsewhere)),
  'promise of a response': () => initWith(fetch(elsewhere)),
  'two at once': async () => (await Promise.all([works(), works()]))[1],
  // Gives the test the time to see what an import alone does.
  imported: async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { state: new Codebolt({ url }).connectionState, sockets: globalThis.sockets };
  },
  connected: async () => {
    await works();
    return { sockets: globalThis.sockets };
  },
  // The same instance fails, and works when it is tried again.
  'fails, then works': async () => {
    const codebolt = new Codebolt({ url });
    const failed = await failure(codebolt.eventLog.listInstances());
    await fetch('/repair');
    return { failed, then: await roundTrip(codebolt, 'page') };
  },
  'init fails, then works': async () => {
    const failed = await failure(initAsync(elsewhere));
    return { failed, then: await works() };
  },
  'hangs': async () => failure(new Codebolt({ url, connectTimeout: 300 }).eventLog.listInstances()),
  fails: async () => failure(works()),
};

report(cases[wanted]());
