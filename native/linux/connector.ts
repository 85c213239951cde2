/** Who makes the connections of an interface: wpa_supplicant itself, or NetworkManager where it manages the interface. */
import * as E from 'fp-ts/lib/Either.js';
import type { Observable, Subscription } from 'rxjs';
import type { Bss } from '../../protocol/bss.js';
import { StatusCode } from '../../protocol/status.js';
import { SerialQueue } from '../../streams/serial-queue.js';
import type { ConnectFailure, ConnectOrder, HostLink, RadioFailure } from '../radio.js';
import type { Whereabouts } from './search-parts.js';
import { type AttemptFact, isDecided, judge, newAttempt, type Verdict } from './wpa-attempt.js';

/** The link of a station and the wpa_supplicant network (path) behind it. */
export interface NetworkLink {
  readonly link: HostLink;
  readonly network: string;
}

/** A link that ended without this service having asked for it. */
export interface LostLink {
  /** The wpa_supplicant network (path) behind it. */
  readonly network: string;
  /** By somebody on this host who wanted it so, not by the access point or for want of one. */
  readonly onPurpose: boolean;
}

/** What a connector needs to know of the station that it connects. */
export interface StationView {
  /** Hot: what is reported of the interface, as it comes. Completes when the interface leaves. */
  readonly facts: Observable<AttemptFact>;
  /** Hot: links that are lost, also to the next try. Completes when the interface leaves. */
  readonly losses: Observable<LostLink>;
  /** Hot: networks (paths) that somebody has added to wpa_supplicant. Completes when the interface leaves. */
  readonly added: Observable<string>;
  /**
   * Where the network of an order is: looked for unless it has been seen. A scan of the host that is under way is given up, and
   * has ended when this resolves.
   */
  readonly find: (order: ConnectOrder, abort: AbortSignal) => Promise<Whereabouts>;
  /** What the station has seen last. */
  readonly seen: () => readonly Bss[];
  /** The link as wpa_supplicant has it now; the station has taken note of it by then. */
  readonly settledLink: () => Promise<NetworkLink | undefined>;
}

/** Keeps what this service asks of an interface apart from what follows when a link of it is lost. */
export class Turns {
  readonly #jobs = new SerialQueue();
  #asked = 0;

  /** Whether something is asked of the interface: links that end meanwhile end because of it. */
  get asking(): boolean {
    return this.#asked > 0;
  }

  /** Asks once everything is done that was asked before, and has followed from what was lost. */
  async ask<T>(job: () => Promise<T>): Promise<T> {
    this.#asked++;
    try {
      return await this.#jobs.add(job);
    } finally {
      this.#asked--;
    }
  }

  /** Does what follows from a loss. */
  follow(job: () => Promise<void>): void {
    void this.#jobs.add(job);
  }
}

/** Whether a guest still needs the connection that an earlier run of the service has left on an interface. */
export type Resumes = (link: HostLink) => boolean;

/** Makes and ends connections on one interface, one at a time. */
export interface Connector {
  /** An aborted try leaves nothing of its own behind and fails with `abandoned`. */
  readonly connect: (order: ConnectOrder, abort: AbortSignal) => Promise<E.Either<ConnectFailure, HostLink>>;
  readonly disconnect: () => Promise<E.Either<RadioFailure, void>>;
  /**
   * Called once, before anything else: takes over what an earlier run of the service has left on the interface, or gives
   * the user back what there was before.
   */
  readonly recover: (resumes: Resumes) => Promise<void>;
  /** The service ends: a connection of ours stays, but nothing of the user's stays disabled. */
  readonly leave: () => Promise<void>;
}

/** The failure of a try that was given up. */
export const abandoned: ConnectFailure = {
  reason: 'abandoned',
  status: StatusCode.unspecifiedFailure,
  detail: 'the try was given up',
};

/** The failure of a try for a network that is nowhere on the host's channels. */
export const absent: ConnectFailure = {
  reason: 'network not found',
  status: StatusCode.unspecifiedFailure,
  detail: 'no access point of this network within reach',
};

/** The failure of a try during which the interface left, or the service ended. */
export const interfaceLeft: ConnectFailure = {
  reason: 'failed',
  status: StatusCode.unspecifiedFailure,
  detail: 'the interface left during the try',
};

/** The failure of a try for which a call on the bus failed. */
export const failed = ({ operation, code, detail }: RadioFailure): ConnectFailure => ({
  reason: 'failed',
  status: StatusCode.unspecifiedFailure,
  detail: `${operation}: ${code}: ${detail}`,
});

/** What a guest has given to prove itself, in the form in which the host's services take it. Secret. */
export type GuestKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'pmk'; readonly bytes: Uint8Array }
  | { readonly kind: 'password'; readonly text: string };

/** Bytes in a pairwise master key (IEEE 802.11-2020, 12.7.1.3). */
const pmkSize = 32;

const textIn = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text === '' || text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
};

const unsupported = (detail: string): E.Either<ConnectFailure, never> =>
  E.left({ reason: 'unsupported', status: StatusCode.invalidAkmp, detail });

/** The key of an order: a PMK for WPA2-PSK, a password for SAE. */
export const keyOf = ({ security, key }: ConnectOrder): E.Either<ConnectFailure, GuestKey> => {
  switch (security.kind) {
    case 'open':
      return E.right({ kind: 'none' });
    case 'wpa2-psk':
      return key.length === pmkSize
        ? E.right({ kind: 'pmk', bytes: key.reveal() })
        : unsupported(`a WPA2 key has ${pmkSize} bytes, the guest sent ${key.length}`);
    case 'wpa3-sae': {
      const text = textIn(key.reveal());
      return text === undefined
        ? unsupported('what the guest sent for WPA3 is not a password')
        : E.right({ kind: 'password', text });
    }
  }
};

/**
 * Waits until the facts decide a try. `accepts` has the last word on a success: undefined when the link is another one
 * than that of the try.
 */
export const follow = (
  view: StationView,
  sae: boolean,
  abort: AbortSignal,
  accepts: () => Promise<HostLink | undefined>,
): Promise<E.Either<ConnectFailure, HostLink>> =>
  new Promise((resolve) => {
    let verdict: Verdict = newAttempt(sae);
    let subscription: Subscription | undefined;
    const settle = (result: E.Either<ConnectFailure, HostLink>): void => {
      subscription?.unsubscribe();
      abort.removeEventListener('abort', giveUp);
      resolve(result);
    };
    const giveUp = (): void => settle(E.left(abandoned));
    const leave = (): void => settle(E.left(interfaceLeft));
    const connected = async (): Promise<void> => {
      const link = await accepts();
      if (link === undefined) verdict = newAttempt(sae);
      else settle(E.right(link));
    };
    const heard = (fact: AttemptFact): void => {
      if (isDecided(verdict)) return;
      verdict = judge(verdict, fact);
      if (verdict === 'connected') void connected();
      else if (isDecided(verdict)) settle(E.left(verdict));
    };
    subscription = view.facts.subscribe({ next: heard, complete: leave });
    abort.addEventListener('abort', giveUp, { once: true });
    if (abort.aborted) giveUp();
  });
