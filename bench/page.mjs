/** One client in a browser's page. */
import { floorClient } from './clients/floor.mjs';
import { Loopback } from './clients/loopback.mjs';
import { ROWS, makeCalls } from './rows.mjs';

const parameters = new URLSearchParams(location.search);
const url = parameters.get('url') ?? '';

/** Without an address the socket ends in this page. */
const webSocket = /** @type {typeof WebSocket} */ (url === '' ? Loopback : WebSocket);

const clients = {
  async floor() {
    const socket = new webSocket(url);
    const client = floorClient(socket);
    socket.onmessage = ({ data }) => client.receive(data);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return client.eventLog;
  },
  async package() {
    // @ts-expect-error as the page's server has it
    const { Codebolt } = await import('/pkg/browser.js');
    const codebolt = new Codebolt(url === '' ? { webSocket } : { url });
    await codebolt.waitForReady();
    return codebolt.eventLog;
  },
};

const eventLog = await clients[/** @type {'floor' | 'package'} */ (parameters.get('kind'))]();

Object.assign(globalThis, {
  /** Makes a row's calls; gives the wall time a call in microseconds. */
  async sample(/** @type {{ row: string, calls: number }} */ { row: name, calls }) {
    const row = ROWS.find((one) => one.name === name);
    if (row === undefined) throw new Error(`no row ${name}`);
    const start = performance.now();
    await makeCalls(eventLog, row, calls);
    return ((performance.now() - start) * 1000) / calls;
  },
  ready: true,
});
