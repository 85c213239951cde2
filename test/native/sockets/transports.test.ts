import { expect } from 'chai';
import type { Endpoint } from '../../../native/sockets/endpoint.js';
import { guestSideFor, transportFor } from '../../../native/sockets/transports.js';
import { fail, succeed } from '../../compliance/transport-stage.js';

const ports = { requestPort: 12345, notificationPort: 12346 };

describe('the table of transports', () => {
  const endpoints: readonly Endpoint[] = [
    { scheme: 'tcp', host: '127.0.0.1', port: undefined },
    { scheme: 'unix', path: '/run/vm1.vsock' },
    { scheme: 'memory', name: 'vm1' },
    { scheme: 'vsock', cid: 'any' },
  ];

  for (const endpoint of endpoints) {
    const { scheme } = endpoint;

    it(`has both sides of ${scheme}`, async () => {
      expect(await succeed(transportFor(scheme))).to.have.property('scheme', scheme);
      expect(await succeed(guestSideFor(endpoint, ports))).to.have.keys('connect', 'notifications');
    });
  }

  it('refuses an endpoint of another scheme', async () => {
    for (const [mine, other] of [
      ['tcp', endpoints[1]],
      ['unix', endpoints[0]],
      ['memory', endpoints[0]],
    ] as const) {
      const transport = await succeed(transportFor(mine));
      if (other === undefined) throw new Error('no such endpoint');
      const failure = await new Promise((resolve) => {
        transport.listen(other, { requestPort: 12345 }).subscribe({ error: resolve });
      });
      expect(failure).to.include({ operation: 'listen', code: 'EAFNOSUPPORT' });
    }
  });

  if (process.platform !== 'win32')
    it('says clearly what this system does not have', async () => {
      const failure = await fail(transportFor('hvsocket'));
      expect(failure.detail).to.include(
        `Hyper-V sockets are on Windows only, and this is ${process.platform} (EAFNOSUPPORT)`,
      );
    });
});
