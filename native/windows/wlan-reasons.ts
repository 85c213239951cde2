/**
 * Why Windows did not connect, and what the guest is told of it. Codes are the `WLAN_REASON_CODE_…` of `wlanapi.h`
 * (bases in `l2cmn.h`), statuses those of IEEE 802.11-2020, table 9-50.
 *
 * Windows keeps the access point's own status code to itself, so each code gets the status that an access point
 * would have given in its place: 15 where the peer failed to prove that it has the key, 16 where frames did not come
 * in time, 10 and 43 where the two have no security or rates in common, 1 where no access point was there to
 * give any.
 */
import { StatusCode } from '../../protocol/status.js';
import type { ConnectFailure } from '../radio.js';

type Reason = ConnectFailure['reason'];

/** Bases of the groups (`l2cmn.h`): a group is 0x10000 codes, its second half is about attempts to connect. */
const base = {
  autoConfig: 0x20000,
  autoConfigConnect: 0x28000,
  msm: 0x30000,
  msmConnect: 0x38000,
  security: 0x40000,
  securityConnect: 0x48000,
  profile: 0x80000,
} as const;

/** A reason code: its name in `wlanapi.h` without `WLAN_REASON_CODE_`, and what it comes to. */
export interface WlanReason {
  readonly code: number;
  readonly name: string;
  readonly reason: Reason;
  readonly status: StatusCode;
}

const entry = (code: number, name: string, reason: Reason, status: StatusCode): WlanReason => ({
  code,
  name,
  reason,
  status,
});

/** Every code that is told apart; any other is `failed` with status 1. */
export const wlanReasons: readonly WlanReason[] = [
  // The networks that there are do not fit.
  entry(base.autoConfig + 1, 'NETWORK_NOT_COMPATIBLE', 'unsupported', StatusCode.capabilitiesMismatch),
  entry(base.autoConfig + 2, 'PROFILE_NOT_COMPATIBLE', 'unsupported', StatusCode.capabilitiesMismatch),
  entry(base.msm + 1, 'UNSUPPORTED_SECURITY_SET_BY_OS', 'unsupported', StatusCode.invalidAkmp),
  entry(base.msm + 2, 'UNSUPPORTED_SECURITY_SET', 'unsupported', StatusCode.invalidAkmp),
  entry(base.msm + 3, 'BSS_TYPE_UNMATCH', 'unsupported', StatusCode.capabilitiesMismatch),
  entry(base.msm + 4, 'PHY_TYPE_UNMATCH', 'unsupported', StatusCode.capabilitiesMismatch),
  entry(base.msm + 5, 'DATARATE_UNMATCH', 'unsupported', StatusCode.capabilitiesMismatch),
  entry(base.securityConnect + 9, 'MSMSEC_PR_IE_MATCHING', 'rejected', StatusCode.invalidElement),
  entry(base.securityConnect + 10, 'MSMSEC_SEC_IE_MATCHING', 'rejected', StatusCode.invalidElement),
  entry(
    base.securityConnect + 14,
    'MSMSEC_PEER_INDICATED_INSECURE',
    'rejected',
    StatusCode.capabilitiesMismatch,
  ),
  entry(base.securityConnect + 15, 'MSMSEC_NO_AUTHENTICATOR', 'rejected', StatusCode.invalidAkmp),
  entry(
    base.securityConnect + 19,
    'MSMSEC_DOWNGRADE_DETECTED',
    'rejected',
    StatusCode.cipherRejectedByPolicy,
  ),
  // No access point is there.
  entry(base.autoConfigConnect + 2, 'NOT_VISIBLE', 'network not found', StatusCode.unspecifiedFailure),
  entry(
    base.autoConfigConnect + 11,
    'NETWORK_NOT_AVAILABLE',
    'network not found',
    StatusCode.unspecifiedFailure,
  ),
  entry(base.msmConnect + 20, 'NO_VISIBLE_AP', 'network not found', StatusCode.unspecifiedFailure),
  // The key is wrong: nothing else makes the handshake of an access point that answers fail at this place.
  entry(base.autoConfigConnect + 13, 'KEY_MISMATCH', 'wrong key', StatusCode.challengeFailure),
  entry(base.securityConnect + 18, 'MSMSEC_KEY_FORMAT', 'wrong key', StatusCode.challengeFailure),
  entry(base.securityConnect + 20, 'MSMSEC_PSK_MISMATCH_SUSPECTED', 'wrong key', StatusCode.challengeFailure),
  // Frames that did not come.
  entry(base.msmConnect + 3, 'ASSOCIATION_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  entry(base.msmConnect + 7, 'SECURITY_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  entry(base.msmConnect + 17, 'UI_REQUEST_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  entry(base.securityConnect + 2, 'MSMSEC_AUTH_START_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  entry(base.securityConnect + 3, 'MSMSEC_AUTH_SUCCESS_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  entry(base.securityConnect + 4, 'MSMSEC_KEY_START_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  entry(base.securityConnect + 5, 'MSMSEC_KEY_SUCCESS_TIMEOUT', 'timed out', StatusCode.sequenceTimeout),
  // The access point, the driver or the user said no.
  entry(base.msmConnect + 2, 'ASSOCIATION_FAILURE', 'rejected', StatusCode.deniedOtherReason),
  entry(base.msmConnect + 4, 'PRE_SECURITY_FAILURE', 'rejected', StatusCode.deniedOtherReason),
  entry(base.msmConnect + 5, 'START_SECURITY_FAILURE', 'rejected', StatusCode.deniedOtherReason),
  entry(base.msmConnect + 6, 'SECURITY_FAILURE', 'rejected', StatusCode.deniedOtherReason),
  entry(base.msmConnect + 11, 'DRIVER_DISCONNECTED', 'rejected', StatusCode.deniedOtherReason),
  entry(base.msmConnect + 18, 'TOO_MANY_SECURITY_ATTEMPTS', 'rejected', StatusCode.refusedTemporarily),
  entry(base.autoConfigConnect + 3, 'GP_DENIED', 'rejected', StatusCode.requestDeclined),
  entry(base.autoConfigConnect + 4, 'USER_DENIED', 'rejected', StatusCode.requestDeclined),
  entry(base.autoConfigConnect + 7, 'IN_BLOCKED_LIST', 'rejected', StatusCode.requestDeclined),
  entry(base.msmConnect + 1, 'USER_CANCELLED', 'abandoned', StatusCode.unspecifiedFailure),
  entry(base.securityConnect + 17, 'MSMSEC_CANCELLED', 'abandoned', StatusCode.unspecifiedFailure),
  // Nothing that the guest could do anything about.
  entry(base.autoConfigConnect + 9, 'CONNECT_CALL_FAIL', 'failed', StatusCode.unspecifiedFailure),
  entry(base.msmConnect + 12, 'DRIVER_OPERATION_FAILURE', 'failed', StatusCode.unspecifiedFailure),
  entry(base.msmConnect + 15, 'DISCONNECT_TIMEOUT', 'failed', StatusCode.unspecifiedFailure),
  entry(base.msmConnect + 16, 'INTERNAL_FAILURE', 'failed', StatusCode.unspecifiedFailure),
  entry(base.securityConnect + 16, 'MSMSEC_NIC_FAILURE', 'failed', StatusCode.unspecifiedFailure),
  entry(base.profile + 1, 'INVALID_PROFILE_SCHEMA', 'failed', StatusCode.unspecifiedFailure),
];

const byCode: ReadonlyMap<number, WlanReason> = new Map(wlanReasons.map((reason) => [reason.code, reason]));

/** `WLAN_REASON_CODE_NOT_VISIBLE`, or the code in hex. */
export const wlanReasonName = (code: number): string => {
  if (code === 0) return 'WLAN_REASON_CODE_SUCCESS';
  const known = byCode.get(code);
  return known === undefined ? `WLAN_REASON_CODE 0x${code.toString(16)}` : `WLAN_REASON_CODE_${known.name}`;
};

/** What a connection that ended with this reason failed of. */
export const connectFailure = (operation: string, code: number): ConnectFailure => {
  const { reason, status } = byCode.get(code) ?? { reason: 'failed', status: StatusCode.unspecifiedFailure };
  return { reason, status, detail: `${operation}: ${wlanReasonName(code)}` };
};
