/** Keeps the one table of who uses which interface, and tells guests what changes for them. */
import { enqueueActions, setup } from 'xstate';
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Explains } from '../explains.js';
import type { Guests } from '../guest/guest-register.js';
import { signalFrame, signInterval, signOf } from '../guest/sign-of-life.js';
import type { Interfaces } from '../host/interface-register.js';
import type { Enqueue, Post } from '../seat.js';
import type { Service } from '../service.js';
import { supervised } from '../supervision/supervised.js';
import { recoveredTable } from './ownership-recovery.js';
import {
  type OwnershipEvent,
  type OwnershipSeat,
  type OwnershipState,
  ownershipEvents,
} from './ownership-state.js';
import * as table from './ownership-table.js';

export interface OwnershipInput {
  readonly service: Service;
  readonly interfaces: Interfaces;
  readonly guests: Guests;
  readonly seat: OwnershipSeat;
}

interface OwnershipContext extends OwnershipState, OwnershipInput {}

/** What becomes of sessions of an earlier run: another network than theirs is reported by the interface itself. */
const arrived = (
  interfaces: Interfaces,
  current: table.OwnershipTable,
  id: InterfaceId,
): table.Change | null => {
  const device = interfaces.get(id)?.device;
  if (current[id] === undefined || device === undefined) return null;
  if (device.kind === 'fake') return { table: table.fakeArrived(current, id), consequences: [] };
  return device.link()._tag === 'None' ? table.linkLost(current, id) : null;
};

/** How an event changes the table; null for events that change nothing. */
const changeOf = (
  { service, guests, interfaces, table: current }: OwnershipContext,
  event: OwnershipEvent,
): table.Change | table.Departure | null => {
  const { contention } = service.settings;
  switch (event.type) {
    case 'claim.requested':
      return table.claim(current, event.interfaceId, event.guest, event.ssid, contention);
    case 'claim.settled':
      return table.settle(current, event.interfaceId, event.guest, event.outcome, contention);
    case 'session.began':
      return { table: table.confirm(current, event.interfaceId, event.guest), consequences: [] };
    case 'interface.arrived':
      return arrived(interfaces, current, event.interfaceId);
    case 'interface.linked':
      return table.linkUp(current, event.interfaceId, event.ssid);
    case 'interface.unlinked':
      return table.linkLost(current, event.interfaceId);
    case 'interface.left':
      return table.interfaceLeft(current, event.interfaceId);
    case 'guest.attested':
      return table.attested(current, event.guest, contention);
    case 'networks.changed':
      return table.networksChanged(current, event.interfaceId, event.present, (guest) =>
        guests.networksOf(guest, event.interfaceId),
      );
    case 'guest.left':
      return table.guestLeft(current, event.guest, contention);
    case 'join.requested':
    case 'leave.requested':
    case 'signal.changed':
      return null;
  }
};

/** Lets stations tell their signal exactly while a guest's session is on them. */
const followSignals = (
  { entries }: Interfaces,
  before: table.OwnershipTable,
  after: table.OwnershipTable,
): void => {
  if (before === after) return;
  for (const { device } of entries) {
    const wanted = table.hasGuests(after, device.id);
    if (device.kind === 'station' && wanted !== table.hasGuests(before, device.id))
      device.followSignal?.(wanted);
  }
};

const tell = (guests: Guests, post: Post, { guest, ...event }: table.Consequence): void =>
  guests.tell(post, guest, event);

const notifySignal = (guests: Guests, post: Enqueue, to: Iterable<GuestId>, rssi: number): void => {
  const frame = signalFrame(rssi);
  for (const guest of to) guests.notify(post, guest, 'signal', frame);
};

const ownershipTable = setup({
  types: {
    meta: {} as Explains<OwnershipEvent['type'], 'signPause' | 'arrivalPatience'>,
    context: {} as OwnershipContext,
    events: {} as OwnershipEvent,
    input: {} as OwnershipInput,
  },
  actions: {
    takeSeat: ({ context, self }) => context.seat.take(self),
    recover: enqueueActions(({ context: { service, interfaces, guests, table: former }, enqueue }) => {
      const { table: recovered, consequences } = recoveredTable(interfaces, guests, former, service.memory);
      enqueue.assign({ table: recovered });
      enqueue(() => followSignals(interfaces, {}, recovered));
      for (const consequence of consequences) tell(guests, enqueue, consequence);
    }),
    changeTable: enqueueActions(({ context, event, enqueue }) => {
      const change = changeOf(context, event);
      if (change === null) return;
      const { service, interfaces, guests, table: before } = context;
      enqueue.assign({ table: change.table });
      enqueue(() => followSignals(interfaces, before, change.table));
      enqueue(() => service.memory.noteChange());
      for (const consequence of change.consequences) tell(guests, enqueue, consequence);
      if (event.type === 'claim.settled' && 'disconnect' in change && change.disconnect)
        interfaces.tell(enqueue, event.interfaceId, { type: 'disconnect.requested', guest: null });
    }),
    join: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'join.requested') return;
      const { guest, interfaceId, ssid } = event;
      const { interfaces } = context;
      const isFake = interfaces.get(interfaceId)?.device.kind === 'fake';
      const isThere = isFake && interfaces.networksOf(interfaceId).some((network) => network.ssid === ssid);
      const { table: joined, joined: done } = table.join(context.table, interfaceId, guest, ssid, isThere);
      enqueue.assign({ table: joined });
      context.guests.tell(enqueue, guest, { type: done ? 'join.granted' : 'join.refused', interfaceId });
    }),
    leave: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'leave.requested') return;
      const { service, interfaces, guests, table: before } = context;
      const { guest, interfaceId } = event;
      const { table: left, consequences, disconnect } = table.leave(before, interfaceId, guest);
      enqueue.assign({ table: left });
      enqueue(() => followSignals(interfaces, before, left));
      enqueue(() => service.memory.noteChange());
      for (const consequence of consequences) tell(guests, enqueue, consequence);
      if (disconnect) interfaces.tell(enqueue, interfaceId, { type: 'disconnect.requested', guest });
      guests.tell(enqueue, guest, {
        type: 'interface.released',
        interfaceId,
        disconnecting: disconnect && interfaces.isAwake(interfaceId),
      });
    }),
    /** A guest whose session has just begun must not show a made-up signal until the first change. */
    tellCurrentSignal: enqueueActions(({ context: { interfaces, guests }, event, enqueue }) => {
      if (event.type !== 'session.began') return;
      const session = guests.sessionOf(event.guest);
      const rssi = session === null ? null : interfaces.signalOf(session.interfaceId, session.ssid);
      if (rssi !== null) notifySignal(guests, enqueue, [event.guest], rssi);
    }),
    /** Sessions on interfaces that do not come are over. */
    giveUpAbsent: enqueueActions(({ context: { interfaces, guests, table: current }, enqueue }) => {
      const absent = (Object.keys(current) as InterfaceId[]).filter((id) => !interfaces.has(id));
      const changes = absent.map((id) => table.interfaceLeft(current, id));
      enqueue.assign({
        table: absent.reduce((left, id) => table.interfaceLeft(left, id).table, current),
      });
      for (const { consequences } of changes)
        for (const consequence of consequences) tell(guests, enqueue, consequence);
    }),
    /** By what becomes of these it is seen who is gone. */
    tellSigns: enqueueActions(({ context: { guests, interfaces, table: current }, enqueue }) => {
      for (const id of interfaces.ids)
        for (const guest of table.guestsOn(current, id)) {
          const session = guests.sessionOf(guest);
          if (session !== null) guests.notify(enqueue, guest, 'signal', signOf(interfaces, session));
        }
    }),
    /** Who claims the interface holds it although the host has gone to another network meanwhile. */
    tellSignal: enqueueActions(({ context: { guests, interfaces, table: current }, event, enqueue }) => {
      if (event.type !== 'signal.changed') return;
      const ssid = interfaces.linkOf(event.interfaceId)?.ssid;
      const there = [...table.guestsOn(current, event.interfaceId)].filter(
        (guest) => guests.sessionOf(guest)?.ssid === ssid,
      );
      notifySignal(guests, enqueue, there, event.rssi);
    }),
  },
  delays: {
    arrivalPatience: 10_000,
    /** A patience that is shorter than the usual interval wants signs in between. */
    signPause: ({ context: { service } }) => {
      const { goneAfter } = service.settings;
      return goneAfter === 0 ? signInterval : Math.min(signInterval, goneAfter / 2);
    },
  },
}).createMachine({
  id: 'ownership',
  description: 'The table of who uses which interface.',
  meta: {
    events: ownershipEvents,
    delays: {
      arrivalPatience:
        'An interface of an earlier run that has not arrived by then has left, with its sessions.',
      signPause: 'Guests whose signal does not change are told it all the same, as a sign of life.',
    },
  },
  context: ({ input }) => ({ ...input, table: input.seat.lastState?.table ?? {} }),
  entry: ['recover', 'takeSeat'],
  after: { arrivalPatience: { actions: 'giveUpAbsent' } },
  initial: 'keeping',
  states: {
    keeping: {
      description: 'Every rule about several guests is decided here.',
      after: { signPause: { target: 'keeping', reenter: true, actions: 'tellSigns' } },
      on: {
        'claim.requested': { actions: 'changeTable' },
        'claim.settled': { actions: 'changeTable' },
        'join.requested': { actions: 'join' },
        'session.began': { actions: ['changeTable', 'tellCurrentSignal'] },
        'leave.requested': { actions: 'leave' },
        'guest.left': { actions: 'changeTable' },
        'guest.attested': { actions: 'changeTable' },
        'interface.arrived': { actions: 'changeTable' },
        'interface.linked': { actions: 'changeTable' },
        'interface.unlinked': { actions: 'changeTable' },
        'interface.left': { actions: 'changeTable' },
        'networks.changed': { actions: 'changeTable' },
        'signal.changed': { actions: 'tellSignal' },
      },
    },
  },
});

export const ownership = supervised<OwnershipInput>({
  part: 'ownership',
  children: { ownershipTable },
  facts: () => ({}),
});
