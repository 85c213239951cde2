/** What the dispatcher of a guest knows and whom it speaks to, and what its steps and its questions both read of that. */
import type { FactStream } from '../application/fact-stream.js';
import type { Interfaces } from '../host/interface-register.js';
import type { OwnershipSeat } from '../ownership/ownership-state.js';
import type { Service } from '../service.js';
import type { DispatcherEvent, DispatcherState } from './dispatcher-state.js';
import type { GuestEntry, Guests } from './guest-register.js';
import { recordScan, type ScanRound } from './scan-round.js';

export interface DispatcherInput {
  readonly entry: GuestEntry;
  readonly service: Service;
  readonly facts: FactStream;
  readonly interfaces: Interfaces;
  readonly guests: Guests;
  readonly ownership: OwnershipSeat;
}

export interface DispatcherContext extends DispatcherState, DispatcherInput {}

/** The scan with what an interface has answered now. */
export const roundAfter = ({ round }: DispatcherContext, event: DispatcherEvent): ScanRound | null =>
  round !== null && event.type === 'interface.scanned' ? recordScan(round, event) : round;
