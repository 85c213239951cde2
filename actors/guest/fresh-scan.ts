/**
 * Which scans of a guest are answered at once, from results that are fresh. The channel asks, to know whether it has to wait, and
 * the dispatcher, which answers: both say the same, because both ask about the same moment.
 */
import type { ScanRequest } from '../../protocol/messages.js';
import type { Interfaces } from '../host/interface-register.js';
import type { Service } from '../service.js';
import type { DispatcherState } from './dispatcher-state.js';
import { type GuestRequest, ssidOf } from './guest-request.js';

interface Host {
  readonly service: Service;
  readonly interfaces: Interfaces;
}

/** The interfaces that have to be asked for the scan: they have no fresh results. `at`: on the clock's elapsed time. */
export const interfacesToAsk = (
  { service, interfaces }: Host,
  request: GuestRequest,
  at: number,
): ReturnType<Interfaces['staleFor']> =>
  interfaces.staleFor(ssidOf(request), at, service.settings.scanInterval);

/** Nobody has to be asked or told anything before the answer, nor after it. `dispatcher`: what the guest's dispatcher knows. */
export const isAnsweredAtOnce = (
  host: Host,
  dispatcher: Pick<DispatcherState, 'untold'>,
  request: GuestRequest<ScanRequest>,
  at: number,
): boolean =>
  dispatcher.untold === null &&
  !host.service.observer.has('guestScanRequested') &&
  !host.service.observer.has('guestScanCompleted') &&
  interfacesToAsk(host, request, at).length === 0;
