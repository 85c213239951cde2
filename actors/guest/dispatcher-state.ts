/** What a guest's dispatcher hears, and what others may know of it. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { InstanceId } from '../../protocol/instance-id.js';
import type {
  ConnectRequest,
  DisconnectRequest,
  HelloRequest,
  ScanRequest,
} from '../../protocol/messages.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { StatusCode } from '../../protocol/status.js';
import type { DisconnectionOutcome } from '../application/facts.js';
import type { Texts } from '../explains.js';
import type { Reader } from '../host/shown-networks.js';
import type { Attempt } from './attempt.js';
import type { GuestRequest } from './guest-request.js';
import type { ScanOutcome, ScanRound } from './scan-round.js';
import type { GuestSession } from './session.js';

export type DispatcherEvent =
  | {
      readonly type: 'scan.requested';
      readonly request: GuestRequest<ScanRequest>;
      /** On the clock's elapsed time: results that are fresh then are the answer. */
      readonly takenAt: number;
    }
  | { readonly type: 'connect.requested'; readonly request: GuestRequest<ConnectRequest> }
  | { readonly type: 'disconnect.requested'; readonly request: GuestRequest<DisconnectRequest> }
  | { readonly type: 'hello.requested'; readonly request: GuestRequest<HelloRequest> }
  | { readonly type: 'hellos.missed' }
  | { readonly type: 'sign.requested'; readonly interfaceId: InterfaceId }
  | { readonly type: 'guest.reached' }
  | { readonly type: 'guest.unreachable' }
  | { readonly type: 'disconnected.told' }
  | { readonly type: 'session.dismissed' }
  | { readonly type: 'request.abandoned'; readonly exchange: number }
  | { readonly type: 'request.overdue' }
  | { readonly type: 'scan.overdue' }
  | { readonly type: 'answer.lost'; readonly exchange: number }
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
  | { readonly type: 'interface.disconnected'; readonly interfaceId: InterfaceId; readonly ended: boolean }
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
  | {
      readonly type: 'session.lost';
      readonly interfaceId: InterfaceId;
      /** Only if it is on this network. */
      readonly ssid?: Ssid;
    };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const dispatcherEvents: Texts<DispatcherEvent> = {
  'scan.requested': 'From the request channel: the guest wants to know the networks.',
  'connect.requested': 'From the request channel: the guest wants to connect.',
  'disconnect.requested': 'From the request channel: the guest ends its session.',
  'hello.requested': 'From the request channel: the guest says what it can and which session it holds.',
  'hellos.missed': 'A guest that says hello has not done so for three times as long as it was told to.',
  'sign.requested': 'From the ownership table: another guest wants the interface; is this one still there?',
  'guest.reached':
    'From the notification channel: something was delivered, after a sign of life was asked for or others were not.',
  'guest.unreachable':
    'From the notification channel: nothing could be delivered for too long, or the sign that was asked for.',
  'disconnected.told':
    "From the notification channel: the word that the guest's session is over has been delivered.",
  'session.dismissed': 'From the root: the host application ends the session.',
  'request.abandoned': 'From the request channel: the guest hung up before it was answered.',
  'request.overdue': '18 s have passed since the request came; the guest gives up after 20 s.',
  'scan.overdue':
    'An interface that has not answered after 10 s, or when the request is 18 s old, counts as having seen nothing new.',
  'answer.lost': 'From the request channel: the guest did not get an answer.',
  'interface.scanned': 'From an interface: its part of the scan has ended, or goes on with cached networks.',
  'interface.connected': 'From the interface: the host is connected as the guest asked.',
  'interface.refused': 'From the interface: the host could not connect.',
  'interface.disconnected': 'From the interface: the host has disconnected, or could not in its time.',
  'claim.granted': "From the ownership table: the interface is this guest's to connect.",
  'claim.refused': 'From the ownership table: another guest holds the interface.',
  'claim.outdated': 'From the ownership table: the interface got the wanted network meanwhile; look again.',
  'join.granted': 'From the ownership table: the guest mirrors what the host is connected to.',
  'join.refused': 'From the ownership table: the host has left that network meanwhile; look again.',
  'interface.released': 'From the ownership table: the guest has left the interface.',
  'session.lost': 'From the ownership table: the network is gone, or another guest took the interface.',
};

export interface DispatcherState {
  readonly guest: GuestId;
  /** How the guest's driver reads scan responses, and what the guest can do. */
  readonly reader: Reader;
  /** The driver that said hello last, by its random number; null for a guest that never did. */
  readonly instance: InstanceId | null;
  /** What is worked on. */
  readonly request: GuestRequest | null;
  /** Of a scan: which interfaces have answered, with what outcome. */
  readonly round: ScanRound | null;
  /** Of a connect request: how far it has come. */
  readonly attempt: Attempt | null;
  /** The session in effect: of the last successful connect answer. */
  readonly session: GuestSession | null;
  /** Of a disconnect request: what became of the host's connection; null before that is known. */
  readonly disconnection: DisconnectionOutcome | null;
  /** Id of the last connect answer, successful or not; 0 before the first. */
  readonly lastSessionId: number;
  /** The session that ended without the guest's doing, until the guest has been told or has shown that it knows; else null. */
  readonly untold: number | null;
  /** Scan rounds so far. */
  readonly rounds: number;
}
