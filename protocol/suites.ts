/**
 * AKM and cipher suites (IEEE 802.11-2020, tables 9-149 and 9-151): `OUI << 8 | type`, 32 bits. Suites of the RSN
 * element have the OUI 00-0F-AC, those of the older WPA element have Microsoft's 00-50-F2.
 */
import { hexOfByte } from './hex.js';

/** An authentication and key management suite: one of the named constants, or any other 32-bit selector. */
export type AkmSuite = number;

/** The AKM suites with a name here. */
export const AkmSuite = {
  ieee8021x: 0x000fac01,
  psk: 0x000fac02,
  ftIeee8021x: 0x000fac03,
  ftPsk: 0x000fac04,
  ieee8021xSha256: 0x000fac05,
  pskSha256: 0x000fac06,
  sae: 0x000fac08,
  ftSae: 0x000fac09,
  suiteB192: 0x000fac0c,
  owe: 0x000fac12,
  ftPskSha384: 0x000fac13,
  pskSha384: 0x000fac14,
  /** 802.1X in a WPA element. */
  wpaIeee8021x: 0x0050f201,
  /** PSK in a WPA element. */
  wpaPsk: 0x0050f202,
} as const;

const pskSha384: readonly AkmSuite[] = [AkmSuite.pskSha384, AkmSuite.ftPskSha384];
const psk: readonly AkmSuite[] = [AkmSuite.psk, AkmSuite.pskSha256, AkmSuite.ftPsk, ...pskSha384];

/** Does this suite prove a PMK that both sides know, and nothing else? */
export const isPskSuite = (suite: AkmSuite): boolean => psk.includes(suite);

/** Is it one of those that derive keys by SHA-384? */
export const isPskSha384Suite = (suite: AkmSuite): boolean => pskSha384.includes(suite);

/** A cipher suite: one of the named constants, or any other 32-bit selector. */
export type CipherSuite = number;

/** The cipher suites with a name here. */
export const CipherSuite = {
  /** As the pairwise cipher: the group cipher is used for everything. */
  useGroup: 0x000fac00,
  wep40: 0x000fac01,
  tkip: 0x000fac02,
  ccmp: 0x000fac04,
  wep104: 0x000fac05,
  bipCmac: 0x000fac06,
  gcmp: 0x000fac08,
  gcmp256: 0x000fac09,
  ccmp256: 0x000fac0a,
  bipGmac: 0x000fac0b,
  bipGmac256: 0x000fac0c,
  bipCmac256: 0x000fac0d,
  /** WEP-40 in a WPA element. */
  wpaWep40: 0x0050f201,
  /** TKIP in a WPA element. */
  wpaTkip: 0x0050f202,
  /** CCMP in a WPA element. */
  wpaCcmp: 0x0050f204,
  /** WEP-104 in a WPA element. */
  wpaWep104: 0x0050f205,
} as const;

const akmNames: ReadonlyMap<AkmSuite, string> = new Map([
  [AkmSuite.ieee8021x, '802.1X'],
  [AkmSuite.psk, 'PSK'],
  [AkmSuite.ftIeee8021x, 'FT-802.1X'],
  [AkmSuite.ftPsk, 'FT-PSK'],
  [AkmSuite.ieee8021xSha256, '802.1X-SHA256'],
  [AkmSuite.pskSha256, 'PSK-SHA256'],
  [AkmSuite.sae, 'SAE'],
  [AkmSuite.ftSae, 'FT-SAE'],
  [AkmSuite.suiteB192, 'Suite B 192'],
  [AkmSuite.owe, 'OWE'],
  [AkmSuite.ftPskSha384, 'FT-PSK-SHA384'],
  [AkmSuite.pskSha384, 'PSK-SHA384'],
  [AkmSuite.wpaIeee8021x, 'WPA 802.1X'],
  [AkmSuite.wpaPsk, 'WPA PSK'],
]);

const cipherNames: ReadonlyMap<CipherSuite, string> = new Map([
  [CipherSuite.useGroup, 'use group cipher'],
  [CipherSuite.wep40, 'WEP-40'],
  [CipherSuite.tkip, 'TKIP'],
  [CipherSuite.ccmp, 'CCMP'],
  [CipherSuite.wep104, 'WEP-104'],
  [CipherSuite.bipCmac, 'BIP-CMAC'],
  [CipherSuite.gcmp, 'GCMP'],
  [CipherSuite.gcmp256, 'GCMP-256'],
  [CipherSuite.ccmp256, 'CCMP-256'],
  [CipherSuite.bipGmac, 'BIP-GMAC'],
  [CipherSuite.bipGmac256, 'BIP-GMAC-256'],
  [CipherSuite.bipCmac256, 'BIP-CMAC-256'],
  [CipherSuite.wpaWep40, 'WPA WEP-40'],
  [CipherSuite.wpaTkip, 'WPA TKIP'],
  [CipherSuite.wpaCcmp, 'WPA CCMP'],
  [CipherSuite.wpaWep104, 'WPA WEP-104'],
]);

/** A suite as people write selectors: `00-0F-AC:2`. */
const selector = (suite: number): string =>
  `${[24, 16, 8].map((shift) => hexOfByte(suite >>> shift).toUpperCase()).join('-')}:${suite & 0xff}`;

/** The name of an AKM suite (`PSK`), or its selector (`00-0F-AC:99`). */
export const akmSuiteName = (suite: AkmSuite): string => akmNames.get(suite) ?? selector(suite);

/** The name of a cipher suite (`CCMP`), or its selector. */
export const cipherSuiteName = (suite: CipherSuite): string => cipherNames.get(suite) ?? selector(suite);
