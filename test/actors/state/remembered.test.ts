import { expect } from 'chai';
import { createActor, createMachine } from 'xstate';
import type { DispatcherEvent, DispatcherState } from '../../../actors/guest/dispatcher-state.js';
import { Holders } from '../../../actors/ownership/holders.js';
import { Seat } from '../../../actors/seat.js';
import { type Remembering, rememberedNow } from '../../../actors/state/remembered.js';
import { type InterfaceId, interfaceId } from '../../../native/radio.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { ssid } from '../../stage/networks.js';
import { asked, connectTo, sessionWith } from '../guest/requests.js';

const guest = guestIdOf({ scheme: 'vsock', address: '3' });
const known = { lastSessionId: 3, session: sessionWith(), untold: null };

/** What is written of a guest whose dispatcher knows this, whether it lives, and whether the table has the guest as a holder. */
const written = (
  state: object,
  { lives = true, holds = true }: { readonly lives?: boolean; readonly holds?: boolean } = {},
) => {
  const dispatcher = new Seat<DispatcherState, DispatcherEvent>();
  const actor = createActor(createMachine({ context: { request: null, ...state } })).start();
  dispatcher.take(actor as unknown as Parameters<typeof dispatcher.take>[0]);
  if (!lives) actor.stop();
  const holders = holds ? Holders.none.with(guest, 'in effect') : Holders.none;
  const parts = {
    guests: { entries: () => [{ guest, dispatcher, recalled: null }], recalled: new Map() },
    interfaces: { ids: [] },
    ownership: { state: { table: { wlan0: { holders } } } },
    service: { memory: { links: [] } },
  };
  return rememberedNow(parts as unknown as Remembering).guests;
};

describe('what is written down of a guest', () => {
  it('is its session while its dispatcher lives, whatever the table says', () => {
    for (const holds of [true, false]) expect(written(known, { holds })).to.deep.equal([{ guest, ...known }]);
  });

  it('is its session as long as it holds the interface where its dispatcher is gone, and then that it is over', () => {
    expect(written(known, { lives: false })).to.deep.equal([{ guest, ...known }]);
    expect(written(known, { lives: false, holds: false })).to.deep.equal([
      { guest, lastSessionId: 3, session: null, untold: 3 },
    ]);
  });

  it('is an answer that it may have while it connects, and its session while it asks for something else', () => {
    expect(written({ ...known, request: asked(connectTo('Cafe')) })).to.deep.equal([
      { guest, lastSessionId: 4, session: null, untold: 4 },
    ]);
    const request = asked({ operation: 'disconnect', sessionId: 3 } as const);
    expect(written({ ...known, request })).to.deep.equal([{ guest, ...known }]);
  });

  it('is nothing before its first answer to a connect', () => {
    expect(written({ lastSessionId: 0, session: null, untold: null })).to.deep.equal([]);
    expect(written({ lastSessionId: 1, session: null, untold: null })).to.have.length(1);
  });
});

describe('what is written down of the host’s connections', () => {
  const [wlan0, wlan1, late0] = ['wlan0', 'wlan1', 'late0'].map(interfaceId) as [
    InterfaceId,
    InterfaceId,
    InterfaceId,
  ];
  const [cafe, bar] = [ssid('Cafe'), ssid('Bar')];
  const left = [
    { interfaceId: wlan0, ssid: bar, former: 'home' },
    { interfaceId: late0, ssid: bar, former: 'home' },
  ];

  const links = (table: object) =>
    rememberedNow({
      guests: { entries: () => [], recalled: new Map() },
      interfaces: {
        ids: [wlan0, wlan1],
        formerOf: (id: InterfaceId) => `former of ${id}`,
        hasEver: (id: InterfaceId) => id !== late0,
      },
      ownership: { lastState: { table } },
      service: { memory: { links: left } },
    } as unknown as Remembering).links;

  it('are those that guests wanted, and of interfaces that have not arrived those of before', () => {
    const rows = { [wlan0]: { origin: 'guests', ssid: cafe }, [wlan1]: { origin: 'host', ssid: cafe } };
    expect(links(rows)).to.deep.equal([
      { interfaceId: wlan0, ssid: cafe, former: 'former of wlan0' },
      left[1],
    ]);
    expect(links({ [wlan0]: { origin: 'guests', ssid: null } })).to.deep.equal([left[1]]);
    expect(links({})).to.deep.equal([left[1]]);
  });
});
