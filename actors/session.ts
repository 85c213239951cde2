/** A guest's session, and the connect attempt that may lead to one. Plain values: they stand in snapshots. */
import type { InterfaceId } from '../native/radio.js';
import type { Bssid } from '../protocol/bssid.js';
import type { Request } from '../protocol/messages.js';
import type { GuestAuth } from '../protocol/security.js';
import type { Ssid } from '../protocol/ssid.js';
import type { StatusCode } from '../protocol/status.js';
import type { ConnectionType } from './facts.js';

/** The connection that a guest has by its last successful connect answer. */
export interface GuestSession {
  /** The id in that answer. */
  readonly id: number;
  readonly type: ConnectionType;
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
  /** The exchange of that answer. */
  readonly exchange: number;
}

/** What is worked on, without body and key. */
export interface CurrentRequest {
  readonly exchange: number;
  readonly operation: Request['operation'];
  /** Of a directed scan or a connect request. */
  readonly ssid: Ssid | null;
  /** Of a disconnect request, otherwise 0. */
  readonly sessionId: number;
  /** When its last byte came, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The table and the interface disagreed about the link, and it has been looked at again. */
  readonly rematched: boolean;
}

/** How far a connect request has come. */
export interface Attempt {
  readonly type: ConnectionType;
  readonly ssid: Ssid;
  readonly auth: GuestAuth;
  /** Interfaces that may still serve it; the first one is being tried. */
  readonly candidates: readonly InterfaceId[];
  /** What the guest will be told if nothing better comes. */
  readonly status: StatusCode;
  /** Where it is connected. */
  readonly interfaceId: InterfaceId | null;
  readonly bssid: Bssid | null;
}

/** Does this disconnect request end the session? One that is older than the session in effect does not. */
export const endsSession = (
  session: GuestSession | null,
  request: CurrentRequest | null,
): session is GuestSession =>
  session !== null && request?.operation === 'disconnect' && request.sessionId >= session.id;
