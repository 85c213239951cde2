import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { memory } from '../../../native/sockets/memory.js';
import { systemClock } from '../../../streams/clock.js';
import { transportCompliance } from '../../compliance/transport.js';

describe('streams inside the process', () => {
  let next = 0;

  transportCompliance(
    'memory',
    () => {
      const world = next++;
      const name = (index: number): string => `guest-${world}-${index}`;
      return {
        transport: memory.transport(systemClock),
        endpoint: { scheme: 'memory', name: `host-${world}` },
        requestPort: 12345,
        notificationPort: 12346,
        guest: (host, index) =>
          memory.guestSide(
            host,
            { requestPort: 12345, notificationPort: 12346, address: name(index) },
            systemClock,
          ),
        guestId: (index) => guestIdOf({ scheme: 'memory', address: name(index) }),
        handles: () => 0,
      };
    },
    { holdsWriterBack: false },
  );
});
