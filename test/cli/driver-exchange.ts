/** One exchange of the guest driver over a plain socket of Node, with nothing of this project in between. */
import { createConnection, type NetConnectOpts } from 'node:net';

/** Writes the request and gives everything that comes until the host closes. */
export const driverExchange = (to: NetConnectOpts, request: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = createConnection(to, () => socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => socket.end());
    socket.once('error', reject);
    socket.once('close', () => resolve(Buffer.concat(chunks)));
  });
