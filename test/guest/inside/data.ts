/** Data through an interface of the machine. */
import { connect } from 'node:net';

/** Everything that the peer sends to who has `address` (with or without prefix), and how long it took, in milliseconds. */
export const receive = (
  peer: { readonly address: string; readonly port: number },
  address: string,
): Promise<{ readonly bytes: number; readonly milliseconds: number }> =>
  new Promise((resolve, reject) => {
    const [localAddress = ''] = address.split('/');
    const socket = connect({ host: peer.address, port: peer.port, localAddress });
    let bytes = 0;
    let began = 0;
    socket.once('connect', () => {
      began = performance.now();
    });
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.once('error', reject);
    socket.once('end', () => {
      socket.destroy();
      resolve({ bytes, milliseconds: performance.now() - began });
    });
  });
