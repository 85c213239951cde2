/** One Wi-Fi interface of the host as wpa_supplicant shows it. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { Subject } from 'rxjs';
import type { Bss } from '../../protocol/bss.js';
import type { OfferedSecurity } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Clock, TimerHandle } from '../../streams/clock.js';
import { SerialQueue } from '../../streams/serial-queue.js';
import {
  type ConnectFailure,
  type ConnectOrder,
  type HostLink,
  interfaceId,
  type RadioFailure,
  type StationEvent,
  type StationInterface,
} from '../radio.js';
import { failed, type LostLink, type NetworkLink, type Resumes, type StationView } from './connector.js';
import type { Connectors } from './connector-choice.js';
import {
  type Dbus,
  type DbusSignal,
  getAll,
  numberOf,
  type Properties,
  propertiesOf,
  textOf,
  textsOf,
} from './dbus.js';
import type { Whereabouts } from './search-parts.js';
import { frequenciesOf, SeenNetworks } from './seen-networks.js';
import { type AttemptFact, disconnectText, factsOf } from './wpa-attempt.js';
import { noObject, wpa } from './wpa-objects.js';
import { WpaScans } from './wpa-scans.js';

/** Milliseconds between two questions for the signal. */
export const signalPause = 2000;

/** wpa_supplicant keeps an interface that was unplugged or blocked by rfkill, in this state. */
export const disabled = 'interface_disabled';

/** States without a link (wpa_supplicant's `wpa_states`); in between the link may still come back (roaming). */
const statesWithoutLink: readonly string[] = ['disconnected', 'inactive', 'scanning', disabled];

/** `DisconnectReason` when somebody on this host ended the link: "leaving" (IEEE 802.11-2020, 9.4.1.7), negative. */
const leftOnPurpose = -3;

/** What a station needs from outside. */
export interface StationParts {
  readonly bus: Dbus;
  /** Path of the `Interface` object. */
  readonly path: string;
  /** Properties of the `Interface` object. */
  readonly properties: Properties;
  readonly clock: Clock;
  /** Who makes its connections. */
  readonly connectors: (view: StationView) => Connectors;
}

/** Follows one `Interface` object. `start` before use, `stop` when it leaves. */
export class WpaStation implements StationInterface {
  readonly kind = 'station';
  readonly id;
  readonly name: string;

  readonly #bus: Dbus;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #sae: boolean;
  readonly #connectors: Connectors;
  readonly #events = new Subject<StationEvent>();
  readonly #facts = new Subject<AttemptFact>();
  readonly #losses = new Subject<LostLink>();
  readonly #added = new Subject<string>();
  readonly events = this.#events.asObservable();

  readonly #seen: SeenNetworks;
  #state = '';
  #currentBss = noObject;
  #currentNetwork = noObject;
  readonly #scans: WpaScans;
  #disconnectReason = 0;
  #ending = false;
  #link: O.Option<HostLink> = O.none;
  /** The network behind the link. */
  #linkNetwork = noObject;
  #signalWanted = false;
  #signal: number | undefined;
  #poll: TimerHandle | undefined;
  #stopped = false;
  /** Changes are handled one after another, because handling one may need an answer from the bus. */
  readonly #jobs = new SerialQueue();

  constructor({ bus, path, properties, clock, connectors }: StationParts) {
    this.#bus = bus;
    this.#path = path;
    this.#seen = new SeenNetworks(bus, path);
    this.#clock = clock;
    this.#scans = new WpaScans(bus, path, clock, (event) => this.#events.next(event));
    this.name = textOf(properties.Ifname);
    this.id = interfaceId(this.name);
    this.#sae = textsOf(propertiesOf(properties.Capabilities).KeyMgmt).includes('sae');
    this.#connectors = connectors({
      facts: this.#facts.asObservable(),
      losses: this.#losses.asObservable(),
      added: this.#added.asObservable(),
      find: (order, abort) => this.#find(order, abort),
      seen: () => this.#seen.list,
      settledLink: () => this.#settledLink(),
    });
    this.#note(properties);
  }

  readonly link = (): O.Option<HostLink> => this.#link;
  readonly networks = (): readonly Bss[] => this.#seen.list;
  readonly supports = ({ kind }: OfferedSecurity): boolean => kind !== 'wpa3-sae' || this.#sae;

  /**
   * Reads the networks and the link that there are, without events, after what an earlier run of the service has left is
   * dealt with.
   */
  async start(resumes: Resumes): Promise<void> {
    await this.#seen.refresh();
    await this.#connectors.recover(resumes);
    await this.#settledLink();
  }

  /** The service ends: what it has changed on the host is given back, but for a connection that a guest has. */
  async leave(): Promise<void> {
    this.stop();
    await this.#connectors.leave();
  }

  /** The interface has left: no event after this, and whatever is asked of it fails. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#link = O.none;
    this.#stopPolling();
    this.#scans.stop();
    this.#facts.complete();
    this.#losses.complete();
    this.#added.complete();
    this.#events.complete();
  }

  /** Takes a signal of this `Interface` object. */
  handle(signal: DbusSignal): void {
    switch (signal.member) {
      case 'PropertiesChanged': {
        const changed = propertiesOf(signal.body[1]);
        this.#note(changed);
        for (const fact of factsOf(changed)) this.#facts.next(fact);
        // The interface leaves with its link: nobody but the connector hears of that one any more.
        if (changed.State === disabled && O.isSome(this.#link))
          this.#losses.next({ network: this.#linkNetwork, onPurpose: false });
        if ('State' in changed || 'CurrentBSS' in changed) void this.#enqueue(() => this.#followLink());
        return;
      }
      case 'ScanDone':
        void this.#enqueue(() => this.#scanDone(signal.body[0] === true));
        return;
      case 'PskMismatch':
        this.#facts.next({ type: 'key mismatch' });
        return;
      case 'NetworkAdded':
        this.#added.next(textOf(signal.body[0]));
        return;
      case 'BSSRemoved':
        this.#seen.forget(textOf(signal.body[0]));
        return;
    }
  }

  readonly scan = async (ssid: O.Option<Ssid>): Promise<E.Either<RadioFailure, 'running'>> =>
    this.#stopped ? E.left(this.#left('scan')) : this.#scans.ask(ssid);

  readonly followSignal = (wanted: boolean): void => {
    this.#signalWanted = wanted;
    if (!wanted) this.#stopPolling();
    else if (O.isSome(this.#link) && this.#poll === undefined) this.#pollLater();
  };

  readonly connect =
    (order: ConnectOrder, abort: AbortSignal): TaskEither<ConnectFailure, HostLink> =>
    async () =>
      this.#stopped
        ? E.left(failed(this.#left('connect')))
        : (await this.#connectors.current()).connect(order, abort);

  readonly disconnect = (): TaskEither<RadioFailure, void> => async () => {
    if (this.#stopped) return E.left(this.#left('disconnect'));
    this.#ending = O.isSome(this.#link);
    return (await this.#connectors.current()).disconnect();
  };

  #call(member: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#bus.call({ destination: wpa.name, path: this.#path, interface: wpa.interface, member })();
  }

  #left(operation: string): RadioFailure {
    return { operation, code: 'gone', detail: `${this.name} has left` };
  }

  #enqueue(job: () => Promise<void>): Promise<void> {
    return this.#jobs.add(async () => (this.#stopped ? undefined : job()));
  }

  #note(changed: Properties): void {
    if (typeof changed.State === 'string') this.#state = changed.State;
    if (typeof changed.Scanning === 'boolean') this.#scans.note(changed.Scanning);
    if (typeof changed.CurrentBSS === 'string') this.#currentBss = changed.CurrentBSS;
    if (typeof changed.CurrentNetwork === 'string') this.#currentNetwork = changed.CurrentNetwork;
    if (typeof changed.DisconnectReason === 'number') this.#disconnectReason = changed.DisconnectReason;
  }

  async #scanDone(success: boolean): Promise<void> {
    if (success) await this.#seen.refresh();
    // By the time of this answer wpa_supplicant has begun to connect if it has found what it looks for.
    const read = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
    if (this.#stopped) return;
    if (E.isRight(read)) for (const fact of factsOf({ State: read.right.State })) this.#facts.next(fact);
    this.#facts.next({ type: 'searched' });
    await this.#scans.done(success);
  }

  /** Where a network has been seen, nothing that the host still looks for matters; another one is looked for. */
  async #find(order: ConnectOrder, abort: AbortSignal): Promise<Whereabouts> {
    const isSeen = (): boolean => frequenciesOf(order, this.#seen.list).length > 0;
    if (!isSeen()) return this.#scans.lookFor(order.ssid, isSeen, abort);
    await this.#scans.end();
    return 'seen';
  }

  async #readLink(): Promise<NetworkLink | undefined> {
    const path = this.#currentBss;
    if (this.#state !== 'completed' || path === noObject) return undefined;
    const bss = await this.#seen.at(path);
    if (bss === undefined) return undefined;
    return { link: { ssid: bss.ssid, bssid: bss.bssid }, network: this.#currentNetwork };
  }

  async #settledLink(): Promise<NetworkLink | undefined> {
    const read = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
    if (E.isLeft(read)) return undefined;
    this.#note(read.right);
    await this.#enqueue(() => this.#followLink());
    return this.#readLink();
  }

  async #followLink(): Promise<void> {
    const current = await this.#readLink();
    if (this.#stopped) return;
    if (current !== undefined) this.#linkIs(current);
    else if (statesWithoutLink.includes(this.#state)) this.#linkIsGone();
  }

  #linkIs({ link, network }: NetworkLink): void {
    const before = O.toUndefined(this.#link);
    if (before !== undefined && before.ssid !== link.ssid) this.#linkIsGone();
    this.#linkNetwork = network;
    if (before?.ssid === link.ssid && before.bssid === link.bssid) return;
    this.#link = O.some(link);
    this.#disconnectReason = 0;
    this.#ending = false;
    this.#events.next({ type: 'connected', link });
    if (this.#poll === undefined) this.#pollLater();
  }

  #linkIsGone(): void {
    if (O.isNone(this.#link)) return;
    const { ssid } = this.#link.value;
    this.#link = O.none;
    this.#stopPolling();
    const code = this.#disconnectReason;
    const asked = this.#ending;
    this.#events.next({
      type: 'disconnected',
      ssid,
      reason: asked ? 'disconnected on request' : disconnectText(code),
    });
    if (!asked) this.#losses.next({ network: this.#linkNetwork, onPurpose: code === leftOnPurpose });
  }

  #pollLater(): void {
    if (!this.#signalWanted) return;
    this.#poll = this.#clock.setTimeout(() => void this.#pollSignal(), signalPause);
  }

  #stopPolling(): void {
    if (this.#poll !== undefined) this.#clock.clearTimeout(this.#poll);
    this.#poll = undefined;
    this.#signal = undefined;
  }

  async #pollSignal(): Promise<void> {
    const asked = this.#poll;
    const polled = await this.#call('SignalPoll');
    if (this.#stopped || this.#poll !== asked || O.isNone(this.#link)) return;
    if (E.isRight(polled)) {
      const rssi = numberOf(propertiesOf(polled.right[0]).rssi, Number.NaN);
      if (!Number.isNaN(rssi) && rssi !== this.#signal) {
        this.#signal = rssi;
        this.#events.next({ type: 'signal', rssi });
      }
    }
    this.#pollLater();
  }
}
