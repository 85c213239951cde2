// The measure of all things: a node:net server that reads a request and answers with fixed bytes, and a bare sender.
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const answer = process.argv[2] === undefined ? Buffer.alloc(0) : readFileSync(process.argv[2]);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(answer));
});
server.listen(0, '127.0.0.1', () => process.send?.({ type: 'listening', port: server.address().port }));

process.on('message', ({ type, addresses, port, frame }) => {
  if (type === 'cpu') process.send({ type: 'cpu', ...process.cpuUsage() });
  if (type !== 'notify') return;
  const bytes = Buffer.from(frame, 'hex');
  for (const host of addresses) {
    const socket = connect({ host, port, noDelay: true }, () => socket.end(bytes));
    socket.on('error', () => {});
    socket.resume();
  }
});
process.on('disconnect', () => process.exit());
