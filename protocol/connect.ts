/** Connect: the request with its key, and the response with the session. */
import type { Option } from 'fp-ts/lib/Option.js';
import type { Bssid } from './bssid.js';
import type { KeyMaterial } from './key-material.js';
import type { Ssid } from './ssid.js';
import type { StatusCode } from './status.js';
import type { AkmSuite, CipherSuite } from './suites.js';

/** Guest → host: connect to this network. */
export interface ConnectRequest {
  readonly operation: 'connect';
  readonly ssid: Ssid;
  /** `none`: any access point of the network. */
  readonly bssid: Option<Bssid>;
  /** `AuthType`, 8 bits. */
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

/** Values of `ConnectRequest.authType`, as nl80211 numbers them. */
export const AuthType = {
  openSystem: 0,
  sharedKey: 1,
  ft: 2,
  networkEap: 3,
  sae: 4,
  filsSk: 5,
  filsSkPfs: 6,
  filsPk: 7,
} as const;

/** Bits of `ConnectRequest.wpaVersions`, as nl80211 numbers them. */
export const WpaVersion = { wpa: 1, wpa2: 2, wpa3: 4 } as const;
