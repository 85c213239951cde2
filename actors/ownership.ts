/** Keeps the one table of who uses which interface, and tells guests what changes for them. */
import { enqueueActions, setup } from 'xstate';
import type { InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import { encodeHostMessage } from '../protocol/frame.js';
import type { Ssid } from '../protocol/ssid.js';
import type { Explains } from './explains.js';
import { recoveredTable } from './ownership-recovery.js';
import * as table from './ownership-table.js';
import type { Services } from './services.js';

export type OwnershipEvent =
  /** A guest wants the interface to connect to `ssid`. */
  | {
      readonly type: 'claim.requested';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly ssid: Ssid;
    }
  /** The attempt is over, or its guest waits no more. */
  | {
      readonly type: 'claim.settled';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly outcome: 'connected' | 'failed';
    }
  /** A guest wants to mirror what the interface is connected to. */
  | {
      readonly type: 'join.requested';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly ssid: Ssid;
    }
  /** The guest has been told of its session. */
  | { readonly type: 'session.began'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  /** The guest's session there ends by its own wish. */
  | { readonly type: 'leave.requested'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  /** The guest's actors are gone, with everything the guest held. */
  | { readonly type: 'guest.left'; readonly guest: GuestId }
  | { readonly type: 'interface.linked'; readonly interfaceId: InterfaceId; readonly ssid: Ssid }
  | { readonly type: 'interface.unlinked'; readonly interfaceId: InterfaceId }
  | { readonly type: 'interface.left'; readonly interfaceId: InterfaceId }
  /** Signal of an interface's link in dBm. */
  | { readonly type: 'signal.changed'; readonly interfaceId: InterfaceId; readonly rssi: number };

export interface OwnershipContext {
  readonly services: Services;
  readonly table: table.OwnershipTable;
}

/** How an event changes the table; null for events that change nothing. */
const changeOf = (
  { services, table: current }: OwnershipContext,
  event: OwnershipEvent,
): table.Change | null => {
  const { contention } = services.settings;
  switch (event.type) {
    case 'claim.requested':
      return table.claim(current, event.interfaceId, event.guest, event.ssid, contention);
    case 'claim.settled':
      return table.settle(current, event.interfaceId, event.guest, event.outcome, contention);
    case 'session.began':
      return { table: table.confirm(current, event.interfaceId, event.guest), consequences: [] };
    case 'interface.linked':
      return table.linkUp(current, event.interfaceId, event.ssid);
    case 'interface.unlinked':
      return table.linkLost(current, event.interfaceId);
    case 'interface.left':
      return table.interfaceLeft(current, event.interfaceId);
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
  { interfaces }: Services,
  before: table.OwnershipTable,
  after: table.OwnershipTable,
): void => {
  for (const [id, { port }] of interfaces) {
    const wanted = table.guestsOn(after, id).length > 0;
    if (port.kind === 'station' && wanted !== table.guestsOn(before, id).length > 0)
      port.followSignal?.(wanted);
  }
};

export const ownership = setup({
  types: {
    meta: {} as Explains<OwnershipEvent['type'], never>,
    context: {} as OwnershipContext,
    events: {} as OwnershipEvent,
    input: {} as { services: Services },
  },
  actions: {
    register: ({ context, self }) => {
      context.services.ownership = self;
    },
    recover: enqueueActions(({ context, enqueue }) => {
      const { table: recovered, consequences } = recoveredTable(context.services);
      enqueue.assign({ table: recovered });
      enqueue(() => followSignals(context.services, {}, recovered));
      for (const consequence of consequences) {
        const dispatcher = context.services.guests.get(consequence.guest)?.dispatcher;
        if (dispatcher !== undefined) enqueue.sendTo(dispatcher, consequence);
      }
    }),
    changeTable: enqueueActions(({ context, event, enqueue }) => {
      const change = changeOf(context, event);
      if (change === null) return;
      enqueue.assign({ table: change.table });
      enqueue(() => followSignals(context.services, context.table, change.table));
      for (const consequence of change.consequences) {
        const dispatcher = context.services.guests.get(consequence.guest)?.dispatcher;
        if (dispatcher !== undefined) enqueue.sendTo(dispatcher, consequence);
      }
    }),
    join: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'join.requested') return;
      const { guest, interfaceId, ssid } = event;
      const pretended = context.services.interfaces.get(interfaceId)?.port.kind === 'pretended';
      const { table: joined, joined: done } = table.join(context.table, interfaceId, guest, ssid, pretended);
      enqueue.assign({ table: joined });
      const dispatcher = context.services.guests.get(guest)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, { type: done ? 'join.granted' : 'join.refused', interfaceId });
    }),
    leave: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'leave.requested') return;
      const { guest, interfaceId } = event;
      const { table: left, disconnect } = table.leave(context.table, interfaceId, guest);
      enqueue.assign({ table: left });
      enqueue(() => followSignals(context.services, context.table, left));
      const entry = context.services.interfaces.get(interfaceId);
      if (disconnect && entry?.actor !== undefined)
        enqueue.sendTo(entry.actor, { type: 'disconnect.requested', guest });
      const dispatcher = context.services.guests.get(guest)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, { type: 'interface.released', interfaceId, disconnecting: disconnect });
    }),
    tellSignal: ({ context, event }) => {
      if (event.type !== 'signal.changed') return;
      const frame = encodeHostMessage({ operation: 'signal', rssi: event.rssi });
      for (const guest of table.guestsOn(context.table, event.interfaceId))
        context.services.guests.get(guest)?.notify('signal', () => frame);
    },
  },
}).createMachine({
  id: 'ownership',
  description: 'The table of who uses which interface.',
  meta: {
    events: {
      'claim.requested': 'From a dispatcher: its guest wants the interface to connect to a network.',
      'claim.settled': 'From that dispatcher: the attempt is over, or its guest waits no more.',
      'join.requested': 'From a dispatcher: its guest wants to mirror what the interface is connected to.',
      'session.began': 'From a dispatcher: its guest has been told of its session.',
      'leave.requested': "From a dispatcher: its guest's session there has ended.",
      'guest.left': "The guest's actors are gone, with everything the guest held.",
      'interface.linked': 'From an interface: the host is connected to a network.',
      'interface.unlinked':
        'From an interface: the host lost its network; every guest on it loses its session.',
      'interface.left': 'The interface is not there any more; its guests lose their sessions.',
      'signal.changed': 'From an interface: the signal of its link; its guests are notified.',
    },
    delays: {},
  },
  context: ({ input }) => ({ services: input.services, table: {} }),
  entry: ['recover', 'register'],
  initial: 'keeping',
  states: {
    keeping: {
      description: 'Every rule about several guests is decided here.',
      on: {
        'claim.requested': { actions: 'changeTable' },
        'claim.settled': { actions: 'changeTable' },
        'join.requested': { actions: 'join' },
        'session.began': { actions: 'changeTable' },
        'leave.requested': { actions: 'leave' },
        'guest.left': { actions: 'changeTable' },
        'interface.linked': { actions: 'changeTable' },
        'interface.unlinked': { actions: 'changeTable' },
        'interface.left': { actions: 'changeTable' },
        'signal.changed': { actions: 'tellSignal' },
      },
    },
  },
});
