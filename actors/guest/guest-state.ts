/** What the three actors of a guest hear, and what others may know of them. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { DriverFormat } from '../../protocol/frame.js';
import type { ConnectRequest, DisconnectRequest, ScanRequest } from '../../protocol/messages.js';
import type { StatusCode } from '../../protocol/status.js';
import type { Notification, Outbox } from '../../streams/outbox.js';
import type { Attempt } from './attempt.js';
import type { GuestRequest } from './guest-request.js';
import type { ScanOutcome, ScanRound } from './scan-round.js';
import type { GuestSession } from './session.js';

export type RequestChannelEvent =
  /** The first bytes of a frame are here, and not yet all of it. */
  | { readonly type: 'frame.started' }
  | { readonly type: 'frame.refused'; readonly reason: string }
  | { readonly type: 'request.received'; readonly request: GuestRequest }
  /** Its guest has ended its side of the connection: it waits for the answer, or has hung up. */
  | { readonly type: 'request.ended'; readonly exchange: number }
  /** Its guest closed or reset the connection before it had an answer. */
  | { readonly type: 'request.abandoned'; readonly exchange: number }
  /** From the dispatcher: the answer to this scan takes its time. */
  | { readonly type: 'scan.begun'; readonly request: GuestRequest }
  /** The system has yet to take some of the answer. */
  | { readonly type: 'answer.written'; readonly exchange: number }
  /** The system has all of the answer. */
  | { readonly type: 'answer.sent'; readonly exchange: number }
  /** The guest was gone, or did not read. */
  | { readonly type: 'answer.failed'; readonly exchange: number };

export interface RequestChannelState {
  /** What the dispatcher works on, if that takes time. */
  readonly current: GuestRequest | null;
  /** Whole requests that wait for their turn. */
  readonly waiting: readonly GuestRequest[];
  /** Exchanges of those whose guest has ended its side. */
  readonly ended: readonly number[];
}

export type DispatcherEvent =
  /** From the request channel: a request is the guest's turn. */
  | { readonly type: 'scan.requested'; readonly request: GuestRequest<ScanRequest> }
  | { readonly type: 'connect.requested'; readonly request: GuestRequest<ConnectRequest> }
  | { readonly type: 'disconnect.requested'; readonly request: GuestRequest<DisconnectRequest> }
  /** Nobody is there any more to hear the answer. */
  | { readonly type: 'request.abandoned'; readonly exchange: number }
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

export interface DispatcherState {
  readonly guest: GuestId;
  /** How the guest's driver reads scan responses. */
  readonly driver: DriverFormat;
  /** What is worked on. */
  readonly request: GuestRequest | null;
  /** Of a scan: which interfaces have answered, with what outcome. */
  readonly round: ScanRound | null;
  /** Of a connect request: how far it has come. */
  readonly attempt: Attempt | null;
  /** The session in effect: of the last successful connect answer. */
  readonly session: GuestSession | null;
  /** Id of the last connect answer, successful or not; 0 before the first. */
  readonly lastSessionId: number;
  /** Scan rounds so far. */
  readonly rounds: number;
}

/** Gives the frame for one guest's driver; frames for several guests are encoded once. */
export type FrameMaker = (driver: DriverFormat) => Uint8Array;

export type NotificationChannelEvent =
  | { readonly type: 'notification.queued'; readonly notification: Notification<FrameMaker> }
  /** The guest has accepted; the system has yet to take the frame. */
  | { readonly type: 'connection.opened' }
  | { readonly type: 'notification.delivered' }
  | { readonly type: 'delivery.failed'; readonly code: string };

export interface NotificationChannelState {
  /** What waits, in order. */
  readonly outbox: Outbox<FrameMaker>;
  readonly inHand: Notification<FrameMaker> | null;
  /** Tries so far of the notification in hand. */
  readonly attempts: number;
  /** When its first try began, on the clock's elapsed time. */
  readonly since: number;
}
