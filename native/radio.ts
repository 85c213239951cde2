/**
 * What a radio back end gives to the actors: interfaces that come and go, and what each of them can do.
 * The Windows Wlan API, wpa_supplicant, the simulated radio and the host application's fake networks all
 * stand behind these types; the actors know nothing else of them.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Observable } from 'rxjs';
import type { Bss } from '../protocol/bss.js';
import type { Bssid } from '../protocol/bssid.js';
import type { KeyMaterial } from '../protocol/key-material.js';
import type { OfferedSecurity } from '../protocol/security.js';
import type { Ssid } from '../protocol/ssid.js';
import type { StatusCode } from '../protocol/status.js';

export type { FakeNetwork } from './fake/fake-network.js';

/** Identity of a host interface: a GUID in lower case without braces (Windows), or the back end's stable name. */
export type InterfaceId = string & { readonly InterfaceId: unique symbol };

/** Brands a back end's own identifier; a GUID is lowered and loses its braces. */
export const interfaceId = (text: string): InterfaceId =>
  text.replace(/^\{|\}$/g, '').toLowerCase() as InterfaceId;

/** Answers that are known at once are given at once: the hot path of a scan must not wait for a microtask. */
export type Answer<T> = T | Promise<T>;

/** Which network a station interface is connected to, as the host reports it. */
export interface HostLink {
  readonly ssid: Ssid;
  readonly bssid: Bssid;
}

/** What a guest asked a station interface to connect to. */
export interface ConnectOrder {
  readonly ssid: Ssid;
  /** `none`: any access point of this SSID will do. */
  readonly bssid: Option<Bssid>;
  readonly security: OfferedSecurity;
  /** The 32-byte PMK for WPA2-PSK, empty for an open network. */
  readonly key: KeyMaterial;
}

/** Why a connection did not come about; `status` is the 802.11 status code for the guest (IEEE 802.11-2020, 9.4.1.9). */
export interface ConnectFailure {
  readonly reason:
    | 'wrong key'
    | 'network not found'
    | 'rejected'
    | 'timed out'
    | 'unsupported'
    | 'abandoned'
    | 'failed';
  readonly status: StatusCode;
  /** For people: operation, native code and symbolic name; never a secret. */
  readonly detail: string;
}

/** A native operation that failed: which one, with the host's own code (number or name) and a sentence. */
export interface RadioFailure {
  readonly operation: string;
  readonly code: string;
  readonly detail: string;
}

/** A connection of an interface that an earlier run of the service has made for guests. */
export interface LeftLink {
  readonly ssid: Ssid;
  /** What the host had before, as `former` of the interface gave it; null: nothing, or the host's system remembers it itself. */
  readonly former: string | null;
  /** Does a guest still need it? If not, the host gets back what it had. */
  readonly isNeeded: boolean;
}

/** Undefined: nothing was left on this interface. */
export type LeftLinks = (id: InterfaceId) => LeftLink | undefined;

/** What happens on a station interface. Each is reported once, in the order in which it happened. */
export type StationEvent =
  | { readonly type: 'connected'; readonly link: HostLink }
  /** The link is gone. `reason` is for people. Also after a `disconnect()` that was asked for. */
  | { readonly type: 'disconnected'; readonly ssid: Ssid; readonly reason: string }
  /** Signal of the current link in dBm, −128…127. */
  | { readonly type: 'signal'; readonly rssi: number }
  /** A host scan ended, asked for or not; `networks()` has its results. */
  | { readonly type: 'scan.completed' }
  | { readonly type: 'scan.failed'; readonly reason: string };

/** One real or simulated station interface of the host: one connection at a time. */
export interface StationInterface {
  readonly kind: 'station';
  readonly id: InterfaceId;
  /** The host's name for people: `wlan0`, `Intel(R) Wi-Fi 6 AX200`. */
  readonly name: string;
  /** Hot; subscribed once for the interface's actors, right after arrival. Completes when the interface leaves. */
  readonly events: Observable<StationEvent>;
  /** The link the interface has now, without I/O. */
  readonly link: () => Option<HostLink>;
  /**
   * Somebody has a session on this interface and wants its `signal` events, or nobody has any more; nobody has at first.
   * Left out where telling the signal costs nothing.
   */
  readonly followSignal?: (wanted: boolean) => void;
  /** What the host has seen last, without I/O. The same array until it changes. */
  readonly networks: () => readonly Bss[];
  /** May this interface serve a request with such security at all (any network)? */
  readonly supports: (security: OfferedSecurity) => boolean;
  /**
   * Asks the host for a scan, directed at `ssid` if there is one. Once it resolves, `networks()` gives what
   * the host had cached before the scan; `running` promises one `scan.completed` or `scan.failed` later,
   * `complete` says that `networks()` is already the result.
   */
  readonly scan: (ssid: Option<Ssid>) => Answer<Either<RadioFailure, 'complete' | 'running'>>;
  /** Connects. An aborted try cleans up after itself on the host and fails with `abandoned`. */
  readonly connect: (order: ConnectOrder, abort: AbortSignal) => TaskEither<ConnectFailure, HostLink>;
  readonly disconnect: () => TaskEither<RadioFailure, void>;
  /**
   * What the host had before the first connection that was asked for here: a name by which the radio finds it again after a
   * restart, in `LeftLink`. Null: nothing. Left out where the host's system remembers it.
   */
  readonly former?: () => string | null;
}

/** Networks that the host application makes up: always visible, always connected, nothing ever happens to them. */
export interface FakeInterface {
  readonly kind: 'fake';
  readonly id: InterfaceId;
  readonly name: string;
  /** Asks the host application anew, as for every scan and connect. Never rejects: what is invalid is left out and logged. */
  readonly ask: () => Answer<readonly Bss[]>;
  /** What it gave last. The same array until that changes. */
  readonly networks: () => readonly Bss[];
  /** Hot: the host application has given another list than before, whoever asked. Not for the first list that it gives. */
  readonly changes: Observable<void>;
}

/** One interface of a radio: a real or simulated station, or fake networks. */
export type RadioInterface = StationInterface | FakeInterface;

/** What a radio tells while it is open. */
export type RadioEvent =
  /** The host's Wi-Fi service answers; its interfaces follow. */
  | { readonly type: 'opened' }
  | { readonly type: 'interface.arrived'; readonly interface: RadioInterface }
  | { readonly type: 'interface.left'; readonly id: InterfaceId };

/**
 * One radio back end. `open` is cold: subscribing opens the host's Wi-Fi service, unsubscribing closes it and
 * everything that belongs to it. It errors with a `RadioFailure` when the service is not there or goes away; the
 * actor then removes its interfaces and subscribes again with growing pauses.
 */
export interface RadioBackend {
  readonly name: string;
  readonly open: Observable<RadioEvent>;
  /** Resolves when everything that the last subscription held is released; left out where unsubscribing does it all. */
  readonly closed?: () => Promise<void>;
}
