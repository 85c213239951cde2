/** Connect: the request with its key, and the response with the session. */
import type { Option } from 'fp-ts/lib/Option.js';
import type { Bssid } from './bssid.js';
import {
  bssidField,
  integer,
  keyField,
  optionalBssidField,
  ssidField,
  suitesField,
  valuesOfBits,
} from './fields.js';
import type { KeyMaterial } from './key-material.js';
import { layout } from './layout.js';
import { type Body, operationOf } from './operation.js';
import { sessionIdField } from './session-id.js';
import type { Ssid } from './ssid.js';
import { StatusCode, statusName } from './status.js';
import { AkmSuite, akmSuiteName, CipherSuite, cipherSuiteName } from './suites.js';

/** Guest → host: connect to this network. */
export interface ConnectRequest {
  readonly operation: 'connect';
  readonly ssid: Ssid;
  /** `none`: any access point of the network. */
  readonly bssid: Option<Bssid>;
  /** One of `AuthType`, 8 bits. */
  readonly authType: number;
  /** Bit mask of `WpaVersion`, 8 bits; 0 for an open network. */
  readonly wpaVersions: number;
  /** Up to 2. */
  readonly akmSuites: readonly AkmSuite[];
  /** Up to 5. */
  readonly pairwiseCipherSuites: readonly CipherSuite[];
  /** 0 for an open network. */
  readonly groupCipherSuite: CipherSuite;
  /** Up to 255 bytes; for WPA2-PSK the driver sends the 32-byte PMK, not the passphrase. */
  readonly key: KeyMaterial;
}

/** Host → guest: how it went, and the session's id. */
export interface ConnectResponse {
  readonly operation: 'connect.response';
  /** 0: connected. */
  readonly status: StatusCode;
  /** The access point, as it was shown in a scan: the driver looks it up by this. */
  readonly bssid: Bssid;
  /** 0 to 2^53−1: 64 bits on the wire, of which larger ones read as 2^53−1. */
  readonly sessionId: number;
}

/** Values of `ConnectRequest.authType`, as nl80211 numbers them (`enum nl80211_auth_type`). */
export const AuthType = {
  openSystem: 0,
  sharedKey: 1,
  ft: 2,
  networkEap: 3,
  sae: 4,
  filsSk: 5,
  filsSkPfs: 6,
  filsPk: 7,
  /** Whatever fits, which is open system; `iw dev wlan0 connect` sends it. */
  automatic: 8,
} as const;

/** Bits of `ConnectRequest.wpaVersions`, as nl80211 numbers them (`enum nl80211_wpa_versions`). */
export const WpaVersion = { wpa: 1, wpa2: 2, wpa3: 4 } as const;

const authTypeNames = [
  'open system',
  'shared key',
  'FT',
  'network EAP',
  'SAE',
  'FILS SK',
  'FILS SK PFS',
  'FILS PK',
  'automatic',
];

const wpaVersionNames = (versions: number): string =>
  [
    ...(versions & WpaVersion.wpa ? ['WPA'] : []),
    ...(versions & WpaVersion.wpa2 ? ['WPA2'] : []),
    ...(versions & WpaVersion.wpa3 ? ['WPA3'] : []),
    ...(versions & ~7 ? [`unknown bits ${versions & ~7}`] : []),
  ].join(', ') || 'none';

export const connectRequest = operationOf<ConnectRequest>(
  { code: 3, name: 'connect request', from: 'guest', sentAs: 'request', doc: 'Connect to this network.' },
  'connect',
  layout<Body<ConnectRequest>>({
    ssid: ssidField('the network'),
    bssid: optionalBssidField('bssid', 'the access point; all zero: any'),
    authType: integer(
      'u8',
      'auth_type',
      '0 open system, 1 shared key, 2 FT, 3 network EAP, 4 SAE, 5–7 FILS, 8 automatic: taken as open system',
      {
        nameOf: (type) => authTypeNames[type] ?? `authentication type ${type}`,
        named: Object.values(AuthType),
      },
    ),
    wpaVersions: integer('u8', 'wpa_versions', 'bit mask: 0 none, 1 WPA, 2 WPA2, 4 WPA3', {
      nameOf: wpaVersionNames,
      named: valuesOfBits(3),
    }),
    akmSuites: suitesField({
      countName: 'num_akm_suites',
      name: 'akm_suites',
      doc: 'authentication and key management, see AKM suites',
      limit: 2,
      reason: 'too many AKM suites',
      nameOf: akmSuiteName,
      named: Object.values(AkmSuite),
    }),
    pairwiseCipherSuites: suitesField({
      countName: 'num_pairwise_cipher_suites',
      name: 'pairwise_cipher_suites',
      doc: 'ciphers for frames to one station, see cipher suites',
      limit: 5,
      reason: 'too many pairwise cipher suites',
      nameOf: cipherSuiteName,
      named: Object.values(CipherSuite),
    }),
    groupCipherSuite: integer('u32', 'group_cipher_suite', 'cipher for frames to all stations; 0: none', {
      nameOf: (suite) => (suite === 0 ? 'none' : cipherSuiteName(suite)),
      named: [0, ...Object.values(CipherSuite)],
    }),
    key: keyField('for WPA2-PSK the 32-byte PMK, not the passphrase'),
  }),
);

export const connectResponse = operationOf<ConnectResponse>(
  {
    code: 4,
    name: 'connect response',
    from: 'host',
    sentAs: 'answer',
    doc: 'How the attempt to connect went.',
  },
  'connect.response',
  layout<Body<ConnectResponse>>({
    status: integer('u16', 'result_code', '802.11 status code: 0 success, see status codes', {
      nameOf: statusName,
      named: Object.values(StatusCode),
    }),
    bssid: bssidField('bssid', 'the access point, as it was shown in a scan'),
    sessionId: sessionIdField('the id of this attempt; after success, the id of the session'),
  }),
);
