/** Requests and sessions as unit tests of a guest's decisions need them. */
import * as O from 'fp-ts/lib/Option.js';
import type { GuestRequest } from '../../../actors/guest/guest-request.js';
import type { GuestSession } from '../../../actors/guest/session.js';
import { interfaceId } from '../../../native/radio.js';
import { AuthType, WpaVersion } from '../../../protocol/connect.js';
import type { ConnectRequest, Request, ScanRequest } from '../../../protocol/messages.js';
import { AkmSuite, CipherSuite } from '../../../protocol/suites.js';
import { anyKey, ssid } from '../../stage/networks.js';

/** What was answered to a request, outcome by outcome. */
export interface Asked<Body extends Request = Request> extends GuestRequest<Body> {
  readonly replies: readonly (readonly [Uint8Array, string])[];
}

/** A request that keeps what it is answered. */
export const asked = <Body extends Request>(body: Body, exchange = 1): Asked<Body> => {
  const replies: (readonly [Uint8Array, string])[] = [];
  return {
    exchange,
    body,
    receivedAt: 0,
    reply: (frame, outcome) => {
      replies.push([frame, outcome]);
    },
    replies,
  };
};

/** A request to connect by WPA2-PSK. */
export const connectTo = (name: string): ConnectRequest => ({
  operation: 'connect',
  ssid: ssid(name),
  bssid: O.none,
  authType: AuthType.openSystem,
  wpaVersions: WpaVersion.wpa2,
  akmSuites: [AkmSuite.psk],
  pairwiseCipherSuites: [CipherSuite.ccmp],
  groupCipherSuite: CipherSuite.ccmp,
  key: anyKey,
});

export const scanFor = (name?: string): ScanRequest => ({
  operation: 'scan',
  ssid: name === undefined ? O.none : O.some(ssid(name)),
});

/** A session with Cafe on wlan0. */
export const sessionWith = (parts: Partial<GuestSession> = {}): GuestSession => ({
  id: 3,
  type: 'guestDirected',
  interfaceId: interfaceId('wlan0'),
  ssid: ssid('Cafe'),
  exchange: 9,
  ...parts,
});
