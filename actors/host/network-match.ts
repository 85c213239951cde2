/** Which way a connect request can go: mirror what is there, direct an interface, or fail at once. */
import type { InterfaceId } from '../../native/radio.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { ConnectRequest } from '../../protocol/messages.js';
import {
  type GuestAuth,
  guestAuth,
  type NetworkAuth,
  networkAuth,
  offeredSecurity,
} from '../../protocol/security.js';
import { StatusCode } from '../../protocol/status.js';
import type { Interfaces } from './interface-register.js';

/** The authentication of a network: as the guest is shown it or asks for it, and as it is; null where no scan has shown it. */
interface Authentication {
  readonly auth: GuestAuth;
  readonly networkAuth: NetworkAuth | null;
}

export type NetworkMatch = Authentication &
  /** An interface is connected to this SSID already. */
  (
    | { readonly type: 'mirror'; readonly interfaceId: InterfaceId; readonly bssid: Bssid }
    /** These interfaces could connect, in dispatch order. */
    | { readonly type: 'direct'; readonly candidates: readonly InterfaceId[] }
    /** No interface could ever serve this. */
    | { readonly type: 'impossible'; readonly status: StatusCode }
  );

/** The first interface, in dispatch order, that is connected to the wanted network. A fake one is whatever BSSID was named. */
const mirrored = (interfaces: Interfaces, { ssid }: ConnectRequest): NetworkMatch | undefined => {
  for (const { device, seat } of interfaces.entries) {
    const interfaceId = device.id;
    if (device.kind === 'fake') {
      const bss = device.networks().find((network) => network.ssid === ssid);
      if (bss === undefined) continue;
      const { bssid } = bss;
      return { type: 'mirror', interfaceId, bssid, auth: guestAuth(bss), networkAuth: networkAuth(bss) };
    } else {
      const link = device.link();
      if (seat.isTaken && link._tag === 'Some' && link.value.ssid === ssid) {
        const { bssid } = link.value;
        const auth = interfaces.authOf(interfaceId, bssid);
        return {
          type: 'mirror',
          interfaceId,
          bssid,
          auth,
          networkAuth: interfaces.networkAuthOf(interfaceId, bssid),
        };
      }
    }
  }
  return undefined;
};

/** The strongest access point of the wanted network that one of these has seen. */
const strongest = (interfaces: Interfaces, ids: readonly InterfaceId[], request: ConnectRequest) => {
  const { ssid, bssid } = request;
  const fitting = ids
    .flatMap((id) => interfaces.networksOf(id))
    .filter((bss) => bss.ssid === ssid && (bssid._tag === 'None' || bss.bssid === bssid.value));
  return fitting.sort((a, b) => b.rssi - a.rssi)[0];
};

/** Looks at every interface as it is now. */
export const matchNetwork = (interfaces: Interfaces, request: ConnectRequest): NetworkMatch => {
  const security = offeredSecurity(request);
  const asked = {
    auth:
      security._tag === 'Right' && security.right.kind === 'open' ? ('open' as const) : ('wpa2-psk' as const),
    networkAuth: null,
  };
  if (request.ssid === '') return { type: 'impossible', status: StatusCode.unspecifiedFailure, ...asked };
  const there = mirrored(interfaces, request);
  if (there !== undefined) return there;
  if (security._tag === 'Left') return { type: 'impossible', status: security.left, ...asked };
  const stations = interfaces.entries.flatMap(({ device }) => (device.kind === 'station' ? [device] : []));
  const candidates = stations.filter((device) => device.supports(security.right)).map(({ id }) => id);
  if (candidates.length > 0) {
    const seen = strongest(interfaces, candidates, request);
    const auth = seen === undefined ? null : networkAuth(seen);
    return { type: 'direct', candidates, auth: asked.auth, networkAuth: auth };
  }
  const status = stations.length === 0 ? StatusCode.unspecifiedFailure : StatusCode.unsupportedAuthAlgorithm;
  return { type: 'impossible', status, ...asked };
};
