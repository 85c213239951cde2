/** What the actor of an interface's scans hears, and what others may know of them. */
import type { InterfaceId, RadioInterface } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Bss } from '../../protocol/bss.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Texts } from '../explains.js';

export type HostScanEvent =
  | { readonly type: 'scan.completed' }
  | { readonly type: 'scan.failed'; readonly reason: string }
  | { readonly type: 'scan.running' }
  | {
      readonly type: 'scan.requested';
      readonly guest: GuestId;
      readonly round: number;
      readonly ssid: Ssid | null;
      readonly waits: boolean;
    };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const hostScanEvents: Texts<HostScanEvent> = {
  'scan.completed': 'From the host: a scan has ended, asked for or not.',
  'scan.failed': 'From the host: the scan came to nothing.',
  'scan.running': 'From the host: it has begun to scan; what it had seen before can be told.',
  'scan.requested': 'From a dispatcher: its guest wants to know the networks, and the results are not fresh.',
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

export interface HostScanState {
  readonly id: InterfaceId;
  readonly name: string;
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

/** The scan has completed. */
export const noteScanned = (
  { sought, seeking }: Pick<HostScanState, 'sought' | 'seeking'>,
  now: number,
): Pick<HostScanState, 'scannedAt' | 'sought' | 'seeking'> => ({
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
  { sought, seeking }: Pick<HostScanState, 'sought' | 'seeking'>,
  now: number,
  interval: number,
): boolean => {
  const others = lately(sought, now, interval).filter(({ ssid }) => ssid !== seeking);
  return others.length + (seeking === null ? 0 : 1) >= soughtLimit;
};

/**
 * Are the interface's results the answer to a scan without asking the host? They are while its last scan is younger than `interval`
 * milliseconds and, if a network is looked for by name, show it, or it was looked for just as lately, or so many others were.
 */
export const isFresh = (
  { scannedAt, sought }: Pick<HostScanState, 'scannedAt' | 'sought'>,
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
 * Of those who wait for a scan that has ended: who has its results, and for whom the host has to look once more. `refuses`: does
 * it look no more?
 */
export const settledBy = <T extends { readonly ssid: Ssid | null }>(
  who: readonly T[],
  seeking: Ssid | null,
  networks: readonly Bss[],
  refuses: () => boolean,
): { readonly settled: readonly T[]; readonly open: readonly T[] } => {
  const isOpen = isUnsought(seeking, networks);
  const open = who.filter(isOpen);
  if (open.length === 0 || refuses()) return { settled: who, open: [] };
  return { settled: who.filter((one) => !isOpen(one)), open };
};

/** How the scans of an interface begin. */
export const unscanned = ({ id, name }: RadioInterface): HostScanState => ({
  id,
  name,
  waiters: [],
  promised: [],
  seeking: null,
  scannedAt: null,
  sought: [],
});
