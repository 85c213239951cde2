// Guests that are as good as dead, as a process of their own: each listens at its address, and nobody is served there.
import { createServer } from 'node:net';

const [death, port, addresses] = process.argv.slice(2);
const held = new Set();
const servers = JSON.parse(addresses).map((host) => {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    if (death === 'resets') socket.resetAndDestroy();
    else held.add(socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The shortest queue there is: whoever does not fit in waits in vain for a guest that never accepts.
    server.listen({ port: Number(port), host, backlog: 1 }, resolve);
  });
});
await Promise.all(servers);
process.send({ type: 'listening' });
process.on('disconnect', () => process.exit());
