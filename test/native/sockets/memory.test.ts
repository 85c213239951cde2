import { expect } from 'chai';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { memory } from '../../../native/sockets/memory.js';
import { systemClock } from '../../../streams/clock.js';
import { type TransportRig, transportCompliance } from '../../compliance/transport.js';
import { endOfUnread, endOfUnreadNotification, Stage } from '../../compliance/transport-stage.js';

let worlds = 0;

const rig = (): TransportRig => {
  const world = worlds++;
  const ports = { requestPort: 12345, notificationPort: 12346 };
  const name = (index: number): string => `guest-${world}-${index}`;
  return {
    transport: memory.transport(systemClock),
    endpoint: { scheme: 'memory', name: `host-${world}` },
    ...ports,
    guest: (host, index) => memory.guestSide(host, { ...ports, address: name(index) }, systemClock),
    guestId: (index) => guestIdOf({ scheme: 'memory', address: name(index) }),
    handles: () => 0,
  };
};

describe('streams inside the process', () => {
  transportCompliance('memory', rig, { holdsWriterBack: false });

  it('are reset when one end goes with bytes unread, as sockets are', async () => {
    const stage = new Stage(rig());
    expect(await endOfUnread(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
    expect(await endOfUnreadNotification(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
    await stage.clear();
  });
});
