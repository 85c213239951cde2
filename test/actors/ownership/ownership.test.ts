import { expect } from 'chai';
import { none, some } from 'fp-ts/lib/Option.js';
import { createActor, type EventObject } from 'xstate';
import type { GuestSession } from '../../../actors/guest/session.js';
import { type OwnershipInput, ownership } from '../../../actors/ownership/ownership.js';
import type { OwnershipEvent, OwnershipState } from '../../../actors/ownership/ownership-state.js';
import type { Contention } from '../../../actors/ownership/ownership-table.js';
import { type Enqueue, Seat } from '../../../actors/seat.js';
import { type GuestId, type InterfaceId, ManualClock, silentLog } from '../../../index.js';
import { interfaceId } from '../../../native/radio.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import type { Ssid } from '../../../protocol/index.js';
import { ssid } from '../../stage/networks.js';

const [wlan0, fake0, absent0] = [interfaceId('wlan0'), interfaceId('fake0'), interfaceId('absent0')];
/** It arrives when the table is there. */
const late0 = interfaceId('late0');
const [ann, bob] = ['1', '2'].map((cid) => guestIdOf({ scheme: 'vsock', address: cid })) as [
  GuestId,
  GuestId,
];
const cafe = ssid('Cafe');

const sessionOn = (where: InterfaceId, on: Ssid = cafe): GuestSession => ({
  id: 1,
  type: 'guestDirected',
  interfaceId: where,
  ssid: on,
  exchange: 1,
});

/** The table with a station and fake networks; what it tells, and whom, is kept. */
const tableOf = ({
  goneAfter = 60_000,
  asleep = false,
  signal = null as number | null,
  contention = 'first-wins' as Contention,
} = {}) => {
  const clock = new ManualClock();
  const heard: string[] = [];
  const sessions = new Map<GuestId, GuestSession>();
  const links = new Map<InterfaceId, Ssid>();
  const fakes: { ssid: Ssid }[] = [{ ssid: cafe }];
  let changes = 0;
  const hear = (who: string, event: EventObject): void => {
    const { disconnecting } = event as { disconnecting?: boolean };
    heard.push([who, event.type, disconnecting].filter((word) => word !== undefined).join(' '));
  };
  const devices = [
    {
      id: wlan0,
      kind: 'station',
      link: () => (links.has(wlan0) ? some({ ssid: links.get(wlan0) }) : none),
      followSignal: (wanted: boolean) => heard.push(`wlan0 ${wanted ? 'follows' : 'follows no more'}`),
    },
    { id: fake0, kind: 'fake', link: () => none },
    { id: late0, kind: 'fake', link: () => none },
  ];
  const seat = new Seat<OwnershipState, OwnershipEvent>();
  const input = {
    seat,
    service: {
      clock,
      log: silentLog,
      counters: { count: () => undefined },
      settings: { contention, goneAfter, random: () => 0.5 },
      memory: { noteChange: () => (changes += 1), linkOn: () => undefined },
    },
    interfaces: {
      ids: [wlan0, fake0],
      entries: devices.filter(({ id }) => id !== late0).map((device) => ({ device })),
      get: (id: InterfaceId) => devices.map((device) => ({ device })).find(({ device }) => device.id === id),
      has: (id: InterfaceId) => devices.some((device) => device.id === id),
      linkOf: (id: InterfaceId) => (links.has(id) ? { ssid: links.get(id) } : null),
      networksOf: (id: InterfaceId) => (id === fake0 ? fakes : []),
      signalOf: () => signal,
      isAwake: () => !asleep,
      tell: (post: Enqueue, id: InterfaceId, event: EventObject) => post(() => hear(id, event)),
    },
    guests: {
      entries: () => [...sessions.keys()].map((guest) => ({ guest })),
      sessionOf: (guest: GuestId) => sessions.get(guest) ?? null,
      networksOf: () => [],
      tell: (post: Enqueue, guest: GuestId, event: EventObject) => post(() => hear(guest, event)),
      notify: (post: Enqueue, guest: GuestId, kind: string, frame: () => Uint8Array) =>
        post(() => void heard.push(`${guest} ${kind} ${(frame().at(-1) ?? 0) - 256}`)),
    },
  } as unknown as OwnershipInput;
  return {
    clock,
    heard,
    sessions,
    links,
    /** What is known then is what it begins with. */
    start: () => void createActor(ownership, { input, clock }).start(),
    tell: (...events: readonly OwnershipEvent[]): void => {
      for (const event of events) seat.send(event);
    },
    /** What has been told since it was asked last. */
    news: (): readonly string[] => heard.splice(0),
    /** How often something was to be remembered. */
    changes: () => changes,
    rows: () => Object.keys(seat.state?.table ?? {}),
  };
};

/** Ann has connected wlan0 to Cafe, and been told; the table is running. */
const held = (settings: Parameters<typeof tableOf>[0] = {}) => {
  const one = tableOf(settings);
  one.start();
  one.tell(
    { type: 'claim.requested', guest: ann, interfaceId: wlan0, ssid: cafe },
    { type: 'interface.linked', interfaceId: wlan0, ssid: cafe },
    { type: 'claim.settled', guest: ann, interfaceId: wlan0, outcome: 'connected' },
  );
  one.sessions.set(ann, sessionOn(wlan0));
  one.links.set(wlan0, cafe);
  one.tell({ type: 'session.began', guest: ann, interfaceId: wlan0 });
  one.news();
  return one;
};

describe('the keeper of the ownership table', () => {
  it('grants a claim, and has the station tell its signal while a guest is on it', () => {
    const one = tableOf();
    one.start();
    one.tell({ type: 'claim.requested', guest: ann, interfaceId: wlan0, ssid: cafe });
    expect(one.news()).to.deep.equal([`${ann} claim.granted`]);
    expect(one.changes()).to.equal(1);
    one.tell(
      { type: 'interface.linked', interfaceId: wlan0, ssid: cafe },
      { type: 'claim.settled', guest: ann, interfaceId: wlan0, outcome: 'connected' },
      { type: 'session.began', guest: ann, interfaceId: wlan0 },
    );
    expect(one.news()).to.deep.equal(['wlan0 follows']);
    one.tell({ type: 'leave.requested', guest: ann, interfaceId: wlan0 });
    expect(one.news().filter((line) => line.includes('follows'))).to.deep.equal(['wlan0 follows no more']);
  });

  it('takes what a guest held from one whose actors are gone', () => {
    const one = held();
    one.tell({ type: 'guest.left', guest: ann });
    expect(one.news()).to.include('wlan0 follows no more');
    one.tell({ type: 'claim.requested', guest: bob, interfaceId: wlan0, ssid: ssid('Home') });
    expect(one.news()).to.include(`${bob} claim.granted`);
  });

  it('learns nothing from an interface that arrives of which it knew nothing before', () => {
    const one = tableOf();
    one.start();
    const before = one.rows();
    for (const id of [late0, absent0]) one.tell({ type: 'interface.arrived', interfaceId: id });
    expect([one.rows(), one.changes()]).to.deep.equal([before, 0]);
  });

  it('has the host disconnected when the last guest of a connection leaves that guests wanted, and says so', () => {
    const one = held();
    one.tell({ type: 'leave.requested', guest: ann, interfaceId: wlan0 });
    expect(one.news()).to.include.members(['wlan0 disconnect.requested', `${ann} interface.released true`]);
    const asleep = held({ asleep: true });
    asleep.tell({ type: 'leave.requested', guest: ann, interfaceId: wlan0 });
    expect(asleep.news(), 'nobody is there to do it').to.include(`${ann} interface.released false`);
  });

  it('leaves the host connected while another guest shares it, or if it was connected by itself', () => {
    const one = held();
    one.tell({ type: 'join.requested', guest: bob, interfaceId: wlan0, ssid: cafe });
    expect(one.news()).to.include(`${bob} join.granted`);
    one.tell({ type: 'session.began', guest: bob, interfaceId: wlan0 });
    one.tell({ type: 'leave.requested', guest: ann, interfaceId: wlan0 });
    expect(one.news().filter((line) => line.startsWith(ann))).to.deep.equal([
      `${ann} interface.released false`,
    ]);
    const own = tableOf();
    own.start();
    own.tell(
      { type: 'interface.linked', interfaceId: wlan0, ssid: cafe },
      { type: 'join.requested', guest: bob, interfaceId: wlan0, ssid: cafe },
      { type: 'session.began', guest: bob, interfaceId: wlan0 },
      { type: 'leave.requested', guest: bob, interfaceId: wlan0 },
    );
    expect(own.news()).to.not.include('wlan0 disconnect.requested');
  });

  it('lets guests share a fake network that is there, and no other one', () => {
    const one = tableOf();
    one.start();
    one.tell(
      { type: 'join.requested', guest: ann, interfaceId: fake0, ssid: cafe },
      { type: 'join.requested', guest: bob, interfaceId: fake0, ssid: ssid('Bar') },
      { type: 'join.requested', guest: bob, interfaceId: wlan0, ssid: cafe },
    );
    expect(one.news()).to.deep.equal([`${ann} join.granted`, `${bob} join.refused`, `${bob} join.refused`]);
  });

  it('has the host disconnected when an attempt fails during which the last guest has left the link of before', () => {
    const one = held({ contention: 'last-wins' });
    one.tell(
      { type: 'claim.requested', guest: bob, interfaceId: wlan0, ssid: ssid('Bar') },
      { type: 'leave.requested', guest: ann, interfaceId: wlan0 },
    );
    expect(one.news()).to.not.include('wlan0 disconnect.requested');
    one.tell({ type: 'claim.settled', guest: bob, interfaceId: wlan0, outcome: 'failed' });
    expect(one.news()).to.deep.equal(['wlan0 disconnect.requested']);
  });

  it('tells a guest whose session begins the signal, if one is known', () => {
    const known = held({ signal: -61 });
    known.tell({ type: 'session.began', guest: ann, interfaceId: wlan0 });
    expect(known.news()).to.deep.equal([`${ann} signal -61`]);
    const unknown = held();
    unknown.tell({ type: 'session.began', guest: ann, interfaceId: wlan0 });
    expect(unknown.news()).to.deep.equal([]);
  });

  it('tells nobody the signal of another network, to which the host has gone while its guest claims it for itself', () => {
    const one = held();
    one.links.set(wlan0, ssid('Bar'));
    one.tell({ type: 'signal.changed', interfaceId: wlan0, rssi: -63 });
    expect(one.news()).to.deep.equal([]);
  });

  it('tells a signal to the guests of that interface', () => {
    const one = held();
    const before = one.changes();
    one.tell({ type: 'signal.changed', interfaceId: wlan0, rssi: -70 });
    one.tell({ type: 'signal.changed', interfaceId: fake0, rssi: -40 });
    expect(one.news()).to.deep.equal([`${ann} signal -70`]);
    expect(one.changes(), 'nothing to remember').to.equal(before);
  });

  it('gives signs of life twice in the time after which a guest counts as gone, and every half minute at least', async () => {
    for (const [goneAfter, pause] of [
      [20_000, 10_000],
      [60_000, 30_000],
      [90_000, 30_000],
      [0, 30_000],
    ] as const) {
      const one = held({ goneAfter });
      for (let n = 0; n < 2; n += 1) {
        await one.clock.advance(pause - 1);
        expect(one.news(), String(goneAfter)).to.deep.equal([]);
        await one.clock.advance(1);
        expect(one.news(), String(goneAfter)).to.deep.equal([`${ann} signal -50`]);
      }
    }
  });

  it('tells who has lost the network, once', () => {
    const one = held();
    one.tell(
      { type: 'interface.unlinked', interfaceId: wlan0 },
      { type: 'interface.left', interfaceId: wlan0 },
    );
    expect(one.news()).to.deep.equal(['wlan0 follows no more', `${ann} session.lost`]);
  });

  describe('of an earlier run', () => {
    it('keeps a session whose network is still there, and ends the others', () => {
      const one = tableOf();
      one.sessions.set(ann, sessionOn(wlan0)).set(bob, sessionOn(wlan0, ssid('Bar')));
      one.links.set(wlan0, cafe);
      one.start();
      expect(one.news()).to.deep.equal(['wlan0 follows', `${bob} session.lost`]);
    });

    it('ends sessions when their interface arrives without a network, not those on fake ones', () => {
      const one = tableOf();
      one.sessions.set(ann, sessionOn(fake0));
      one.start();
      one.tell({ type: 'interface.arrived', interfaceId: fake0 });
      expect(one.news()).to.deep.equal([]);
      const gone = held();
      gone.tell({ type: 'interface.arrived', interfaceId: wlan0 });
      expect(gone.news(), 'the network is there').to.deep.equal([]);
      gone.links.clear();
      gone.tell({ type: 'interface.arrived', interfaceId: wlan0 });
      expect(gone.news()).to.include(`${ann} session.lost`);
    });

    it('waits 10 s for an interface to arrive, whose sessions are over then', async () => {
      const one = tableOf();
      one.sessions.set(ann, sessionOn(absent0));
      one.start();
      await one.clock.advance(9999);
      expect(one.news()).to.deep.equal([]);
      await one.clock.advance(1);
      expect(one.news()).to.deep.equal([`${ann} session.lost`]);
      expect(one.rows()).to.not.include(absent0);
      one.sessions.clear();
      await one.clock.advance(30_000);
      expect(one.news()).to.deep.equal([]);
    });
  });
});
