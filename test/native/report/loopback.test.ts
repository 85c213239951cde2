/** Over AF_INET, where every machine has it: the family is data. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { loopbackFindings } from '../../../native/report/loopback.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import type { StreamFamily } from '../../../native/sockets/koffi-streams-calls.js';
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';

const internet: StreamFamily = {
  name: 'AF_INET',
  family: 2,
  protocol: 6,
  addressSize: 16,
  // `SOL_SOCKET`, `SO_REUSEADDR`: Linux would otherwise keep the port for connections that are over.
  options: [{ level: 1, option: 2, value: 1 }],
  url: () => 'tcp://127.0.0.1',
  guest: () => guestIdOf({ scheme: 'tcp', address: '127.0.0.1' }),
};

const addressOf = (port: number): Uint8Array =>
  Uint8Array.from([2, 0, port >> 8, port & 0xff, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

if (process.platform === 'linux')
  describe('sockets from end to end', () => {
    const lent = async (): Promise<{ port: number; close: () => Promise<unknown> }> => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      return {
        port: typeof address === 'object' && address !== null ? address.port : 0,
        close: () => once(server.close(), 'close'),
      };
    };

    it('listen, connect, and carry bytes there and back', async () => {
      const { port, close } = await lent();
      await close();
      expect(await loopbackFindings(posixSockets(), internet, addressOf(port), 5_000)).to.deep.equal({
        listening: true,
        connected: true,
        sent: true,
        echoed: 3,
      });
    });

    it('say which step failed, and of what', async () => {
      const { port, close } = await lent();
      const findings = await loopbackFindings(posixSockets(), internet, addressOf(port), 5_000);
      await close();
      expect(findings).to.deep.equal({ failed: 'listen', code: 'EADDRINUSE' });
      const unknown = { ...internet, family: 99 };
      expect(await loopbackFindings(posixSockets(), unknown, addressOf(port), 5_000)).to.deep.equal({
        failed: 'listen',
        code: 'EAFNOSUPPORT',
      });
    });

    it('leave nobody listening', async () => {
      const { port, close } = await lent();
      await close();
      await loopbackFindings(posixSockets(), internet, addressOf(port), 5_000);
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      await once(server.close(), 'close');
    });
  });
