/** The security of networks: what they advertise, what a guest is shown of it, and what a guest offers. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Bss } from './bss.js';
import type { ConnectRequest } from './connect.js';
import type { StatusCode } from './status.js';
import type { AkmSuite, CipherSuite } from './suites.js';

/** What a network's capabilities and elements say of its security. */
export type AdvertisedSecurity =
  | { readonly kind: 'open' }
  | { readonly kind: 'wep' }
  | {
      /** RSN (WPA2, WPA3, OWE) if there is an RSN element, else WPA. */
      readonly kind: 'wpa' | 'rsn';
      readonly akms: readonly AkmSuite[];
      readonly pairwise: readonly CipherSuite[];
      readonly group: CipherSuite;
    }
  /** Malformed elements; `problem` is for people. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** How a guest sees a network's authentication. */
export type GuestAuth = 'open' | 'wpa2-psk';

/** The security that a guest offers in a connect request. */
export type OfferedSecurity =
  | { readonly kind: 'open' }
  | { readonly kind: 'wpa2-psk' | 'wpa3-sae'; readonly pairwise: CipherSuite; readonly group: CipherSuite };

export declare const advertisedSecurity: (bss: Bss) => AdvertisedSecurity;
export declare const usableByGuest: (security: AdvertisedSecurity) => boolean;
export declare const shownToGuest: (bss: Bss) => Bss;
export declare const guestAuth: (bss: Bss) => GuestAuth;
/** Left: the fitting status code. */
export declare const offeredSecurity: (request: ConnectRequest) => Either<StatusCode, OfferedSecurity>;
