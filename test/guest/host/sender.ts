/** Sends bytes to everybody who connects: `sender <address> <port, 0: the system chooses> <bytes>`; says `listening on <port>`. */
import { type AddressInfo, createServer } from 'node:net';

const [, , address = '127.0.0.1', port = '0', bytes = '0'] = process.argv;
const chunk = Buffer.alloc(65_536, 'proxy-wifi ');

const server = createServer((socket) => {
  let left = Number(bytes);
  socket.on('error', () => socket.destroy());
  socket.resume();
  const more = (): void => {
    while (left > 0) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      if (!socket.write(part) && left > 0) {
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
  };
  more();
});
server.listen(Number(port), address, () =>
  console.log(`listening on ${(server.address() as AddressInfo).port}`),
);
