/** One station interface of a Windows host. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import { Subject } from 'rxjs';
import type { Bss } from '../../protocol/bss.js';
import type { OfferedSecurity } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import { CipherSuite } from '../../protocol/suites.js';
import type { Clock } from '../../streams/clock.js';
import type { Log } from '../log.js';
import {
  type ConnectFailure,
  type ConnectOrder,
  type HostLink,
  type InterfaceId,
  interfaceId,
  type RadioFailure,
  type StationEvent,
  type StationInterface,
} from '../radio.js';
import { ConnectAttempt } from './connect-attempt.js';
import { updatedNetworks } from './known-networks.js';
import { constants } from './layouts.js';
import { abandoned, failed, gone, unsupported } from './station-failures.js';
import type { WlanInterface } from './wlan-decoding.js';
import type { WlanFailure } from './wlan-failure.js';
import type { WlanNotification } from './wlan-notifications.js';
import { profileName, wlanProfile } from './wlan-profile.js';
import { connectFailure, wlanReasonName } from './wlan-reasons.js';
import type { WlanClient } from './wlanapi.js';

/** How long the end of a link may take to be reported after Windows was asked for it, in milliseconds. */
const farewellTime = 3_000;

/** What a station needs of its radio. */
export interface StationSurroundings {
  readonly client: WlanClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every failure: the radio knows which ones mean that the service is gone. */
  readonly failed: (failure: WlanFailure) => void;
}

type Attributed<T> = E.Either<WlanFailure, T>;

/**
 * What is reported about the interface is handled strictly in order, each with the queries that belong to it: a link
 * is known by SSID and BSSID before it is told, and what follows waits for that.
 */
export class WlanStation implements StationInterface {
  readonly kind = 'station';
  readonly id: InterfaceId;
  readonly name: string;
  readonly guid: string;
  readonly #around: StationSurroundings;
  readonly #events = new Subject<StationEvent>();
  readonly events = this.#events.asObservable();
  #present = true;
  #link: O.Option<HostLink> = O.none;
  #rssi: number | undefined;
  #networks: readonly Bss[] = [];
  #scanning = false;
  #attempt: ConnectAttempt | undefined;
  /** Who waits for the link to end. */
  readonly #farewells = new Set<() => void>();
  #order: Promise<void> = Promise.resolve();

  constructor({ guid, description }: WlanInterface, around: StationSurroundings) {
    this.guid = guid;
    this.id = interfaceId(guid);
    this.name = description === '' ? guid : description;
    this.#around = around;
  }

  /** Reads what the interface is connected to and what it has seen. Resolves when it can be shown to others. */
  readonly start = (): Promise<void> =>
    this.#inOrder(async () => {
      this.#link = await this.#currentLink();
      await this.#readNetworks();
    });

  readonly link = (): O.Option<HostLink> => (this.#present ? this.#link : O.none);

  readonly networks = (): readonly Bss[] => this.#networks;

  /** A profile's "AES" is CCMP: Windows has no way to ask for GCMP with a pre-shared key. */
  readonly supports = (security: OfferedSecurity): boolean =>
    security.kind === 'open' || security.pairwise === CipherSuite.ccmp;

  readonly scan = (ssid: O.Option<Ssid>): Promise<E.Either<RadioFailure, 'running'>> =>
    this.#inOrder(async (): Promise<E.Either<RadioFailure, 'running'>> => {
      if (!this.#present) return E.left(gone('scan'));
      const { client } = this.#around;
      // First what is cached: the scan empties the service's list.
      const cached = await this.#readNetworks();
      if (E.isLeft(cached)) return cached;
      const asked = this.#noted(await client.scan(this.guid, ssid)());
      if (E.isLeft(asked)) return asked;
      this.#scanning = true;
      return E.right('running');
    });

  readonly connect =
    (order: ConnectOrder, abort: AbortSignal): TE.TaskEither<ConnectFailure, HostLink> =>
    () =>
      this.#connect(order, abort);

  readonly disconnect = (): TE.TaskEither<RadioFailure, void> => async () => {
    if (!this.#present) return E.left(gone('disconnect'));
    const asked = this.#noted(await this.#around.client.disconnect(this.guid)());
    // Not connected in the first place.
    if (E.isLeft(asked) && asked.left.error !== constants.ERROR_INVALID_STATE) return asked;
    await this.#farewell();
    return E.right(undefined);
  };

  /** Takes what the service reports about this interface. */
  heard(notification: WlanNotification): void {
    void this.#inOrder(() => this.#handle(notification));
  }

  /** The interface is unplugged, or nobody watches any more: what is under way fails, events complete. */
  leave(why: string): void {
    if (!this.#present) return;
    this.#present = false;
    this.#attempt?.settle(E.left(failed(`${this.name}: ${why}`)));
    this.#attempt = undefined;
    for (const done of [...this.#farewells]) done();
    this.#events.complete();
  }

  async #handle(notification: WlanNotification): Promise<void> {
    if (!this.#present) return;
    switch (notification.type) {
      case 'scan complete':
        this.#scanning = false;
        return this.#scanned();
      case 'scan list refresh': {
        // Comes with every scan too; then its completion tells of the results.
        const before = this.#networks;
        await this.#readNetworks();
        if (!this.#scanning && before !== this.#networks) this.#emit({ type: 'scan.completed' });
        return;
      }
      case 'scan fail':
        this.#scanning = false;
        return this.#emit({ type: 'scan.failed', reason: wlanReasonName(notification.reason) });
      case 'connection complete':
        return notification.reason === 0
          ? this.#connected(notification)
          : this.#attemptFor(notification)?.settle(
              E.left(connectFailure('WlanConnect', notification.reason)),
            );
      case 'disconnected':
        if (O.isSome(this.#link) && this.#link.value.ssid === notification.ssid)
          this.#lose(wlanReasonName(notification.reason));
        return;
      case 'signal quality':
        return this.#signal(notification.quality);
      case 'malformed':
        return this.#around.log.warn(
          { interface: this.name, problem: notification.problem },
          'the Wlan service sent a notification that makes no sense',
        );
      default:
        return;
    }
  }

  async #scanned(): Promise<void> {
    const read = await this.#readNetworks();
    this.#emit(
      E.isLeft(read) ? { type: 'scan.failed', reason: read.left.detail } : { type: 'scan.completed' },
    );
  }

  async #connected(notification: Extract<WlanNotification, { readonly ssid: Ssid }>): Promise<void> {
    const attempt = this.#attemptFor(notification);
    const link = await this.#currentLink();
    if (!this.#present) return;
    if (O.isNone(link)) {
      attempt?.settle(E.left(failed('the connection was lost at once')));
      return;
    }
    if (O.isSome(this.#link)) {
      if (this.#link.value.ssid === link.value.ssid && this.#link.value.bssid === link.value.bssid) return;
      this.#lose('another connection took its place');
    }
    this.#link = link;
    this.#rssi = undefined;
    this.#emit({ type: 'connected', link: link.value });
    attempt?.settle(E.right(link.value));
    if (attempt === undefined)
      this.#attempt?.settle(E.left(failed('the user of the host connected elsewhere')));
  }

  /** The attempt that a notification is about: its profile has the name and the SSID that we gave it. */
  #attemptFor({
    profile,
    ssid,
  }: {
    readonly profile: string;
    readonly ssid: Ssid;
  }): ConnectAttempt | undefined {
    const attempt = this.#attempt;
    return attempt?.ssid === ssid && profile === profileName(ssid) ? attempt : undefined;
  }

  #lose(reason: string): void {
    if (O.isNone(this.#link)) return;
    const { ssid } = this.#link.value;
    this.#link = O.none;
    this.#emit({ type: 'disconnected', ssid, reason });
    for (const done of [...this.#farewells]) done();
  }

  /** Windows' quality: 0 is −100 dBm or less, 100 is −50 dBm or more, linear between (`WLAN_ASSOCIATION_ATTRIBUTES`). */
  #signal(quality: number): void {
    const rssi = -100 + Math.round(Math.min(quality, 100) / 2);
    if (O.isNone(this.#link) || rssi === this.#rssi) return;
    this.#rssi = rssi;
    this.#emit({ type: 'signal', rssi });
  }

  async #connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    const { client } = this.#around;
    if (!this.#present) return E.left(failed(gone('connect').detail));
    if (abort.aborted) return E.left(abandoned);
    if (!this.supports(order.security)) return E.left(unsupported);
    const hidden = !this.#networks.some(({ ssid }) => ssid === order.ssid);
    const profile = wlanProfile(order, hidden);
    if (E.isLeft(profile)) return profile;
    const impossible = await this.#impossible(order.ssid);
    if (impossible !== undefined) return E.left(impossible);
    if (abort.aborted) return E.left(abandoned);
    if (!this.#present) return E.left(failed(gone('connect').detail));
    this.#attempt?.settle(E.left({ ...abandoned, detail: 'another connect took its place' }));
    const attempt = new ConnectAttempt(order.ssid);
    this.#attempt = attempt;
    // Its end may be reported before the call has returned.
    const asked = this.#noted(await client.connect(this.guid, profile.right, order.bssid)());
    const abandon = (): void => void this.#abandon(attempt);
    if (E.isLeft(asked)) attempt.settle(E.left(failed(asked.left.detail)));
    else if (abort.aborted) abandon();
    else abort.addEventListener('abort', abandon, { once: true });
    const result = await attempt.result;
    abort.removeEventListener('abort', abandon);
    if (this.#attempt === attempt) this.#attempt = undefined;
    return result;
  }

  /**
   * Takes back what Windows was asked for, and waits until it says that it has: the end of an abandoned attempt must
   * not be taken for that of the next one.
   */
  async #abandon(attempt: ConnectAttempt): Promise<void> {
    if (!attempt.abandon(abandoned)) return;
    this.#noted(await this.#around.client.disconnect(this.guid)());
    const { clock } = this.#around;
    const timer = clock.setTimeout(() => attempt.settle(E.left(abandoned)), farewellTime);
    await attempt.result;
    clock.clearTimeout(timer);
  }

  /** What Windows knows to be in the way of a connection to any network of this SSID. */
  async #impossible(wanted: Ssid): Promise<ConnectFailure | undefined> {
    const available = this.#noted(await this.#around.client.availableNetworks(this.guid)());
    if (E.isLeft(available)) return undefined;
    const known = available.right.filter(({ ssid }) => ssid === wanted);
    const [first] = known;
    return first === undefined || known.some(({ connectable }) => connectable)
      ? undefined
      : connectFailure('WlanGetAvailableNetworkList', first.reason);
  }

  /** Resolves when the link has ended; asks Windows when its end is not reported in time. */
  async #farewell(): Promise<void> {
    if (O.isNone(this.#link) || !this.#present) return;
    const { clock } = this.#around;
    const reported = await new Promise<boolean>((resolve) => {
      const done = (): void => {
        this.#farewells.delete(done);
        clock.clearTimeout(timer);
        resolve(true);
      };
      const timer = clock.setTimeout(() => {
        this.#farewells.delete(done);
        resolve(false);
      }, farewellTime);
      this.#farewells.add(done);
    });
    if (reported) return;
    await this.#inOrder(async () => {
      if (O.isNone(await this.#currentLink())) this.#lose('asked for');
    });
  }

  async #currentLink(): Promise<O.Option<HostLink>> {
    const current = this.#noted(await this.#around.client.currentConnection(this.guid)());
    return E.isLeft(current)
      ? O.none
      : O.map(({ ssid, bssid }: HostLink): HostLink => ({ ssid, bssid }))(current.right);
  }

  async #readNetworks(): Promise<Attributed<void>> {
    const seen = this.#noted(await this.#around.client.bssList(this.guid)());
    if (E.isRight(seen)) this.#networks = updatedNetworks(this.#networks, seen.right);
    return E.map(() => undefined)(seen);
  }

  #noted<T>(result: Attributed<T>): Attributed<T> {
    if (E.isLeft(result)) {
      this.#around.log.warn(
        { interface: this.name, operation: result.left.operation, code: result.left.code },
        result.left.detail,
      );
      this.#around.failed(result.left);
    }
    return result;
  }

  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#order.then(task);
    this.#order = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  #emit(event: StationEvent): void {
    if (this.#present) this.#events.next(event);
  }
}
