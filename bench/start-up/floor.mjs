/** `ws` alone: import, connect, one request. Milliseconds on stdout. */
const [url] = process.argv.slice(2);
const start = performance.now();
const { default: WebSocket } = await import('ws');
const imported = performance.now() - start;
const socket = new WebSocket(url);
const usable = performance.now() - start;
socket.on('open', () =>
  socket.send('{"type":"eventLog.createInstance","requestId":"00000000-0000-4000-8000-000000000000","params":{"name":"a"}}'),
);
socket.on('message', (/** @type {Buffer} */ data) => {
  JSON.parse(data.toString());
  const replied = performance.now() - start;
  console.log(JSON.stringify({ imported, usable, replied }));
  process.exit();
});
