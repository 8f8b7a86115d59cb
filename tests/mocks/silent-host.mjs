/** A host that takes connections and answers nothing, for time limits. */
import { after } from 'node:test';
import { WebSocketServer } from 'ws';
import { hostUrl } from '../builds/project.mjs';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await new Promise((resolve) => server.once('listening', resolve));
after(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** Where the hosts are, for the programs. */
export const environment = {
  HOST_URL: hostUrl,
  SILENT_URL: `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`,
};
