/** How far a connect request has come: a plain value that stands in snapshots, and how it changes. */
import type { InterfaceId } from '../../native/radio.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { GuestAuth, NetworkAuth } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { ConnectionType } from '../application/facts.js';
import type { NetworkMatch } from '../host/network-match.js';

export interface Attempt {
  readonly type: ConnectionType;
  readonly ssid: Ssid;
  readonly auth: GuestAuth;
  /** As the network is; null where no scan has shown it. */
  readonly networkAuth: NetworkAuth | null;
  /** Interfaces that may still serve it; the first one is being tried. */
  readonly candidates: readonly InterfaceId[];
  /** What the guest will be told if nothing better comes. */
  readonly status: StatusCode;
  /** Where it is connected. */
  readonly interfaceId: InterfaceId | null;
  readonly bssid: Bssid | null;
  /** The table and the interface disagreed about the link, and it has been looked at again. */
  readonly rematched: boolean;
}

const status = StatusCode.unspecifiedFailure;

/** The attempt that follows from what was found. `earlier`: the one before, whose interface had changed its network meanwhile. */
export const attemptOf = (ssid: Ssid, match: NetworkMatch, earlier: Attempt | null): Attempt => {
  const begun = {
    ssid,
    auth: match.auth,
    networkAuth: match.networkAuth,
    interfaceId: null,
    bssid: match.type === 'mirror' ? match.bssid : null,
    rematched: earlier !== null,
  };
  switch (match.type) {
    case 'mirror':
      return { type: 'hostMirroring', candidates: [match.interfaceId], status, ...begun };
    case 'direct':
      return { type: 'guestDirected', candidates: match.candidates, status, ...begun };
    case 'impossible':
      return { type: 'guestDirected', candidates: [], status: match.status, ...begun };
  }
};

/** The interface that is being tried. */
export const currentTry = (attempt: Attempt | null): InterfaceId | undefined => attempt?.candidates[0];

/** The interface that was tried, or all of it, came to nothing. */
export const failed = (attempt: Attempt, why: StatusCode): Attempt => ({
  ...attempt,
  status: why,
  candidates: attempt.candidates.slice(1),
});

/** The interface that is being tried is connected. `networkAuth`: of that access point, if it has been seen. */
export const succeeded = (
  attempt: Attempt,
  bssid: Bssid | null,
  networkAuth: NetworkAuth | null = null,
): Attempt => ({
  ...attempt,
  status: StatusCode.success,
  bssid: bssid ?? attempt.bssid,
  networkAuth: networkAuth ?? attempt.networkAuth,
  interfaceId: currentTry(attempt) ?? null,
});

/** Where it was connected the network is lost again, before the guest has heard of it. */
export const lost = (attempt: Attempt): Attempt => ({ ...attempt, status, interfaceId: null });
