/** Guests in the same machine as the host. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { firstValueFrom, ReplaySubject, Subject, type Subscription } from 'rxjs';
import { filter } from 'rxjs/operators';
import { parseEndpoint } from '../../../index.js';
import {
  createGuest,
  derivePmk,
  type Guest,
  type GuestFailure,
  guestFailureText,
} from '../../../native/guest/index.js';
import type { Bss } from '../../../protocol/bss.js';
import { AuthType, WpaVersion } from '../../../protocol/connect.js';
import { decodeHostMessage, encodeRequest } from '../../../protocol/frame.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import type { HostMessage } from '../../../protocol/messages.js';
import type { Ssid } from '../../../protocol/ssid.js';
import { StatusCode } from '../../../protocol/status.js';
import { AkmSuite, CipherSuite } from '../../../protocol/suites.js';
import { passphrase } from './access-points.js';
import { until } from './programs.js';

/** Runs a guest's task that must succeed. */
export const must = async <A>(task: TaskEither<GuestFailure, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(guestFailureText(result.left));
  return result.right;
};

/** A WPA2 network as a guest that knows this passphrase asks for it. */
export const secured = (ssid: Ssid, secret = passphrase) => {
  const key = derivePmk(secret, ssid);
  if (E.isLeft(key)) throw new Error(key.left.reason);
  return { ssid, security: 'wpa2-psk', key: key.right } as const;
};

/** Connects to a WPA3 network as a guest does whose driver hands the password on; the session id. */
export const connectBySae = async (guest: Guest, ssid: Ssid): Promise<number> => {
  const frame = encodeRequest({
    operation: 'connect',
    ssid,
    bssid: O.none,
    authType: AuthType.sae,
    wpaVersions: WpaVersion.wpa3,
    akmSuites: [AkmSuite.sae],
    pairwiseCipherSuites: [CipherSuite.ccmp],
    groupCipherSuite: CipherSuite.ccmp,
    key: new KeyMaterial(new TextEncoder().encode(passphrase)),
  });
  const answer = decodeHostMessage(await must(guest.exchange(frame)));
  if (E.isLeft(answer) || answer.right.operation !== 'connect.response')
    throw new Error('no answer to a connect');
  if (answer.right.status !== StatusCode.success)
    throw new Error(`refused with status ${answer.right.status}`);
  return answer.right.sessionId;
};

/** A guest that hears its notifications. */
export class Listener {
  readonly guest: Guest;
  readonly #messages = new Subject<HostMessage>();
  readonly #subscription: Subscription;
  readonly listening: Promise<void>;
  readonly heard: HostMessage[] = [];

  constructor(url: string) {
    const endpoint = parseEndpoint(url);
    if (E.isLeft(endpoint)) throw new Error(url);
    this.guest = createGuest({ endpoint: endpoint.right, hello: false });
    const ready = new ReplaySubject<void>(1);
    this.listening = firstValueFrom(ready);
    this.#subscription = this.guest.notifications.subscribe((event) => {
      if (event.type === 'listening') ready.next();
      else if (event.type === 'message') {
        this.heard.push(event.message);
        this.#messages.next(event.message);
      } else if (event.type === 'failure')
        console.log(
          `        a notification failed, the host tries again: ${guestFailureText(event.failure)}`,
        );
    });
  }

  /** The next notification of this kind from now on. */
  hears<K extends HostMessage['operation']>(operation: K): Promise<Extract<HostMessage, { operation: K }>> {
    return firstValueFrom(
      this.#messages.pipe(
        filter(
          (message): message is Extract<HostMessage, { operation: K }> => message.operation === operation,
        ),
      ),
    );
  }

  /** Scans as the driver does: an incomplete answer is followed by a notification. */
  async scan(ssid?: Ssid): Promise<readonly Bss[]> {
    const later = this.hears('scan.response');
    const answer = await must(this.guest.scan(ssid));
    return answer.complete ? answer.networks : (await later).networks;
  }

  /** Scans until this network is seen, at this access point if one is given: a single scan may miss a beacon. */
  async sees(ssid: Ssid, bssid?: string): Promise<void> {
    const isIt = (bss: Bss): boolean => bss.ssid === ssid && (bssid === undefined || bss.bssid === bssid);
    await until(async () => (await this.scan()).some(isIt), 500);
  }

  close(): void {
    this.#subscription.unsubscribe();
    this.guest.close();
  }
}
