/** What an interface is told to connect to, key included. */
import type { ConnectOrder } from '../../native/radio.js';
import type { ConnectRequest } from '../../protocol/messages.js';
import { offeredSecurity } from '../../protocol/security.js';

/** Null for a request whose security no interface could serve. */
export const orderOf = (request: ConnectRequest): ConnectOrder | null => {
  const security = offeredSecurity(request);
  if (security._tag === 'Left') return null;
  const { ssid, bssid, key } = request;
  return { ssid, bssid, security: security.right, key };
};
