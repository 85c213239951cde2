/** What the ownership table hears, and what others may know of it. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Texts } from '../explains.js';
import type { Seat } from '../seat.js';
import type { OwnershipTable } from './ownership-table.js';

export type OwnershipEvent =
  | {
      readonly type: 'claim.requested';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly ssid: Ssid;
    }
  | {
      readonly type: 'claim.settled';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly outcome: 'connected' | 'failed';
    }
  | {
      readonly type: 'join.requested';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly ssid: Ssid;
    }
  | { readonly type: 'session.began'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  | { readonly type: 'leave.requested'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  | { readonly type: 'guest.left'; readonly guest: GuestId }
  | { readonly type: 'guest.attested'; readonly guest: GuestId }
  | { readonly type: 'interface.arrived'; readonly interfaceId: InterfaceId }
  | { readonly type: 'interface.linked'; readonly interfaceId: InterfaceId; readonly ssid: Ssid }
  | { readonly type: 'interface.unlinked'; readonly interfaceId: InterfaceId }
  | { readonly type: 'interface.left'; readonly interfaceId: InterfaceId }
  | {
      readonly type: 'networks.changed';
      readonly interfaceId: InterfaceId;
      readonly present: readonly Ssid[];
    }
  | { readonly type: 'signal.changed'; readonly interfaceId: InterfaceId; readonly rssi: number };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const ownershipEvents: Texts<OwnershipEvent> = {
  'claim.requested': 'From a dispatcher: its guest wants the interface to connect to a network.',
  'claim.settled': 'From that dispatcher: the attempt is over, or its guest waits no more.',
  'join.requested': 'From a dispatcher: its guest wants to mirror what the interface is connected to.',
  'session.began': 'From a dispatcher: its guest has been told of its session.',
  'leave.requested': "From a dispatcher: its guest's session there has ended.",
  'guest.left': "The guest's actors are gone, with everything the guest held.",
  'guest.attested': 'From a dispatcher: its guest, which was asked for a sign of life, is there.',
  'interface.arrived': 'From a radio: the interface is there; sessions of an earlier run may be over.',
  'interface.linked': 'From an interface: the host is connected to a network.',
  'interface.unlinked': 'From an interface: the host lost its network; every guest on it loses its session.',
  'interface.left': 'The interface is not there any more; its guests lose their sessions.',
  'networks.changed': 'From the interface of fake networks: sessions on those that are gone are over.',
  'signal.changed': 'From an interface: the signal of its link; its guests are notified.',
};

export interface OwnershipState {
  readonly table: OwnershipTable;
}

export type OwnershipSeat = Seat<OwnershipState, OwnershipEvent>;
