/** An SDK that begins to listen when its connection is open, and is busy while it opens: what comes with the handshake is lost on it. */
import { WebSocket } from 'ws';

const socket = new WebSocket(`ws://127.0.0.1:${process.env.SOCKET_PORT}/codebolt?id=late`);
const until = Date.now() + 150;
while (Date.now() < until);
await new Promise((resolve) => socket.once('open', resolve));
socket.on('message', (data) => {
  const { message } = JSON.parse(data);
  socket.send(JSON.stringify({ type: 'processStoped', message: message.userMessage, requestId: '1' }));
});
