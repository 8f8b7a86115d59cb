/** One client in a process of its own, in Node: takes orders from the process that made it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import inspector from 'node:inspector';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { floorClient } from './clients/floor.mjs';
import { Loopback } from './clients/loopback.mjs';
import { ROWS, makeCalls } from './rows.mjs';

const [kind, url, profiledModule] = process.argv.slice(2);

/** Without an address the socket ends in this process. */
const isAlone = url === '';

const clients = {
  async floor() {
    if (isAlone) {
      const socket = new Loopback();
      const client = floorClient(socket);
      socket.onmessage = ({ data }) => client.receive(data);
      await new Promise((resolve) => (socket.onopen = () => resolve(undefined)));
      return { eventLog: client.eventLog, memory: () => 0 };
    }
    const { default: WebSocket } = await import('ws');
    const socket = new WebSocket(url);
    const client = floorClient(socket);
    socket.on('message', (/** @type {Buffer} */ data) => client.receive(data.toString()));
    await once(socket, 'open');
    return { eventLog: client.eventLog, memory: () => 0 };
  },
  async package() {
    const { Codebolt, initAsync } = await import('codebolt-wasm');
    // The same module with the names of its functions, for profiles.
    if (profiledModule) await initAsync(readFileSync(profiledModule));
    const codebolt = new Codebolt(isAlone ? { webSocket: /** @type {any} */ (Loopback) } : { url });
    await codebolt.waitForReady();
    // The file that the package itself has loaded; so this gives what there is.
    const { initSync } = createRequire(import.meta.url)(fileURLToPath(new URL('core.cjs', import.meta.resolve('codebolt-wasm'))));
    const exported = Object.values(initSync({ module: new Uint8Array() }));
    const memory = exported.find((value) => value instanceof WebAssembly.Memory);
    return { eventLog: codebolt.eventLog, memory: () => memory.buffer.byteLength };
  },
};

const { eventLog, memory } = await clients[/** @type {'floor' | 'package'} */ (kind)]();

const held = () => {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed + memory();
};

const orders = {
  /** CPU and wall time a call, in microseconds. */
  async sample({ row: name, calls }) {
    const row = ROWS.find((one) => one.name === name);
    if (row === undefined) throw new Error(`no row ${name}`);
    globalThis.gc?.();
    const start = performance.now();
    const before = process.cpuUsage();
    await makeCalls(eventLog, row, calls);
    const { user, system } = process.cpuUsage(before);
    return { cpu: (user + system) / calls, wall: ((performance.now() - start) * 1000) / calls };
  },

  /** Bytes a pending call, and microseconds a reply whose id nobody waits for, while so many calls wait. */
  async pending({ pending, strangers }) {
    const before = held();
    for (let made = 0; made < pending; made += 1) {
      eventLog.getInstance(`never answered ${made}`);
      if (made % 1000 === 999) await new Promise((done) => setImmediate(done));
    }
    const bytes = (held() - before) / pending;
    await eventLog.getInstanceStats('1000');
    const start = process.cpuUsage();
    await eventLog.getInstanceStats(String(strangers));
    const { user, system } = process.cpuUsage(start);
    return { bytes, stranger: (user + system) / strangers };
  },

  async profile({ row: name, calls, file }) {
    const row = ROWS.find((one) => one.name === name);
    if (row === undefined) throw new Error(`no row ${name}`);
    const session = new inspector.Session();
    session.connect();
    const post = (/** @type {string} */ method, /** @type {object} */ parameters = {}) =>
      new Promise((resolve, reject) =>
        session.post(method, parameters, (/** @type {any} */ error, /** @type {any} */ result) =>
          error ? reject(error) : resolve(result),
        ),
      );
    await post('Profiler.enable');
    await post('Profiler.setSamplingInterval', { interval: 100 });
    await post('Profiler.start');
    await makeCalls(eventLog, row, calls);
    const { profile } = /** @type {any} */ (await post('Profiler.stop'));
    session.disconnect();
    await writeFile(file, JSON.stringify(profile));
    return {};
  },
};

process.on('message', async (/** @type {any} */ { order, ...parameters }) => {
  try {
    process.send?.({ result: await orders[/** @type {'sample'} */ (order)](parameters) });
  } catch (error) {
    process.send?.({ error: String(/** @type {Error} */ (error).stack) });
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ result: 'ready' });
