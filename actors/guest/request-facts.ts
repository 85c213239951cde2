/** The facts of a request, for the host application: one when it comes, one when it is through. */
import type { GuestId } from '../../native/sockets/endpoint.js';
import { StatusCode } from '../../protocol/status.js';
import type { Fact, ScanOutcome } from '../application/facts.js';
import type { ScanResult } from './answer.js';
import type { DispatcherState } from './dispatcher-state.js';
import { type GuestRequest, ssidOf } from './guest-request.js';
import { endsSession } from './session.js';

/** What a request is about to do; null where nobody is told. */
export const requestedFact = (
  guest: GuestId,
  request: GuestRequest | null,
  session: DispatcherState['session'],
): Fact | null => {
  if (request?.body.operation === 'scan') return { type: 'guestScanRequested', guest, ssid: ssidOf(request) };
  if (!endsSession(session, request)) return null;
  const { type: connection, interfaceId, ssid } = session;
  return { type: 'guestDisconnectionRequested', guest, connection, interfaceId, ssid };
};

const outcomeOf = ({ complete, vain }: ScanResult, abandoned: boolean): ScanOutcome => {
  if (abandoned) return 'abandoned';
  if (!complete) return 'promised';
  return vain ? 'failed' : 'complete';
};

/** What came of a scan. `abandoned`: its guest has hung up. */
export const scannedFact = (guest: GuestId, result: ScanResult, abandoned = false): Fact => ({
  type: 'guestScanCompleted',
  guest,
  networks: result.networks.length,
  complete: result.complete,
  outcome: outcomeOf(result, abandoned),
  failed: result.failed,
});

/** What came of a connect or disconnect request; null where nobody is told. */
export const settledFact = (
  guest: GuestId,
  {
    request,
    attempt,
    session,
    disconnection,
  }: Pick<DispatcherState, 'request' | 'attempt' | 'session' | 'disconnection'>,
): Fact | null => {
  if (request?.body.operation === 'connect')
    return {
      type: 'guestConnectionCompleted',
      guest,
      connection: attempt?.type ?? 'guestDirected',
      status: attempt?.status ?? StatusCode.sequenceTimeout,
      interfaceId: attempt?.interfaceId ?? null,
      ssid: request.body.ssid,
      auth: attempt?.auth ?? 'wpa2-psk',
      networkAuth: attempt?.networkAuth ?? null,
    };
  if (!endsSession(session, request)) return null;
  const { type: connection, interfaceId, ssid } = session;
  const outcome = disconnection ?? 'failed';
  return { type: 'guestDisconnectionCompleted', guest, connection, interfaceId, ssid, outcome };
};
