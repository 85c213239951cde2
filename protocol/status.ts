/** Status codes of a connection attempt and reason codes of its end (IEEE 802.11-2020, tables 9-50 and 9-49). */

/** The result of an attempt to connect: one of the named constants, or any other 16-bit code that an access point gave. */
export type StatusCode = number;

/** The status codes with a name here (IEEE 802.11-2020, table 9-50). */
export const StatusCode = {
  success: 0,
  unspecifiedFailure: 1,
  capabilitiesMismatch: 10,
  deniedOtherReason: 12,
  unsupportedAuthAlgorithm: 13,
  transactionSequenceError: 14,
  challengeFailure: 15,
  sequenceTimeout: 16,
  noMoreStations: 17,
  refusedTemporarily: 30,
  poorChannelConditions: 34,
  requestDeclined: 37,
  invalidParameters: 38,
  invalidElement: 40,
  invalidGroupCipher: 41,
  invalidPairwiseCipher: 42,
  invalidAkmp: 43,
  unsupportedRsnVersion: 44,
  invalidRsnCapabilities: 45,
  cipherRejectedByPolicy: 46,
  invalidPmkid: 53,
} as const;

const statusNames: ReadonlyMap<StatusCode, string> = new Map([
  [StatusCode.success, 'success'],
  [StatusCode.unspecifiedFailure, 'unspecified failure'],
  [StatusCode.capabilitiesMismatch, 'capabilities mismatch'],
  [StatusCode.deniedOtherReason, 'denied for another reason'],
  [StatusCode.unsupportedAuthAlgorithm, 'unsupported authentication algorithm'],
  [StatusCode.transactionSequenceError, 'authentication out of sequence'],
  [StatusCode.challengeFailure, 'challenge failure'],
  [StatusCode.sequenceTimeout, 'authentication timed out'],
  [StatusCode.noMoreStations, 'too many stations'],
  [StatusCode.refusedTemporarily, 'refused temporarily'],
  [StatusCode.poorChannelConditions, 'poor channel conditions'],
  [StatusCode.requestDeclined, 'request declined'],
  [StatusCode.invalidParameters, 'invalid parameters'],
  [StatusCode.invalidElement, 'invalid information element'],
  [StatusCode.invalidGroupCipher, 'invalid group cipher'],
  [StatusCode.invalidPairwiseCipher, 'invalid pairwise cipher'],
  [StatusCode.invalidAkmp, 'invalid AKM suite'],
  [StatusCode.unsupportedRsnVersion, 'unsupported RSN version'],
  [StatusCode.invalidRsnCapabilities, 'invalid RSN capabilities'],
  [StatusCode.cipherRejectedByPolicy, 'cipher rejected by policy'],
  [StatusCode.invalidPmkid, 'invalid PMKID'],
]);

/** The name of a status code: `success`, `invalid pairwise cipher`, `status 99`. */
export const statusName = (status: StatusCode): string => statusNames.get(status) ?? `status ${status}`;

const reasonTexts: ReadonlyMap<number, string> = new Map([
  [1, 'unspecified reason'],
  [2, 'authentication no longer valid'],
  [3, 'the access point or station leaves'],
  [4, 'inactivity'],
  [5, 'the access point has too many stations'],
  [6, 'frame from a station that is not authenticated'],
  [7, 'frame from a station that is not associated'],
  [8, 'the station leaves the network'],
  [9, 'association without authentication'],
  [13, 'invalid information element'],
  [14, 'message integrity check failed'],
  [15, '4-way handshake timed out: the key is probably wrong'],
  [16, 'group key handshake timed out'],
  [17, 'the 4-way handshake differs from the association or beacon'],
  [18, 'invalid group cipher'],
  [19, 'invalid pairwise cipher'],
  [20, 'invalid AKM suite'],
  [21, 'unsupported RSN version'],
  [22, 'invalid RSN capabilities'],
  [23, '802.1X authentication failed'],
  [24, 'cipher rejected by policy'],
  [34, 'poor channel conditions'],
  [36, 'the station leaves'],
  [39, 'timeout'],
]);

/** Why a link ended, from the reason code of a deauthentication or disassociation (IEEE 802.11-2020, table 9-49). */
export const reasonText = (reason: number): string => reasonTexts.get(reason) ?? `reason ${reason}`;
