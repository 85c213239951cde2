/** Whether an access point lets a guest in: a pure judgement, with the 802.11 status code that it would give. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { advertisedSecurity, type OfferedSecurity } from '../../protocol/security.js';
import { StatusCode, statusName } from '../../protocol/status.js';
import { AkmSuite } from '../../protocol/suites.js';
import type { ConnectFailure, ConnectOrder } from '../radio.js';
import type { OnAir } from './air.js';
import type { Fault } from './scenario.js';
import { opens } from './secret.js';

/**
 * The status code for each reason, where the access point does not give a more fitting one (IEEE 802.11-2020, table 9-50).
 * A wrong key is 15: the standard gives it where a peer fails to prove that it has the key (12.4.7.6 for SAE). The
 * 4-way handshake has no status code of its own, as it comes after association and ends in a reason code.
 */
const statusFor: Readonly<Record<ConnectFailure['reason'], StatusCode>> = {
  'wrong key': StatusCode.challengeFailure,
  'network not found': StatusCode.unspecifiedFailure,
  rejected: StatusCode.noMoreStations,
  'timed out': StatusCode.sequenceTimeout,
  unsupported: StatusCode.invalidAkmp,
  abandoned: StatusCode.unspecifiedFailure,
  failed: StatusCode.unspecifiedFailure,
};

/** A failure with the status that fits its reason, or the one given. */
export const failure = (
  reason: ConnectFailure['reason'],
  detail: string,
  status: StatusCode = statusFor[reason],
): ConnectFailure => ({ reason, status, detail: `simulated radio: ${detail}` });

/** The failure that a scenario asks for. */
export const failureOf = (fault: Extract<Fault, { readonly kind: 'connect.fails' }>): ConnectFailure =>
  failure(
    fault.reason,
    `the scenario lets this connect fail: ${fault.reason}`,
    O.getOrElse(() => statusFor[fault.reason])(fault.status),
  );

/** Of those that are `heard`, the strongest access point that fits the order and lets the guest in. */
export const associate = (
  heard: readonly OnAir[],
  { ssid, bssid, security, key }: ConnectOrder,
): E.Either<ConnectFailure, OnAir> => {
  const asked = heard
    .filter(({ bss }) => bss.ssid === ssid && (O.isNone(bssid) || bss.bssid === bssid.value))
    .sort((a, b) => b.bss.rssi - a.bss.rssi);
  const fitting = asked.find((onAir) => refusal(onAir, security) === StatusCode.success) ?? asked[0];
  if (fitting === undefined) {
    const which = O.isSome(bssid) ? `no access point ${bssid.value} of "${ssid}"` : `no network "${ssid}"`;
    return E.left(failure('network not found', `${which} is heard`));
  }
  const status = refusal(fitting, security);
  if (status !== StatusCode.success) {
    const detail = `${fitting.bss.bssid} refuses ${security.kind}: ${statusName(status)}`;
    return E.left(failure('rejected', detail, status));
  }
  return opens(fitting.network, security.kind, key)
    ? E.right(fitting)
    : E.left(failure('wrong key', `the key is not that of "${ssid}"`));
};

/** The strongest access point of a network, for a user of the host, who knows every secret. */
export const strongest = (
  heard: readonly OnAir[],
  { ssid, bssid }: Pick<ConnectOrder, 'ssid' | 'bssid'>,
): O.Option<OnAir> => {
  let found: OnAir | undefined;
  for (const onAir of heard) {
    if (onAir.bss.ssid !== ssid || (O.isSome(bssid) && onAir.bss.bssid !== bssid.value)) continue;
    if (found === undefined || onAir.bss.rssi > found.bss.rssi) found = onAir;
  }
  return O.fromNullable(found);
};

/** How an access point answers an association with this security, the key aside: `success` or why not. */
const refusal = ({ bss }: OnAir, offered: OfferedSecurity): StatusCode => {
  const advertised = advertisedSecurity(bss);
  if (advertised.kind === 'open')
    return offered.kind === 'open' ? StatusCode.success : StatusCode.capabilitiesMismatch;
  if (advertised.kind === 'wep') return StatusCode.capabilitiesMismatch;
  // An open association, or one with an RSN element where the WPA element is asked for, lacks the element.
  if (advertised.kind !== 'rsn' || offered.kind === 'open') return StatusCode.invalidElement;
  if (advertised.group !== offered.group) return StatusCode.invalidGroupCipher;
  if (!advertised.pairwise.includes(offered.pairwise)) return StatusCode.invalidPairwiseCipher;
  const akm = offered.kind === 'wpa2-psk' ? AkmSuite.psk : AkmSuite.sae;
  return advertised.akms.includes(akm) ? StatusCode.success : StatusCode.invalidAkmp;
};
