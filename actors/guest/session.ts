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

/** What a guest's new actors know of it: from those that crashed, or from an earlier run of the service. */
export interface KnownBefore {
  /** Id of the last connect answer, or of one that may have been given. */
  readonly lastSessionId: number;
  /** In effect as long as the host does not show something else. */
  readonly session: GuestSession | null;
  /** The session that is over, though the guest may not know; null for none. */
  readonly untold: number | null;
}

/** Actors that crash take the guest's session with them; a new start of the service does not. */
export const knownBefore = ({
  dispatcher: { lastState },
  recalled,
}: {
  readonly dispatcher: { readonly lastState: KnownBefore | undefined };
  readonly recalled: KnownBefore | null;
}): KnownBefore => {
  if (lastState === undefined) return recalled ?? { lastSessionId: 0, session: null, untold: null };
  const { lastSessionId, session, untold } = lastState;
  return { lastSessionId, session: null, untold: session?.id ?? untold };
};

/** The session that is over without the guest knowing for certain, after an answer: who asks for a connection and gets it, or ends one, knows. */
export const untoldAfter = (
  untold: number | null,
  { body }: GuestRequest,
  session: GuestSession | null,
): number | null => (session !== null || body.operation === 'disconnect' ? null : untold);
