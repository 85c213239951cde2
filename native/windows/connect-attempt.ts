/** One attempt of Windows to connect, from the request to what it reports of its end. */
import * as E from 'fp-ts/lib/Either.js';
import type { ConnectFailure, ConnectOrder, HostLink } from '../radio.js';
import { constants } from './layouts.js';
import type { ConnectionNotification } from './wlan-decoding.js';
import { profileName } from './wlan-profile.js';

/** What identifies a connection in what Windows reports of it. */
export type Reported = Pick<ConnectionNotification, 'mode' | 'profile' | 'ssid'>;

/** Is this a connection that was made with the temporary profile of that order? */
export const isOfOrder = ({ mode, profile, ssid }: Reported, order: Pick<ConnectOrder, 'ssid'>): boolean =>
  mode === constants.wlan_connection_mode_temporary_profile &&
  profile === profileName(order.ssid) &&
  ssid === order.ssid;

export class ConnectAttempt {
  readonly order: ConnectOrder;
  /** The end of it. */
  readonly result: Promise<E.Either<ConnectFailure, HostLink>>;
  readonly #resolve: (result: E.Either<ConnectFailure, HostLink>) => void;
  #abandoned: ConnectFailure | undefined;
  #settled = false;
  #takenBack = false;

  constructor(order: ConnectOrder) {
    this.order = order;
    let settle: (result: E.Either<ConnectFailure, HostLink>) => void = () => undefined;
    this.result = new Promise((resolve) => {
      settle = resolve;
    });
    this.#resolve = settle;
  }

  /** Ends it; only the first end counts. One that is being abandoned has failed, however it ended. */
  settle(result: E.Either<ConnectFailure, HostLink>): void {
    this.#settled = true;
    this.#resolve(this.#abandoned === undefined ? result : E.left(this.#abandoned));
  }

  /** Windows is asked to end it: a connection that it has made all the same ends soon. */
  takeBack(): void {
    this.#takenBack = true;
  }

  get isTakenBack(): boolean {
    return this.#takenBack;
  }

  /** From now on it fails with this, once it ends. True the first time, unless it has ended already. */
  abandon(failure: ConnectFailure): boolean {
    if (this.#abandoned !== undefined || this.#settled) return false;
    this.#abandoned = failure;
    this.takeBack();
    return true;
  }
}
