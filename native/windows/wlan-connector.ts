/**
 * What a guest wants of an interface's connection: made with a temporary profile, ended, and what the host had before
 * given back. Windows drops the connection that there is as soon as it is asked for another one.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Clock } from '../../streams/clock.js';
import type { ConnectFailure, ConnectOrder, HostLink, LeftLink, RadioFailure } from '../radio.js';
import { ConnectAttempt, isOfOrder, type Reported } from './connect-attempt.js';
import { constants } from './layouts.js';
import { abandoned, failed, gone } from './station-failures.js';
import type { WlanFailure } from './wlan-failure.js';
import { wlanProfile } from './wlan-profile.js';
import { connectFailure } from './wlan-reasons.js';
import type { WlanClient } from './wlanapi.js';

/** How long the end of an attempt or link may take to be reported after Windows was asked for it, in milliseconds. */
export const farewellTime = 3_000;

/** What the connector sees of its station, and does through it. */
export interface ConnectorView {
  readonly guid: string;
  readonly client: WlanClient;
  readonly clock: Clock;
  /** After `disconnect`, and after a guest's link was lost, connect the host to what it had before. */
  readonly restore: boolean;
  readonly isPresent: () => boolean;
  /** What the interface is connected to, as far as Windows has told. */
  readonly connection: () => Reported | undefined;
  /** Does any network that the interface has seen show this SSID? */
  readonly isSeen: (ssid: Ssid) => boolean;
  /** Logs a failure, and passes the result on. */
  readonly noted: <T>(result: E.Either<WlanFailure, T>) => E.Either<WlanFailure, T>;
  /** Resolves when the link has ended, which Windows was asked for. */
  readonly farewell: () => Promise<void>;
}

/** The connection of ours that the interface has. */
interface Ours {
  readonly ssid: Ssid;
  /** Undefined for a connection of an earlier run: its key is not known any more. */
  readonly order: ConnectOrder | undefined;
  /** The saved profile that the host was connected with before the first of ours. */
  readonly before: string | undefined;
}

/** The saved profile of a connection, whoever has made it; Windows' own choice among them included. */
const savedProfile = (connection: Reported | undefined): string | undefined =>
  connection !== undefined &&
  (connection.mode === constants.wlan_connection_mode_profile ||
    connection.mode === constants.wlan_connection_mode_auto) &&
  connection.profile !== ''
    ? connection.profile
    : undefined;

export class WlanConnector {
  readonly #view: ConnectorView;
  #attempt: ConnectAttempt | undefined;
  #ours: Ours | undefined;
  #disconnecting = false;

  constructor(view: ConnectorView) {
    this.#view = view;
  }

  /** The attempt that a report is about. */
  attemptFor(reported: Reported): ConnectAttempt | undefined {
    const attempt = this.#attempt;
    return attempt !== undefined && isOfOrder(reported, attempt.order) ? attempt : undefined;
  }

  /** True while Windows is asked for another connection, or for an end: what is lost meanwhile is lost because of it. */
  get isAsking(): boolean {
    return this.#attempt !== undefined || this.#disconnecting;
  }

  /** A connection has come about. One that is nobody's attempt is its user's: then there is nothing to give back. */
  connected(reported: Reported): void {
    if (this.attemptFor(reported) !== undefined) return;
    if (this.#ours !== undefined && !isOfOrder(reported, this.#ours)) this.#ours = undefined;
    this.#attempt?.settle(E.left(failed('the user of the host connected elsewhere')));
  }

  /** The link is lost. `onPurpose`: somebody on this host wanted it so, and does not want another one now. */
  lost(onPurpose: boolean): void {
    if (this.isAsking) return;
    const ours = this.#ours;
    this.#ours = undefined;
    if (ours !== undefined && this.#view.restore && !onPurpose) void this.#connectSaved(ours.before);
  }

  /** Nobody watches any more. */
  leave(why: string): void {
    this.#attempt?.settle(E.left(failed(why)));
    this.#attempt = undefined;
    this.#ours = undefined;
  }

  /** The saved profile that the host gets back, if a connection of ours is there. */
  get former(): string | null {
    return this.#ours?.before ?? null;
  }

  /** Takes over what an earlier run has left, or gives back what there was before it. */
  async recover({ ssid, former, isNeeded }: LeftLink): Promise<void> {
    const connection = this.#view.connection();
    // What the user has chosen since is his.
    if (connection === undefined || !isOfOrder(connection, { ssid })) return;
    this.#ours = { ssid, order: undefined, before: former ?? undefined };
    if (isNeeded) return;
    await this.disconnect();
    if (!this.#view.restore) await this.#connectSaved(former ?? undefined);
  }

  async connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    const { isPresent, isSeen } = this.#view;
    if (!isPresent()) return E.left(failed(gone('connect').detail));
    if (abort.aborted) return E.left(abandoned);
    const profile = wlanProfile(order, !isSeen(order.ssid));
    if (E.isLeft(profile)) return profile;
    const impossible = await this.#impossible(order.ssid);
    if (impossible !== undefined) return E.left(impossible);
    if (abort.aborted) return E.left(abandoned);
    if (!isPresent()) return E.left(failed(gone('connect').detail));
    this.#attempt?.settle(E.left({ ...abandoned, detail: 'another connect took its place' }));
    const had = this.#view.connection();
    const earlier = this.#ours;
    const attempt = new ConnectAttempt(order);
    this.#attempt = attempt;
    const result = await this.#try(attempt, profile.right, abort);
    // Another one has taken its place, which will see to what there was.
    if (this.#attempt !== attempt) return result;
    if (attempt.isTakenBack && this.#isOf(order)) await this.#view.farewell();
    this.#attempt = undefined;
    if (E.isRight(result))
      this.#ours = { ssid: order.ssid, order, before: earlier?.before ?? savedProfile(had) };
    else if (had !== undefined && this.#view.connection() === undefined) await this.#giveBack(had, earlier);
    return result;
  }

  async disconnect(): Promise<E.Either<RadioFailure, void>> {
    const { client, guid, isPresent, noted, farewell, restore } = this.#view;
    if (!isPresent()) return E.left(gone('disconnect'));
    this.#disconnecting = true;
    const asked = noted(await client.disconnect(guid)());
    // Not connected in the first place.
    const ended = E.isRight(asked) || asked.left.error === constants.ERROR_INVALID_STATE;
    if (ended) await farewell();
    this.#disconnecting = false;
    if (!ended) return asked;
    const ours = this.#ours;
    this.#ours = undefined;
    if (ours !== undefined && restore) await this.#connectSaved(ours.before);
    return E.right(undefined);
  }

  #isOf(order: ConnectOrder): boolean {
    const connection = this.#view.connection();
    return connection !== undefined && isOfOrder(connection, order);
  }

  /** From the request to its end, which may be reported before the call has returned. */
  async #try(
    attempt: ConnectAttempt,
    profile: string,
    abort: AbortSignal,
  ): Promise<E.Either<ConnectFailure, HostLink>> {
    const { client, guid, noted } = this.#view;
    const asked = noted(await client.connect(guid, profile, attempt.order.bssid)());
    const abandon = (): void => void this.#abandon(attempt);
    if (E.isLeft(asked)) attempt.settle(E.left(failed(asked.left.detail)));
    else if (abort.aborted) abandon();
    else abort.addEventListener('abort', abandon, { once: true });
    const result = await attempt.result;
    abort.removeEventListener('abort', abandon);
    return result;
  }

  /**
   * Takes back what Windows was asked for, and waits until it says that it has: the end of an abandoned attempt must
   * not be taken for that of the next one.
   */
  async #abandon(attempt: ConnectAttempt): Promise<void> {
    if (!attempt.abandon(abandoned)) return;
    const { client, clock, guid, noted } = this.#view;
    noted(await client.disconnect(guid)());
    const timer = clock.setTimeout(() => attempt.settle(E.left(abandoned)), farewellTime);
    await attempt.result;
    clock.clearTimeout(timer);
  }

  /** A failed try costs the host no connection, be it the user's or a guest's. */
  async #giveBack(had: Reported, earlier: Ours | undefined): Promise<void> {
    const { client, guid, isPresent, isSeen, noted } = this.#view;
    if (!isPresent()) return;
    if (earlier?.order === undefined || !isOfOrder(had, earlier)) {
      await this.#connectSaved(savedProfile(had) ?? earlier?.before);
      return;
    }
    const { order } = earlier;
    const profile = wlanProfile(order, !isSeen(order.ssid));
    if (E.isRight(profile)) noted(await client.connect(guid, profile.right, order.bssid)());
  }

  /** Asks, and does not wait: how it ends is reported like any connection of the user's. */
  async #connectSaved(profile: string | undefined): Promise<void> {
    const { client, guid, isPresent, noted } = this.#view;
    if (profile !== undefined && isPresent()) noted(await client.connectSaved(guid, profile)());
  }

  /** What Windows knows to be in the way of a connection to any network of this SSID. */
  async #impossible(wanted: Ssid): Promise<ConnectFailure | undefined> {
    const { client, guid, noted } = this.#view;
    const available = noted(await client.availableNetworks(guid)());
    if (E.isLeft(available)) return undefined;
    const known = available.right.filter(({ ssid }) => ssid === wanted);
    const [first] = known;
    return first === undefined || known.some(({ connectable }) => connectable)
      ? undefined
      : connectFailure('WlanGetAvailableNetworkList', first.reason);
  }
}
