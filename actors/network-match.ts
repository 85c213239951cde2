/** Which way a connect request can go: mirror what is there, direct an interface, or fail at once. */
import type { InterfaceId } from '../native/radio.js';
import type { Bssid } from '../protocol/bssid.js';
import type { ConnectRequest } from '../protocol/messages.js';
import { type GuestAuth, guestAuth, offeredSecurity } from '../protocol/security.js';
import { StatusCode } from '../protocol/status.js';
import { authOf } from './host-networks.js';
import type { Services } from './services.js';

export type NetworkMatch =
  /** An interface is connected to this SSID already. */
  | {
      readonly type: 'mirror';
      readonly interfaceId: InterfaceId;
      readonly bssid: Bssid;
      readonly auth: GuestAuth;
    }
  /** These interfaces could connect, in dispatch order. */
  | { readonly type: 'direct'; readonly candidates: readonly InterfaceId[]; readonly auth: GuestAuth }
  /** No interface could ever serve this. */
  | { readonly type: 'impossible'; readonly status: StatusCode; readonly auth: GuestAuth };

/** Looks at every interface in dispatch order. */
export const matchNetwork = async (services: Services, request: ConnectRequest): Promise<NetworkMatch> => {
  for (const [interfaceId, { port, actor }] of services.interfaces) {
    if (port.kind === 'pretended') {
      const bss = (await port.networks()).find(
        ({ ssid, bssid }) =>
          ssid === request.ssid && (request.bssid._tag === 'None' || request.bssid.value === bssid),
      );
      if (bss !== undefined) return { type: 'mirror', interfaceId, bssid: bss.bssid, auth: guestAuth(bss) };
    } else {
      const link = port.link();
      if (actor !== undefined && link._tag === 'Some' && link.value.ssid === request.ssid)
        return {
          type: 'mirror',
          interfaceId,
          bssid: link.value.bssid,
          auth: authOf(services, interfaceId, link.value.bssid),
        };
    }
  }
  const security = offeredSecurity(request);
  if (security._tag === 'Left') return { type: 'impossible', status: security.left, auth: 'wpa2-psk' };
  const auth: GuestAuth = security.right.kind === 'open' ? 'open' : 'wpa2-psk';
  const stations = [...services.interfaces].filter(([, { port }]) => port.kind === 'station');
  const candidates = stations
    .filter(([, { port }]) => port.kind === 'station' && port.supports(security.right))
    .map(([id]) => id);
  if (candidates.length > 0) return { type: 'direct', candidates, auth };
  const status = stations.length === 0 ? StatusCode.unspecifiedFailure : StatusCode.unsupportedAuthAlgorithm;
  return { type: 'impossible', status, auth };
};
