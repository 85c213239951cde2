/** The security of networks: what they advertise, what a guest is shown of it, and what a guest offers. */
import * as E from 'fp-ts/lib/Either.js';
import type { Bss } from './bss.js';
import { Capability } from './capabilities.js';
import { AuthType, type ConnectRequest, WpaVersion } from './connect.js';
import { ElementId, parseElements } from './elements.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from './network-elements.js';
import {
  isWpaElement,
  parseRsnElement,
  parseWpaElement,
  type RsnProblem,
  rsnDefaults,
  rsnProblemText,
  type SuiteSelection,
  wpaDefaults,
} from './rsn.js';
import { StatusCode } from './status.js';
import {
  AkmSuite,
  akmSuiteName,
  CipherSuite,
  cipherSuiteName,
  isPskSha384Suite,
  isPskSuite,
} from './suites.js';

/** What a network's capabilities and elements say of its security. */
export type AdvertisedSecurity =
  | { readonly kind: 'open' }
  | { readonly kind: 'wep' }
  | {
      /** `rsn` (WPA2, WPA3, OWE) if there is an RSN element, else `wpa`. */
      readonly kind: 'wpa' | 'rsn';
      readonly akms: readonly AkmSuite[];
      readonly pairwise: readonly CipherSuite[];
      readonly group: CipherSuite;
    }
  /** Malformed elements; `problem` is for people. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** How a guest sees a network's authentication. */
export type GuestAuth = 'open' | 'wpa2-psk';

/** A network's authentication as it is: what a guest is shown may be another one. */
export type NetworkAuth =
  | 'open'
  | 'wep'
  | 'wpa-psk'
  /** PSK-SHA256, FT-PSK and their kin as well. */
  | 'wpa2-psk'
  | 'wpa2/wpa3-transition'
  | 'wpa3-sae'
  /** Enhanced Open: encrypted without a secret. */
  | 'owe'
  | 'wpa-enterprise'
  | 'wpa2-enterprise'
  | 'wpa3-enterprise-192'
  /** Elements that make no sense, or suites that are not known here. */
  | 'unknown';

/** The security that a guest offers in a connect request. */
export type OfferedSecurity =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'wpa2-psk' | 'wpa3-sae';
      /** The first of the guest's pairwise ciphers that such a network can have. */
      readonly pairwise: CipherSuite;
      readonly group: CipherSuite;
    };

const advertised = new WeakMap<Bss, AdvertisedSecurity>();

/** What a network says of its security. The RSN element counts before the WPA element. Cached by the Bss's identity. */
export const advertisedSecurity = (bss: Bss): AdvertisedSecurity => {
  const known = advertised.get(bss);
  if (known !== undefined) return known;
  const security = readSecurity(bss);
  advertised.set(bss, security);
  return security;
};

/** For people: `open`, `WEP`, `RSN PSK SAE CCMP`, `WPA PSK WPA TKIP`, `unknown`. */
export const securityText = (security: AdvertisedSecurity): string => {
  switch (security.kind) {
    case 'open':
    case 'unknown':
      return security.kind;
    case 'wep':
      return 'WEP';
    case 'rsn':
    case 'wpa': {
      const names = [...security.akms.map(akmSuiteName), ...security.pairwise.map(cipherSuiteName)];
      return security.kind === 'rsn' ? `RSN ${names.join(' ')}` : names.join(' ');
    }
  }
};

/** What a guest can do beyond the vendor's driver, by its hello. */
export interface GuestSkills {
  /** It connects by SAE, with the password as the key of its request. */
  readonly sae: boolean;
}

/** A guest with the vendor's driver. */
export const noSkills: GuestSkills = { sae: false };

/**
 * Can a guest connect by itself? Open without encryption, and RSN with the AKM suite PSK alone and no ciphers but
 * CCMP and GCMP: the vendor's driver offloads the handshake of WPA2-PSK only. A guest that can do SAE also where that is offered.
 */
export const usableByGuest = (security: AdvertisedSecurity, { sae } = noSkills): boolean => {
  switch (security.kind) {
    case 'open':
      return true;
    case 'rsn':
      return (
        security.akms.length > 0 &&
        (security.akms.every((akm) => akm === AkmSuite.psk) ||
          (sae && security.akms.includes(AkmSuite.sae))) &&
        security.pairwise.length > 0 &&
        security.pairwise.every(isGuestCipher) &&
        isGuestCipher(security.group)
      );
    default:
      return false;
  }
};

const rewritten = new WeakMap<Bss, Bss>();
const shownSecurity: NetworkSecurity = { kind: 'wpa2-psk', cipher: 'ccmp' };

/**
 * The network as a guest is shown it: the same object if the guest can use it by itself. Otherwise a WPA2-PSK/CCMP network
 * with its SSID, BSSID, frequency, beacon interval and signal, so that the host's connection to it can be mirrored.
 * Cached by the Bss's identity.
 */
export const shownToGuest = (bss: Bss, skills = noSkills): Bss => {
  if (usableByGuest(advertisedSecurity(bss), skills)) return bss;
  const known = rewritten.get(bss);
  if (known !== undefined) return known;
  const shown: Bss = {
    ...bss,
    capabilities: capabilitiesFor(shownSecurity),
    elements: elementsFor(shownSecurity, bss.ssid, bss.frequency),
  };
  rewritten.set(bss, shown);
  return shown;
};

/** A network's authentication as a guest is shown it. */
export const guestAuth = (bss: Bss): GuestAuth =>
  advertisedSecurity(bss).kind === 'open' ? 'open' : 'wpa2-psk';

const saeSuites: readonly AkmSuite[] = [AkmSuite.sae, AkmSuite.ftSae];
const enterpriseSuites: readonly AkmSuite[] = [
  AkmSuite.ieee8021x,
  AkmSuite.ftIeee8021x,
  AkmSuite.ieee8021xSha256,
];

/** A network's authentication as its elements say. */
export const networkAuth = (bss: Bss): NetworkAuth => {
  const security = advertisedSecurity(bss);
  switch (security.kind) {
    case 'open':
    case 'wep':
    case 'unknown':
      return security.kind;
    case 'wpa':
      if (security.akms.includes(AkmSuite.wpaPsk)) return 'wpa-psk';
      return security.akms.includes(AkmSuite.wpaIeee8021x) ? 'wpa-enterprise' : 'unknown';
    case 'rsn':
      return rsnAuth(security.akms);
  }
};

const rsnAuth = (akms: readonly AkmSuite[]): NetworkAuth => {
  const [psk, sae] = [akms.some(isPskSuite), akms.some((akm) => saeSuites.includes(akm))];
  if (psk || sae) return psk && sae ? 'wpa2/wpa3-transition' : psk ? 'wpa2-psk' : 'wpa3-sae';
  if (akms.includes(AkmSuite.owe)) return 'owe';
  if (akms.includes(AkmSuite.suiteB192)) return 'wpa3-enterprise-192';
  return akms.some((akm) => enterpriseSuites.includes(akm)) ? 'wpa2-enterprise' : 'unknown';
};

/**
 * The security that a guest offers. Left: the status code that says what is impossible about it. The size of the key is
 * not looked at: mirrored and made-up networks take any.
 */
export const offeredSecurity = (request: ConnectRequest): E.Either<StatusCode, OfferedSecurity> => {
  const { authType, wpaVersions, akmSuites, groupCipherSuite: group } = request;
  if (!isOpenSystem(request) && authType !== AuthType.sae) return E.left(StatusCode.unsupportedAuthAlgorithm);
  if (akmSuites.length === 0 && wpaVersions === 0) return offeredOpen(request);

  const kind = isOpenSystem(request) && isPskOffer(request) ? 'wpa2-psk' : 'wpa3-sae';
  if (kind === 'wpa3-sae' && !isSaeOffer(request)) return E.left(StatusCode.invalidAkmp);
  const isPossible = kind === 'wpa2-psk' && !isSha384Offer(request) ? isGuestCipher : isStrongCipher;
  if (!isPossible(group)) return E.left(StatusCode.invalidGroupCipher);
  const pairwise = request.pairwiseCipherSuites.find(isPossible);
  return pairwise === undefined
    ? E.left(StatusCode.invalidPairwiseCipher)
    : E.right({ kind, pairwise, group });
};

/** Open without encryption: a cipher without key management would be WEP. */
const offeredOpen = (request: ConnectRequest): E.Either<StatusCode, OfferedSecurity> => {
  if (!isOpenSystem(request)) return E.left(StatusCode.unsupportedAuthAlgorithm);
  if (request.pairwiseCipherSuites.length > 0) return E.left(StatusCode.invalidPairwiseCipher);
  return request.groupCipherSuite === 0 ? E.right({ kind: 'open' }) : E.left(StatusCode.invalidGroupCipher);
};

/** Automatic leaves the choice to the host, which takes open system. */
const isOpenSystem = ({ authType }: ConnectRequest): boolean =>
  authType === AuthType.openSystem || authType === AuthType.automatic;

/** A PMK is all that any of them needs: which one is used on the air, the host and the access point agree on. */
const isPskOffer = ({ akmSuites, wpaVersions }: ConnectRequest): boolean =>
  akmSuites.some(isPskSuite) && (wpaVersions & WpaVersion.wpa2) !== 0;

/** SHA-384 comes with ciphers of 256 bits. */
const isSha384Offer = ({ akmSuites }: ConnectRequest): boolean => akmSuites.some(isPskSha384Suite);

/** wpa_supplicant says WPA2 for SAE, or WPA3 where the driver could do SAE by itself. */
const isSaeOffer = ({ akmSuites, wpaVersions }: ConnectRequest): boolean =>
  akmSuites.includes(AkmSuite.sae) && (wpaVersions & (WpaVersion.wpa2 | WpaVersion.wpa3)) !== 0;

const isGuestCipher = (cipher: CipherSuite): boolean =>
  cipher === CipherSuite.ccmp || cipher === CipherSuite.gcmp;

const isStrongCipher = (cipher: CipherSuite): boolean =>
  isGuestCipher(cipher) || cipher === CipherSuite.gcmp256 || cipher === CipherSuite.ccmp256;

type Selection = Pick<SuiteSelection, 'akms' | 'pairwise' | 'group'>;

const readSecurity = (bss: Bss): AdvertisedSecurity => {
  const elements = parseElements(bss.elements);
  if (E.isLeft(elements))
    return { kind: 'unknown', problem: `an element is cut off at byte ${elements.left.offset}` };
  const rsn = elements.right.find(({ id }) => id === ElementId.rsn);
  if (rsn !== undefined) {
    const parsed = parseRsnElement(rsn);
    return E.isLeft(parsed)
      ? malformed('RSN', parsed.left)
      : { kind: 'rsn', ...selected(rsnDefaults, parsed.right) };
  }
  const wpa = elements.right.find(isWpaElement);
  if (wpa !== undefined) {
    const parsed = parseWpaElement(wpa);
    return E.isLeft(parsed)
      ? malformed('WPA', parsed.left)
      : { kind: 'wpa', ...selected(wpaDefaults, parsed.right) };
  }
  return { kind: (bss.capabilities & Capability.privacy) === 0 ? 'open' : 'wep' };
};

const selected = (
  defaults: Required<Selection>,
  { akms, pairwise, group }: Selection,
): Required<Selection> => ({
  akms: akms ?? defaults.akms,
  pairwise: pairwise ?? defaults.pairwise,
  group: group ?? defaults.group,
});

const malformed = (name: string, problem: RsnProblem): AdvertisedSecurity => ({
  kind: 'unknown',
  problem: `malformed ${name} element: ${rsnProblemText(problem)}`,
});
