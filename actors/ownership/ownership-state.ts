/** What the ownership table hears, and what others may know of it. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Seat } from '../seat.js';
import type { OwnershipTable } from './ownership-table.js';

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

export interface OwnershipState {
  readonly table: OwnershipTable;
}

export type OwnershipSeat = Seat<OwnershipState, OwnershipEvent>;
