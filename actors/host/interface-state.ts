/** What the actor of a host interface hears, and what others may know of its link. */
import type { ConnectOrder, HostLink, InterfaceId, RadioInterface } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Texts } from '../explains.js';

export type HostInterfaceEvent =
  | { readonly type: 'link.up'; readonly link: HostLink }
  | { readonly type: 'link.lost'; readonly ssid: Ssid; readonly reason: string }
  | { readonly type: 'signal.changed'; readonly rssi: number }
  | { readonly type: 'networks.changed' }
  | { readonly type: 'connect.requested'; readonly guest: GuestId; readonly order: ConnectOrder }
  | { readonly type: 'connect.cancelled'; readonly guest: GuestId }
  | { readonly type: 'disconnect.requested'; readonly guest: GuestId | null };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const hostInterfaceEvents: Texts<HostInterfaceEvent> = {
  'link.up': 'From the host: the interface is connected, by whomever.',
  'link.lost': 'From the host: the connection is gone.',
  'signal.changed': "From the host: the connection's signal in dBm.",
  'networks.changed': 'From the host application: the list of fake networks is another one.',
  'connect.requested': 'From the dispatcher whose claim was granted: connect as its guest asked.',
  'connect.cancelled': 'From that dispatcher: the time for this try is up.',
  'disconnect.requested': 'From the ownership table: no guest uses the connection any more.',
};

export interface HostInterfaceState {
  readonly id: InterfaceId;
  readonly name: string;
  readonly link: HostLink | null;
  /** Signal of the link in dBm, once the host has told it. */
  readonly rssi: number | null;
  /** The guest for which the interface connects or disconnects. */
  readonly serving: GuestId | null;
  /** What it is to be connected to for that guest, and whether the host has told meanwhile that it is; null unless it connects. */
  readonly attempt: { readonly ssid: Ssid; readonly isReached: boolean } | null;
}

/** What an attempt has led to: the host may have told of a later access point than its result does. */
export const linkOf = (
  { attempt, link }: Pick<HostInterfaceState, 'attempt' | 'link'>,
  result: HostLink,
): HostLink => (attempt?.isReached === true && link !== null ? link : result);

/** How an interface begins. */
export const unlinked = ({ id, name }: RadioInterface): HostInterfaceState => ({
  id,
  name,
  link: null,
  rssi: null,
  serving: null,
  attempt: null,
});
