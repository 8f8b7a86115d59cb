// Runs before every module, and counts what they connect.
globalThis.sockets = 0;
globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    globalThis.sockets++;
  }
};
