/** Guests in the same machine as the host. */
import * as E from 'fp-ts/lib/Either.js';
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
import type { HostMessage } from '../../../protocol/messages.js';
import type { Ssid } from '../../../protocol/ssid.js';
import { passphrase } from './access-points.js';

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

  close(): void {
    this.#subscription.unsubscribe();
    this.guest.close();
  }
}
