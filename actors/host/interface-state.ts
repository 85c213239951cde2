/** What the actor of a host interface hears, and what others may know of it. */
import type { ConnectOrder, HostLink, InterfaceId, RadioInterface } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Bss } from '../../protocol/bss.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Texts } from '../explains.js';

export type HostInterfaceEvent =
  | { readonly type: 'link.up'; readonly link: HostLink }
  | { readonly type: 'link.lost'; readonly ssid: Ssid; readonly reason: string }
  | { readonly type: 'signal.changed'; readonly rssi: number }
  | { readonly type: 'networks.changed' }
  | { readonly type: 'scan.completed' }
  | { readonly type: 'scan.failed'; readonly reason: string }
  | { readonly type: 'scan.running' }
  | {
      readonly type: 'scan.requested';
      readonly guest: GuestId;
      readonly round: number;
      readonly ssid: Ssid | null;
      readonly waits: boolean;
    }
  | { readonly type: 'connect.requested'; readonly guest: GuestId; readonly order: ConnectOrder }
  | { readonly type: 'connect.cancelled'; readonly guest: GuestId }
  | { readonly type: 'disconnect.requested'; readonly guest: GuestId | null };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const hostInterfaceEvents: Texts<HostInterfaceEvent> = {
  'link.up': 'From the host: the interface is connected, by whomever.',
  'link.lost': 'From the host: the connection is gone.',
  'signal.changed': "From the host: the connection's signal in dBm.",
  'networks.changed': 'From the host application: the list of fake networks is another one.',
  'scan.completed': 'From the host: a scan has ended, asked for or not.',
  'scan.failed': 'From the host: the scan came to nothing.',
  'scan.running': 'From the host: it has begun to scan; what it had seen before can be told.',
  'scan.requested': 'From a dispatcher: its guest wants to know the networks, and the results are not fresh.',
  'connect.requested': 'From the dispatcher whose claim was granted: connect as its guest asked.',
  'connect.cancelled': 'From that dispatcher: the time for this try is up.',
  'disconnect.requested': 'From the ownership table: no guest uses the connection any more.',
};

/** A guest's part in a scan of this interface. */
export interface Waiter {
  readonly guest: GuestId;
  /** Number of the guest's own scan round. */
  readonly round: number;
  /** Its driver takes nothing but the end of the scan. */
  readonly waits: boolean;
  /** The network that it looks for by name. */
  readonly ssid: Ssid | null;
}

/** A guest that was answered with cached networks while a scan goes on: its driver waits for the rest. */
interface Promised {
  readonly guest: GuestId;
  readonly ssid: Ssid | null;
  /** On the clock's elapsed time. */
  readonly at: number;
}

/** A network that was looked for by name, and when, on the clock's elapsed time. */
export interface Sought {
  readonly ssid: Ssid;
  readonly at: number;
}

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
  /** Guests that wait for the scan that is asked for or runs. */
  readonly waiters: readonly Waiter[];
  readonly promised: readonly Promised[];
  /** The network that the scan which is asked for or runs looks for by name; null for all. */
  readonly seeking: Ssid | null;
  /** When the last scan completed, on the clock's elapsed time; null before the first. */
  readonly scannedAt: number | null;
  /** Networks that were looked for by name of late. */
  readonly sought: readonly Sought[];
}

/** Most names that an interface is looked around for within an interval: guests that make up names must not keep it busy. */
const soughtLimit = 16;

/** What an attempt has led to: the host may have told of a later access point than its result does. */
export const linkOf = (
  { attempt, link }: Pick<HostInterfaceState, 'attempt' | 'link'>,
  result: HostLink,
): HostLink => (attempt?.isReached === true && link !== null ? link : result);

/** The scan has completed. */
export const noteScanned = (
  { sought, seeking }: Pick<HostInterfaceState, 'sought' | 'seeking'>,
  now: number,
): Pick<HostInterfaceState, 'scannedAt' | 'sought' | 'seeking'> => ({
  scannedAt: now,
  seeking: null,
  sought:
    seeking === null
      ? sought
      : [{ ssid: seeking, at: now }, ...sought.filter(({ ssid }) => ssid !== seeking)].slice(0, soughtLimit),
});

/** The names that were looked for less than `interval` milliseconds before `now`. */
const lately = (sought: readonly Sought[], now: number, interval: number): readonly Sought[] =>
  sought.filter(({ at }) => now - at < interval);

/** Has the interface been looked around for as many names of late as it may, counting the one that it looks for? */
export const isTired = (
  { sought, seeking }: Pick<HostInterfaceState, 'sought' | 'seeking'>,
  now: number,
  interval: number,
): boolean => {
  const others = lately(sought, now, interval).filter(({ ssid }) => ssid !== seeking);
  return interval > 0 && others.length + (seeking === null ? 0 : 1) >= soughtLimit;
};

/**
 * Are the interface's results the answer to a scan without asking the host? They are while its last scan is younger than `interval`
 * milliseconds and, if a network is looked for by name, show it, or it was looked for just as lately, or so many others were.
 */
export const isFresh = (
  { scannedAt, sought }: Pick<HostInterfaceState, 'scannedAt' | 'sought'>,
  networks: readonly Bss[],
  { ssid, now, interval }: { readonly ssid: Ssid | null; readonly now: number; readonly interval: number },
): boolean => {
  if (scannedAt === null || now - scannedAt >= interval) return false;
  if (ssid === null || networks.some((bss) => bss.ssid === ssid)) return true;
  const names = lately(sought, now, interval);
  return names.length >= soughtLimit || names.some((name) => name.ssid === ssid);
};

/** Who looks for a network by name that a scan has not found, and that it did not look for. */
const isUnsought =
  (seeking: Ssid | null, networks: readonly Bss[]) =>
  ({ ssid }: { readonly ssid: Ssid | null }) =>
    ssid !== null && ssid !== seeking && !networks.some((bss) => bss.ssid === ssid);

/**
 * Of those who wait for a scan that has ended: who has its results, and for whom the host has to look once more. `tired`: it does
 * not look any more.
 */
export const settledBy = <T extends { readonly ssid: Ssid | null }>(
  who: readonly T[],
  seeking: Ssid | null,
  networks: readonly Bss[],
  tired = false,
): { readonly settled: readonly T[]; readonly open: readonly T[] } => {
  if (tired) return { settled: who, open: [] };
  const isOpen = isUnsought(seeking, networks);
  return { settled: who.filter((one) => !isOpen(one)), open: who.filter(isOpen) };
};

/** What an interface is called in the log and in its actor's context. */
export const unscanned = ({ id, name }: RadioInterface): HostInterfaceState => ({
  id,
  name,
  link: null,
  rssi: null,
  serving: null,
  attempt: null,
  waiters: [],
  promised: [],
  seeking: null,
  scannedAt: null,
  sought: [],
});
