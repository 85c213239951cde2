import { expect } from 'chai';
import { Holders } from '../../../actors/ownership/holders.js';
import type { OwnershipSeat } from '../../../actors/ownership/ownership-state.js';
import type { Row } from '../../../actors/ownership/ownership-table.js';
import type { Service } from '../../../actors/service.js';
import { leftLinkOf } from '../../../actors/state/recall.js';
import { interfaceId } from '../../../native/radio.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { ssid } from '../../stage/networks.js';

describe('the connection that an earlier run left on an interface', () => {
  const id = interfaceId('wlan0');
  const left = { interfaceId: id, ssid: ssid('Cafe'), former: '7' };
  const guest = guestIdOf({ scheme: 'vsock', address: '3' });
  const known = { memory: { linkOn: (of: typeof id) => (of === id ? left : undefined) } };
  const row: Row = {
    ssid: ssid('Cafe'),
    origin: 'guests',
    holders: Holders.none.with(guest, 'in effect'),
    claim: null,
    waiting: [],
  };
  const found = (table: Record<string, Row> | undefined, of = id) =>
    leftLinkOf(
      known as unknown as Service,
      { state: table === undefined ? undefined : { table } } as OwnershipSeat,
      of,
    );
  const isNeeded = (parts: Partial<Row>) => found({ wlan0: { ...row, ...parts } })?.isNeeded;

  it('is told with what the host had before, and as needed where a guest’s session is on it', () => {
    expect(found({ wlan0: row })).to.deep.equal({ ssid: ssid('Cafe'), former: '7', isNeeded: true });
    expect(found({ wlan0: row }, interfaceId('wlan1')), 'of another interface').to.equal(undefined);
  });

  it('is needed by nobody where no guest holds it, another network is there, or it is the host’s own', () => {
    expect(isNeeded({ holders: Holders.none })).to.equal(false);
    expect(isNeeded({ ssid: ssid('Bar') })).to.equal(false);
    expect(isNeeded({ ssid: null })).to.equal(false);
    expect(isNeeded({ origin: 'host' })).to.equal(false);
    expect(found({})?.isNeeded, 'nothing is known of the interface').to.equal(false);
    expect(found(undefined)?.isNeeded, 'nor of any').to.equal(false);
  });
});
