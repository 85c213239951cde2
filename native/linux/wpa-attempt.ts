/**
 * The course of one try to connect, as wpa_supplicant tells it: which of its states and codes end the try, and as
 * what. Pure.
 */
import { reasonText, StatusCode, statusName } from '../../protocol/status.js';
import type { ConnectFailure } from '../radio.js';
import type { Properties } from './dbus.js';

/** One thing that wpa_supplicant reports. */
export type AttemptFact =
  /** Property `State`: `scanning`, `authenticating`, `associating`, `4way_handshake`, `completed` … */
  | { readonly type: 'state'; readonly state: string }
  /** Property `DisconnectReason`: an 802.11 reason code, negative if this host ended the link itself. */
  | { readonly type: 'disconnect reason'; readonly reason: number }
  /** Properties `AuthStatusCode` and `AssocStatusCode`: 802.11 status codes of the access point's answers. */
  | { readonly type: 'refused'; readonly status: StatusCode }
  /** Signal `PskMismatch`. */
  | { readonly type: 'key mismatch' }
  /** Property `Scanning`: a scan has begun. */
  | { readonly type: 'search began' }
  /** A scan has ended, and what wpa_supplicant makes of it has been reported before. */
  | { readonly type: 'searched' }
  /** Somebody else than wpa_supplicant knows that the try has failed. */
  | { readonly type: 'failed'; readonly failure: ConnectFailure };

/** How far a try has come. */
export interface Attempt {
  readonly phase: 'searching' | 'authenticating' | 'handshake';
  /** Whether a scan has begun since: one that was under way before may not have looked for this network. */
  readonly searching: boolean;
  /** Tries that fell back without a word from the access point. */
  readonly silences: number;
  readonly sae: boolean;
}

/** The start of a try. `sae`: the password is proved during authentication, not in the 4-way handshake. */
export const newAttempt = (sae: boolean): Attempt => ({
  phase: 'searching',
  searching: false,
  silences: 0,
  sae,
});

/** A try that goes on, has succeeded, or has failed. */
export type Verdict = Attempt | 'connected' | ConnectFailure;

/** It tries again at once when the access point did not answer. */
const silencesAllowed = 2;

const failure = (reason: ConnectFailure['reason'], status: StatusCode, detail: string): ConnectFailure => ({
  reason,
  status,
  detail,
});

/** Statuses with which an access point answers a wrong SAE password (IEEE 802.11-2020, 12.4.7.6 gives 15). */
const saeRefusals: readonly StatusCode[] = [StatusCode.unspecifiedFailure, StatusCode.challengeFailure];

/**
 * Statuses with which SAE goes on (IEEE 802.11-2020, table 9-50): 76 asks for a token first, 77 for another group, 126 and
 * 127 say that the password is proved by hash-to-element or by SAE-PK.
 */
const saeGoesOn: readonly StatusCode[] = [76, 77, 126, 127];

const wrongKey = (): ConnectFailure =>
  failure(
    'wrong key',
    StatusCode.challengeFailure,
    'wpa_supplicant: the access point does not accept the key',
  );

const fellBack = (attempt: Attempt): Verdict => {
  if (attempt.phase === 'searching') return attempt;
  if (attempt.phase === 'handshake') return wrongKey();
  const silences = attempt.silences + 1;
  return silences >= silencesAllowed
    ? failure('timed out', StatusCode.sequenceTimeout, 'wpa_supplicant: the access point does not answer')
    : { ...attempt, phase: 'searching', silences };
};

const stateChanged = (attempt: Attempt, state: string): Verdict => {
  switch (state) {
    case 'authenticating':
    case 'associating':
    case 'associated':
      return attempt.phase === 'handshake' ? attempt : { ...attempt, phase: 'authenticating' };
    case '4way_handshake':
      return { ...attempt, phase: 'handshake' };
    case 'disconnected':
    case 'scanning':
      return fellBack(attempt);
    case 'completed':
      return 'connected';
    case 'interface_disabled':
      return failure('failed', StatusCode.unspecifiedFailure, 'wpa_supplicant: the interface was disabled');
    default:
      return attempt;
  }
};

/** What a fact makes of a try. */
export const judge = (attempt: Attempt, fact: AttemptFact): Verdict => {
  switch (fact.type) {
    case 'state':
      return stateChanged(attempt, fact.state);
    case 'failed':
      return fact.failure;
    case 'key mismatch':
      return wrongKey();
    case 'refused':
      if (fact.status === StatusCode.success || attempt.phase === 'searching') return attempt;
      if (attempt.sae && saeGoesOn.includes(fact.status)) return attempt;
      return attempt.sae && saeRefusals.includes(fact.status)
        ? wrongKey()
        : failure(
            'rejected',
            fact.status,
            `wpa_supplicant: the access point refused: ${statusName(fact.status)}`,
          );
    case 'disconnect reason':
      // The link that the try replaces ends with a reason too, before the try gets anywhere.
      return attempt.phase === 'handshake' && fact.reason !== 0 ? wrongKey() : attempt;
    case 'search began':
      return { ...attempt, searching: true };
    case 'searched':
      return attempt.phase !== 'searching' || !attempt.searching
        ? attempt
        : failure(
            'network not found',
            StatusCode.unspecifiedFailure,
            'wpa_supplicant: no suitable access point found',
          );
  }
};

/** Whether a verdict is the last one. */
export const isDecided = (verdict: Verdict): verdict is 'connected' | ConnectFailure =>
  verdict === 'connected' || 'reason' in verdict;

/** The facts in changed properties of an `Interface`; codes come before the state that they explain. */
export const factsOf = (changed: Properties): readonly AttemptFact[] => {
  const facts: AttemptFact[] = [];
  for (const name of ['AuthStatusCode', 'AssocStatusCode']) {
    const status = changed[name];
    if (typeof status === 'number') facts.push({ type: 'refused', status });
  }
  if (typeof changed.DisconnectReason === 'number')
    facts.push({ type: 'disconnect reason', reason: changed.DisconnectReason });
  if (changed.Scanning === true) facts.push({ type: 'search began' });
  if (typeof changed.State === 'string') facts.push({ type: 'state', state: changed.State });
  return facts;
};

/** Property `DisconnectReason` for people: who ended the link, and why. */
export const disconnectText = (reason: number): string => {
  if (reason === 0) return 'the link was lost';
  return `${reason < 0 ? 'by this host' : 'by the access point'}: ${reasonText(Math.abs(reason))}`;
};
