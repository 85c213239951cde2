import { expect } from 'chai';
import sinon from 'sinon';
import { Holders } from '../../../actors/ownership/holders.js';
import type { OwnershipSeat } from '../../../actors/ownership/ownership-state.js';
import type { Row } from '../../../actors/ownership/ownership-table.js';
import type { Service } from '../../../actors/service.js';
import { leftLinkOf, recallGuests } from '../../../actors/state/recall.js';
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

describe('the guests of an earlier run', () => {
  const guestAt = (n: number) => guestIdOf({ scheme: 'vsock', address: String(n + 3) });
  const service = { settings: { maximumGuests: 1000, allow: null } } as unknown as Service;
  const known = (count: number, untold: (n: number) => number | null) =>
    Array.from({ length: count }, (_, n) => ({
      guest: guestAt(n),
      lastSessionId: 1,
      session: null,
      untold: untold(n),
    }));

  it('get their actors 32 at most in a turn of the event loop', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setImmediate'] });
    try {
      const welcome = sinon.fake();
      const guests = { recall: () => undefined, welcome } as unknown as Parameters<typeof recallGuests>[2];
      const state = { guests: known(100, () => 1), links: [] };
      const recalled = recallGuests(state, service, guests, new AbortController().signal);
      const inTurn = [welcome.callCount];
      while (clock.countTimers() > 0) {
        const before = welcome.callCount;
        await clock.nextAsync();
        inTurn.push(welcome.callCount - before);
      }
      await recalled;
      expect(inTurn).to.deep.equal([31, 32, 32, 5]);
    } finally {
      clock.restore();
    }
  });

  it('get them only where they have something to be told, and none once nobody waits for that', async () => {
    const welcome: string[] = [];
    const guests = { recall: () => undefined, welcome: (guest: string) => void welcome.push(guest) };
    const given = guests as unknown as Parameters<typeof recallGuests>[2];
    const state = { guests: known(4, (n) => (n % 2 === 0 ? null : 1)), links: [] };
    await recallGuests(state, service, given, new AbortController().signal);
    expect(welcome).to.deep.equal([guestAt(1), guestAt(3)]);
    await recallGuests(state, service, given, AbortSignal.abort());
    expect(welcome).to.have.length(2);
  });

  it('are no more than may be there', async () => {
    const [recall, welcome] = [sinon.fake(), sinon.fake()];
    const guests = { recall, welcome } as unknown as Parameters<typeof recallGuests>[2];
    const few = { settings: { maximumGuests: 2, allow: null } } as unknown as Service;
    await recallGuests({ guests: known(3, () => 1), links: [] }, few, guests, new AbortController().signal);
    expect(welcome.args.flat()).to.deep.equal([guestAt(0), guestAt(1)]);
    expect([...recall.firstCall.args[0].keys()]).to.deep.equal([guestAt(0), guestAt(1)]);
  });
});
