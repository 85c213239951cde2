/** The register of interfaces, in dispatch order: what may be known of each, and the way to tell each something. */
import { NEVER, type Observable, Subject, share } from 'rxjs';
import type { HostLink, InterfaceId, RadioInterface, StationEvent } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Bss } from '../../protocol/bss.js';
import type { Bssid } from '../../protocol/bssid.js';
import {
  type GuestAuth,
  type GuestSkills,
  guestAuth,
  type NetworkAuth,
  networkAuth,
  type OfferedSecurity,
} from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import { CipherSuite } from '../../protocol/suites.js';
import { type Post, Seat } from '../seat.js';
import type { HostInterfaceEvent, HostInterfaceState } from './interface-state.js';
import { ScanAsk } from './scan-ask.js';
import { type HostScanEvent, type HostScanState, isFresh } from './scan-state.js';
import { ShownNetworks } from './shown-networks.js';

/** One interface in dispatch order. */
export class InterfaceEntry {
  readonly device: RadioInterface;
  /** Name of the back end it came from. */
  readonly radio: string;
  readonly seat: Seat<HostInterfaceState, HostInterfaceEvent> = new Seat();
  readonly scanSeat: Seat<HostScanState, HostScanEvent> = new Seat();
  readonly scans: ScanAsk;
  /** What the host tells of it: for both actors at once, as a station's events have one subscriber. */
  readonly events: Observable<StationEvent>;

  constructor(device: RadioInterface, radio: string) {
    this.device = device;
    this.radio = radio;
    this.scans = new ScanAsk(device);
    this.events = device.kind === 'station' ? device.events.pipe(share()) : NEVER;
  }

  /** A simulated radio knows the keys of its networks: it stays out of snapshots. */
  toJSON(): { readonly radio: string } {
    return { radio: this.radio };
  }
}

const anySae: OfferedSecurity = { kind: 'wpa3-sae', pairwise: CipherSuite.ccmp, group: CipherSuite.ccmp };

export class Interfaces {
  readonly shown = new ShownNetworks();
  #entries: readonly InterfaceEntry[] = [];
  #ids: readonly InterfaceId[] = [];
  /** All that have been here since the start. */
  readonly #arrived = new Set<InterfaceId>();
  readonly #misses = new Subject<void>();

  /** Each time that a guest asked and no station was there: radios that rest look for the host's Wi-Fi again. */
  readonly misses: Observable<void> = this.#misses.asObservable();

  /** A guest asks for something of a station: said to the radios if there is none. */
  noteWish(): void {
    if (!this.#entries.some(({ device }) => device.kind === 'station')) this.#misses.next();
  }

  /** Adds an interface at its place in the dispatch order: fake networks first, then as they arrived. */
  admit(entry: InterfaceEntry): void {
    const others = this.#entries.filter(({ device }) => device.id !== entry.device.id);
    this.#keep(entry.device.kind === 'fake' ? [entry, ...others] : [...others, entry]);
    this.#arrived.add(entry.device.id);
  }

  remove(id: InterfaceId): void {
    this.#keep(this.#entries.filter(({ device }) => device.id !== id));
  }

  clear(): void {
    this.#keep([]);
    this.#arrived.clear();
  }

  /** Never changed in place: it may be gone through with waits in between. */
  get entries(): readonly InterfaceEntry[] {
    return this.#entries;
  }

  /** In dispatch order. */
  get ids(): readonly InterfaceId[] {
    return this.#ids;
  }

  get(id: InterfaceId): InterfaceEntry | undefined {
    return this.#entries.find(({ device }) => device.id === id);
  }

  has(id: InterfaceId): boolean {
    return this.get(id) !== undefined;
  }

  /** Has it been here since the start, whether it is now or not? */
  hasEver(id: InterfaceId): boolean {
    return this.#arrived.has(id);
  }

  /** What the host had there before the connection that guests wanted, as the radio calls it. */
  formerOf(id: InterfaceId): string | null {
    const device = this.get(id)?.device;
    return device?.kind === 'station' ? (device.former?.() ?? null) : null;
  }

  /** Does its actor live? */
  isAwake(id: InterfaceId): boolean {
    return this.get(id)?.seat.isTaken === true;
  }

  tell(post: Post, id: InterfaceId, event: HostInterfaceEvent): void {
    this.get(id)?.seat.tell(post, event);
  }

  /** The same to the actor of its scans. */
  tellScan(post: Post, id: InterfaceId, event: HostScanEvent): void {
    this.get(id)?.scanSeat.tell(post, event);
  }

  /** The network that it is connected to, as its actor has it. */
  linkOf(id: InterfaceId): HostLink | null {
    return this.get(id)?.seat.state?.link ?? null;
  }

  /**
   * The signal in dBm of the network that a guest has there: as the host told it last of its link, or else as an access point was
   * seen. An interface with fake networks has many at once, and a host may be on another network than its guest, which claims it.
   */
  signalOf(id: InterfaceId, ssid: Ssid): number | null {
    const { rssi = null, link = null } = this.get(id)?.seat.state ?? {};
    const networks = this.networksOf(id);
    const ofIt = networks.find((bss) => bss.ssid === ssid)?.rssi ?? null;
    if (link?.ssid !== ssid) return ofIt;
    return rssi ?? networks.find(({ bssid }) => bssid === link.bssid)?.rssi ?? ofIt;
  }

  /** What it has seen last. */
  networksOf(id: InterfaceId): readonly Bss[] {
    return this.get(id)?.device.networks() ?? [];
  }

  /** What all of these have seen, as a guest with such skills is shown it. */
  networks(ids: readonly InterfaceId[], skills: GuestSkills): readonly Bss[] {
    return this.shown.merge(
      ids.map((id) => this.networksOf(id)),
      skills,
    );
  }

  /** Can an interface connect by SAE, so that it makes sense for a guest to ask? */
  get canSae(): boolean {
    return this.#entries.some(({ device }) => device.kind === 'station' && device.supports(anySae));
  }

  /** The authentication of a network as a guest sees it; a network that no scan has shown yet counts as WPA2-PSK. */
  authOf(id: InterfaceId, bssid: Bssid): GuestAuth {
    const bss = this.#seen(id, bssid);
    return bss === undefined ? 'wpa2-psk' : guestAuth(bss);
  }

  /** The authentication of a network as it is; null if no scan has shown it yet. */
  networkAuthOf(id: InterfaceId, bssid: Bssid): NetworkAuth | null {
    const bss = this.#seen(id, bssid);
    return bss === undefined ? null : networkAuth(bss);
  }

  #seen(id: InterfaceId, bssid: Bssid): Bss | undefined {
    return this.networksOf(id).find((network) => network.bssid === bssid);
  }

  /** Which interfaces have no fresh results for such a scan. `now`: the clock's elapsed time, `interval`: milliseconds. */
  staleFor(ssid: Ssid | null, now: number, interval: number): readonly InterfaceId[] {
    const stale: InterfaceId[] = [];
    for (const { device, scanSeat } of this.#entries) {
      const { state } = scanSeat;
      if (state === undefined) continue;
      // The host application is asked anew for every scan.
      const isKnown = device.kind !== 'fake' && isFresh(state, device.networks(), { ssid, now, interval });
      if (!isKnown) stale.push(device.id);
    }
    return stale;
  }

  /** Asks the host application anew for its networks: `networksOf` gives them afterwards. */
  async askApplication(): Promise<void> {
    await Promise.all(this.#entries.map(({ device }) => (device.kind === 'fake' ? device.ask() : undefined)));
  }

  /** Does an interface still scan for this guest, which has been answered? */
  isPromised(guest: GuestId): boolean {
    return this.#entries.some(
      ({ scanSeat }) => scanSeat.state?.promised.some((one) => one.guest === guest) === true,
    );
  }

  #keep(entries: readonly InterfaceEntry[]): void {
    this.#entries = entries;
    this.#ids = entries.map(({ device }) => device.id);
  }

  /** Keeps radios out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }

  /** A simulated radio knows the keys of its networks. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `[${this.#entries.length} interfaces]`;
  }
}
