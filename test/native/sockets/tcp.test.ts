import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { tcp } from '../../../native/sockets/tcp.js';
import { systemClock } from '../../../streams/clock.js';
import { nodeHandles, transportCompliance } from '../../compliance/transport.js';

describe('TCP sockets', () => {
  const address = (index: number): string => `127.0.1.${index + 1}`;

  transportCompliance('tcp', () => ({
    transport: tcp.transport(systemClock),
    endpoint: { scheme: 'tcp', host: '127.0.0.1', port: undefined },
    requestPort: 0,
    notificationPort: 0,
    guest: (host, index) =>
      tcp.guestSide(host, { requestPort: 0, notificationPort: 0, address: address(index) }, systemClock),
    guestId: (index) => guestIdOf({ scheme: 'tcp', address: address(index) }),
    handles: nodeHandles,
  }));
});
