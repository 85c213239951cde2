/** What the actor of a host interface hears, and what it keeps. */
import type { ConnectOrder, HostLink, InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Ssid } from '../protocol/ssid.js';
import type { Services } from './services.js';

export type HostInterfaceEvent =
  /** From the back end. */
  | { readonly type: 'link.up'; readonly link: HostLink }
  | { readonly type: 'link.lost'; readonly ssid: Ssid; readonly reason: string }
  | { readonly type: 'signal.changed'; readonly rssi: number }
  | { readonly type: 'scan.completed' }
  | { readonly type: 'scan.failed'; readonly reason: string }
  /** The host has been asked and scans; what it had cached is there. */
  | { readonly type: 'scan.running' }
  /** From the dispatcher of a guest. */
  | {
      readonly type: 'scan.requested';
      readonly guest: GuestId;
      readonly round: number;
      readonly ssid: Ssid | null;
    }
  | { readonly type: 'connect.requested'; readonly guest: GuestId; readonly order: ConnectOrder }
  | { readonly type: 'connect.cancelled'; readonly guest: GuestId }
  /** From the ownership table. */
  | { readonly type: 'disconnect.requested'; readonly guest: GuestId | null };

interface Waiter {
  readonly guest: GuestId;
  readonly round: number;
}

export interface HostInterfaceContext {
  readonly services: Services;
  readonly id: InterfaceId;
  readonly name: string;
  readonly link: HostLink | null;
  /** Signal of the link in dBm, once the host has told it. */
  readonly rssi: number | null;
  /** The guest for which the interface connects or disconnects. */
  readonly serving: GuestId | null;
  /** Guests that wait for the running scan. */
  readonly waiters: readonly Waiter[];
  /** Guests that got cached networks while this scan runs: the driver waits for its results. */
  readonly promised: readonly GuestId[];
}
