/** One attempt of Windows to connect, from the request to what it reports of its end. */
import * as E from 'fp-ts/lib/Either.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { ConnectFailure, HostLink } from '../radio.js';

export class ConnectAttempt {
  readonly ssid: Ssid;
  /** The end of it. */
  readonly result: Promise<E.Either<ConnectFailure, HostLink>>;
  readonly #resolve: (result: E.Either<ConnectFailure, HostLink>) => void;
  #abandoned: ConnectFailure | undefined;
  #settled = false;

  constructor(ssid: Ssid) {
    this.ssid = ssid;
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

  /** From now on it fails with this, once it ends. True the first time, unless it has ended already. */
  abandon(failure: ConnectFailure): boolean {
    if (this.#abandoned !== undefined || this.#settled) return false;
    this.#abandoned = failure;
    return true;
  }
}
