import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { unix } from '../../../native/sockets/unix.js';
import { systemClock } from '../../../streams/clock.js';
import { nodeHandles, transportCompliance } from '../../compliance/transport.js';

describe('Unix sockets', () => {
  transportCompliance('unix', () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-'));
    const path = join(folder, 'vm1.vsock');
    const ports = { requestPort: 12345, notificationPort: 12346 };
    return {
      transport: unix.transport(systemClock),
      endpoint: { scheme: 'unix', path },
      ...ports,
      guest: (host) => unix.guestSide(host, ports, systemClock),
      guestId: () => guestIdOf({ scheme: 'unix', address: path }),
      handles: nodeHandles,
      release: () => rmSync(folder, { recursive: true }),
    };
  });
});
