/** A guest's session: a plain value that stands in snapshots. */
import type { InterfaceId } from '../../native/radio.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { ConnectionType } from '../application/facts.js';
import type { GuestRequest } from './guest-request.js';

/** The connection that a guest has by its last successful connect answer. */
export interface GuestSession {
  /** The id in that answer. */
  readonly id: number;
  readonly type: ConnectionType;
  readonly interfaceId: InterfaceId;
  readonly ssid: Ssid;
  /** The exchange of that answer. */
  readonly exchange: number;
  /** The session whose place it took, if there was one: until it has that answer the guest believes in this one. */
  readonly replaced?: number;
}

/** Does this disconnect request end the session? One that is older than the session in effect does not. */
export const endsSession = (
  session: GuestSession | null,
  request: GuestRequest | null,
): session is GuestSession =>
  session !== null && request?.body.operation === 'disconnect' && request.body.sessionId >= session.id;
