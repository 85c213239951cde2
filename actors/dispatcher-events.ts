/** What a guest's dispatcher hears, and what it keeps. */
import type { InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Bssid } from '../protocol/bssid.js';
import type { StatusCode } from '../protocol/status.js';
import type { GuestDesk } from './guest-desk.js';
import type { GuestLane } from './guest-lane.js';
import type { ScanOutcome } from './scan-round.js';
import type { Services } from './services.js';
import type { Attempt, CurrentRequest, GuestSession } from './session.js';

export type DispatcherEvent =
  /** From the request channel: a request is the guest's turn. */
  | { readonly type: 'scan.requested'; readonly exchange: number }
  | { readonly type: 'connect.requested'; readonly exchange: number }
  | { readonly type: 'disconnect.requested'; readonly exchange: number }
  /** The guest did not get the answer of this exchange. */
  | { readonly type: 'answer.lost'; readonly exchange: number }
  /** From the interfaces. */
  | {
      readonly type: 'interface.scanned';
      readonly interfaceId: InterfaceId;
      readonly round: number;
      readonly outcome: ScanOutcome;
    }
  | { readonly type: 'interface.connected'; readonly interfaceId: InterfaceId; readonly bssid: Bssid }
  | {
      readonly type: 'interface.refused';
      readonly interfaceId: InterfaceId;
      readonly reason: string;
      readonly status: StatusCode;
    }
  | { readonly type: 'interface.disconnected'; readonly interfaceId: InterfaceId }
  /** From the ownership table. */
  | { readonly type: 'claim.granted'; readonly interfaceId: InterfaceId }
  | { readonly type: 'claim.refused'; readonly interfaceId: InterfaceId }
  | { readonly type: 'claim.outdated'; readonly interfaceId: InterfaceId }
  | { readonly type: 'join.granted'; readonly interfaceId: InterfaceId }
  | { readonly type: 'join.refused'; readonly interfaceId: InterfaceId }
  | {
      readonly type: 'interface.released';
      readonly interfaceId: InterfaceId;
      readonly disconnecting: boolean;
    }
  | { readonly type: 'session.lost'; readonly interfaceId: InterfaceId };

export interface DispatcherContext {
  readonly guest: GuestId;
  readonly services: Services;
  readonly desk: GuestDesk;
  readonly lane: GuestLane;
  readonly request: CurrentRequest | null;
  readonly attempt: Attempt | null;
  /** The session in effect: of the last successful connect answer. */
  readonly session: GuestSession | null;
}
