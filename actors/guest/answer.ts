/** What a guest is answered, and the session that its answer begins or ends. */

import type { InterfaceId } from '../../native/radio.js';
import type { Bss } from '../../protocol/bss.js';
import { anyBssid } from '../../protocol/bssid.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import { StatusCode, statusName } from '../../protocol/status.js';
import type { Interfaces } from '../host/interface-register.js';
import type { Reader } from '../host/shown-networks.js';
import type { Attempt } from './attempt.js';
import type { DispatcherState } from './dispatcher-state.js';
import type { GuestRequest } from './guest-request.js';
import { failedIn, interfacesOf, isComplete, type ScanRound } from './scan-round.js';
import { endsSession, type GuestSession } from './session.js';

/** What a guest's scan comes to. */
export interface ScanResult {
  readonly networks: readonly Bss[];
  readonly complete: boolean;
  /** Interfaces that have seen nothing new. */
  readonly failed: readonly InterfaceId[];
  /** None of them has. */
  readonly vain: boolean;
}

const nobody: readonly InterfaceId[] = [];

/** Everything that the interfaces of a round have seen; without a round that of all of them, which have fresh results. */
export const scanResult = (
  interfaces: Interfaces,
  round: ScanRound | null,
  { skills }: Reader,
): ScanResult => {
  if (round === null)
    return {
      networks: interfaces.networks(interfaces.ids, skills),
      complete: true,
      failed: nobody,
      vain: false,
    };
  const asked = interfacesOf(round);
  const failed = failedIn(round);
  return {
    networks: interfaces.networks(asked, skills),
    complete: isComplete(round),
    failed,
    vain: failed.length > 0 && failed.length === asked.length,
  };
};

/** The session after an answer. */
export interface Settlement {
  readonly lastSessionId: number;
  readonly session: GuestSession | null;
  /** The session began with this answer. */
  readonly began: GuestSession | null;
  /** Where the guest's former session was, if the one that began is elsewhere. */
  readonly left: InterfaceId | null;
}

type Answering = Pick<DispatcherState, 'attempt' | 'session' | 'lastSessionId'>;

const sessionFrom = (
  request: GuestRequest,
  { attempt, session: former }: Answering,
  id: number,
): GuestSession | null => {
  if (attempt === null || attempt.interfaceId === null || attempt.status !== StatusCode.success) return null;
  const { type, interfaceId, ssid } = attempt;
  const replaced = former === null ? {} : { replaced: former.id };
  return { id, type, interfaceId, ssid, exchange: request.exchange, ...replaced };
};

/** What answering this request does to the guest's session. */
export const settlementOf = (request: GuestRequest, answering: Answering): Settlement => {
  const { session, lastSessionId } = answering;
  const none = { lastSessionId, session, began: null, left: null };
  switch (request.body.operation) {
    case 'scan':
    case 'hello':
      return none;
    case 'disconnect':
      return endsSession(session, request) ? { ...none, session: null } : none;
    case 'connect': {
      const id = lastSessionId + 1;
      const began = sessionFrom(request, answering, id);
      const moved = began !== null && session !== null && session.interfaceId !== began.interfaceId;
      return {
        lastSessionId: id,
        session: began ?? session,
        began,
        left: moved ? session.interfaceId : null,
      };
    }
  }
};

const disconnectAnswer = encodeHostMessage({ operation: 'disconnect.response' });

/** Writes the one answer of a connect or disconnect request. `sessionId`: of a connect answer, successful or not. */
export const replySettled = (request: GuestRequest, attempt: Attempt | null, sessionId: number): void => {
  if (request.body.operation !== 'connect') {
    request.reply(disconnectAnswer, 'success');
    return;
  }
  const status = attempt?.status ?? StatusCode.sequenceTimeout;
  const { bssid: asked } = request.body;
  const bssid = attempt?.bssid ?? (asked._tag === 'Some' ? asked.value : anyBssid);
  request.reply(
    encodeHostMessage({ operation: 'connect.response', status, bssid, sessionId }),
    statusName(status),
  );
};

/** Writes the one answer of a scan request. */
export const replyScanned = (
  request: GuestRequest,
  { networks, complete }: Pick<ScanResult, 'networks' | 'complete'>,
  interfaces: Interfaces,
  { format }: Reader,
): void =>
  request.reply(interfaces.shown.frame(networks, complete, format), complete ? 'complete' : 'partial');
