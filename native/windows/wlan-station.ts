/** One station interface of a Windows host. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import { Subject } from 'rxjs';
import type { Bss } from '../../protocol/bss.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { OfferedSecurity } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import { CipherSuite } from '../../protocol/suites.js';
import type { Clock } from '../../streams/clock.js';
import { SerialQueue } from '../../streams/serial-queue.js';
import type { Log } from '../log.js';
import {
  type ConnectFailure,
  type ConnectOrder,
  type HostLink,
  type InterfaceId,
  interfaceId,
  type LeftLink,
  type RadioFailure,
  type StationEvent,
  type StationInterface,
} from '../radio.js';
import type { ConnectAttempt, Reported } from './connect-attempt.js';
import { updatedNetworks } from './known-networks.js';
import { failed, gone, unsupported } from './station-failures.js';
import { farewellTime, WlanConnector } from './wlan-connector.js';
import type { CurrentConnection, WlanInterface } from './wlan-decoding.js';
import { isDenied, locationConsent, type WlanFailure } from './wlan-failure.js';
import type { WlanNotification } from './wlan-notifications.js';
import { connectFailure, wlanReasonName } from './wlan-reasons.js';
import type { WlanClient } from './wlanapi.js';

/** What a station needs of its radio. */
export interface StationSurroundings {
  readonly client: WlanClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Connect the host again to what it had before a guest, once the guest's connection has ended. */
  readonly restore: boolean;
  /** Told of every failure: the radio knows which ones mean that the service is gone. */
  readonly failed: (failure: WlanFailure) => void;
}

type Attributed<T> = E.Either<WlanFailure, T>;

/** A connection as Windows tells it, and the link behind it where this user may know the access point. */
interface Known extends Reported {
  readonly link: O.Option<HostLink>;
}

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
  #connection: Known | undefined;
  /** The last association that was reported: with which access point a connection is, where asking for it is denied. */
  #associated: (Reported & { readonly bssid: Bssid }) | undefined;
  #rssi: number | undefined;
  #networks: readonly Bss[] = [];
  #scanning = false;
  readonly #connector: WlanConnector;
  /** Calls that have been denied: each is logged once. */
  readonly #denied = new Set<string>();
  /** Who waits for the link to end. */
  readonly #farewells = new Set<() => void>();
  readonly #jobs = new SerialQueue();

  constructor({ guid, description }: WlanInterface, around: StationSurroundings) {
    this.guid = guid;
    this.id = interfaceId(guid);
    this.name = description === '' ? guid : description;
    this.#around = around;
    const { client, clock, restore } = around;
    this.#connector = new WlanConnector({
      guid,
      client,
      clock,
      restore,
      isPresent: () => this.#present,
      connection: () => this.#connection,
      isSeen: (wanted) => this.#networks.some(({ ssid }) => ssid === wanted),
      noted: (result) => this.#noted(result),
      farewell: () => this.#farewell(),
    });
  }

  /** Reads what the interface is connected to and what it has seen. `left`: by an earlier run. Resolves when it can be shown to others. */
  readonly start = async (left?: LeftLink): Promise<void> => {
    await this.#read();
    // What Windows reports of it is handled in between.
    if (left !== undefined) await this.#connector.recover(left);
  };

  #read(): Promise<void> {
    return this.#jobs.add(async () => {
      const current = await this.#ask();
      if (E.isRight(current)) this.#connection = O.toUndefined(current.right);
      await this.#readNetworks();
    });
  }

  readonly link = (): O.Option<HostLink> => (this.#present ? this.#link : O.none);

  get #link(): O.Option<HostLink> {
    return this.#connection?.link ?? O.none;
  }

  readonly networks = (): readonly Bss[] => this.#networks;

  /** A profile's "AES" is CCMP: Windows has no way to ask for GCMP with a pre-shared key. */
  readonly supports = (security: OfferedSecurity): boolean =>
    security.kind === 'open' || security.pairwise === CipherSuite.ccmp;

  readonly scan = (ssid: O.Option<Ssid>): Promise<E.Either<RadioFailure, 'running'>> =>
    this.#jobs.add(async (): Promise<E.Either<RadioFailure, 'running'>> => {
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
    async () =>
      this.supports(order.security) ? this.#connector.connect(order, abort) : E.left(unsupported);

  readonly former = (): string | null => this.#connector.former;

  readonly disconnect = (): TE.TaskEither<RadioFailure, void> => () => this.#connector.disconnect();

  /** Takes what the service reports about this interface. */
  heard(notification: WlanNotification): void {
    void this.#jobs.add(() => this.#handle(notification));
  }

  /** The interface is unplugged, or nobody watches any more: what is under way fails, events complete. */
  leave(why: string): void {
    if (!this.#present) return;
    this.#present = false;
    this.#connector.leave(`${this.name}: ${why}`);
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
          : this.#connector
              .attemptFor(notification)
              ?.settle(E.left(connectFailure('WlanConnect', notification.reason)));
      case 'disconnected':
        if (this.#connection?.ssid !== notification.ssid) return;
        this.#lose(wlanReasonName(notification.reason));
        return this.#connector.lost(notification.reason === 0);
      case 'associated':
        this.#associated = notification;
        return this.#roamed();
      case 'roaming end':
        return this.#roamed();
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

  async #connected(reported: Reported): Promise<void> {
    const attempt = this.#connector.attemptFor(reported);
    const current = await this.#ask();
    if (!this.#present) return;
    if (E.isRight(current) && O.isNone(current.right)) {
      attempt?.settle(E.left(failed('the connection was lost at once')));
      return;
    }
    const now: Known =
      E.isRight(current) && O.isSome(current.right)
        ? current.right.value
        : { ...reported, link: this.#linkFrom(reported, attempt) };
    this.#take(now, attempt !== undefined);
    this.#connector.connected(reported);
    if (attempt === undefined) return;
    if (O.isSome(now.link)) attempt.settle(E.right(now.link.value));
    else
      await this.#undo(
        attempt,
        `connected, but not allowed to know to which access point. ${locationConsent}`,
      );
  }

  /** Windows has connected, and nobody can be told to what: it is taken back. */
  async #undo(attempt: ConnectAttempt, detail: string): Promise<void> {
    attempt.takeBack();
    this.#noted(await this.#around.client.disconnect(this.guid)());
    attempt.settle(E.left(failed(detail)));
  }

  /** The link as it was reported: the access point is known from its association, from the order, or as the only one. */
  #linkFrom(reported: Reported, attempt: ConnectAttempt | undefined): O.Option<HostLink> {
    const { ssid, profile } = reported;
    if (this.#associated?.ssid === ssid && this.#associated.profile === profile)
      return O.some({ ssid, bssid: this.#associated.bssid });
    if (attempt !== undefined && O.isSome(attempt.order.bssid))
      return O.some({ ssid, bssid: attempt.order.bssid.value });
    const [only, ...others] = this.#networks.filter((bss) => bss.ssid === ssid);
    return only === undefined || others.length > 0 ? O.none : O.some({ ssid, bssid: only.bssid });
  }

  /** Notes what the interface is connected to, and tells what has become of the link. `asked`: by a guest. */
  #take(now: Known, asked: boolean): void {
    const before = O.toUndefined(this.#link);
    const link = O.toUndefined(now.link);
    const isRoaming = before?.ssid === link?.ssid && !asked;
    const isSame = isRoaming && before?.bssid === link?.bssid;
    if (before !== undefined && !isSame && !isRoaming) this.#lose('another connection took its place');
    this.#connection = now;
    if (link === undefined || isSame) return;
    this.#rssi = undefined;
    this.#emit({ type: 'connected', link });
  }

  /** The access point may be another one of the same network: the link goes on. */
  async #roamed(): Promise<void> {
    const linked = this.#connection;
    if (linked === undefined || O.isNone(linked.link) || this.#connector.isAsking) return;
    const current = await this.#ask();
    if (!this.#present || this.#connection !== linked) return;
    if (E.isRight(current)) {
      if (O.isSome(current.right) && current.right.value.ssid === linked.ssid)
        this.#take(current.right.value, false);
    } else {
      const link = this.#linkFrom(linked, undefined);
      if (O.isSome(link)) this.#take({ ...linked, link }, false);
    }
  }

  #lose(reason: string): void {
    const link = O.toUndefined(this.#link);
    this.#connection = undefined;
    this.#associated = undefined;
    if (link !== undefined) this.#emit({ type: 'disconnected', ssid: link.ssid, reason });
    for (const done of [...this.#farewells]) done();
  }

  /** Windows' quality: 0 is −100 dBm or less, 100 is −50 dBm or more, linear between (`WLAN_ASSOCIATION_ATTRIBUTES`). */
  #signal(quality: number): void {
    const rssi = -100 + Math.round(Math.min(quality, 100) / 2);
    if (O.isNone(this.#link) || rssi === this.#rssi) return;
    this.#rssi = rssi;
    this.#emit({ type: 'signal', rssi });
  }

  /** Resolves when the link has ended; asks Windows when its end is not reported in time. */
  async #farewell(): Promise<void> {
    if (this.#connection === undefined || !this.#present) return;
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
    await this.#jobs.add(async () => {
      const current = await this.#ask();
      // Windows has taken the request; where it does not say what has become of it, the link has ended.
      if (E.isLeft(current) || O.isNone(current.right)) this.#lose('asked for');
    });
  }

  /** What Windows says that the interface is connected to; a failure where it is not allowed to be known. */
  async #ask(): Promise<Attributed<O.Option<Known>>> {
    const current = this.#noted(await this.#around.client.currentConnection(this.guid)());
    return E.map(
      O.map(
        ({ mode, profile, ssid, bssid }: CurrentConnection): Known => ({
          mode,
          profile,
          ssid,
          link: O.some({ ssid, bssid }),
        }),
      ),
    )(current);
  }

  async #readNetworks(): Promise<Attributed<void>> {
    const seen = this.#noted(await this.#around.client.bssList(this.guid)());
    if (E.isRight(seen)) this.#networks = updatedNetworks(this.#networks, seen.right);
    return E.map(() => undefined)(seen);
  }

  #noted<T>(result: Attributed<T>): Attributed<T> {
    if (E.isLeft(result)) {
      if (isDenied(result.left)) {
        if (this.#denied.has(result.left.operation)) return result;
        this.#denied.add(result.left.operation);
      }
      this.#around.log.warn(
        { interface: this.name, operation: result.left.operation, code: result.left.code },
        result.left.detail,
      );
      this.#around.failed(result.left);
    }
    return result;
  }

  #emit(event: StationEvent): void {
    if (this.#present) this.#events.next(event);
  }
}
