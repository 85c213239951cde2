/** Which way a connect request can go: mirror what is there, direct an interface, or fail at once. */
import type { InterfaceId } from '../../native/radio.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { ConnectRequest } from '../../protocol/messages.js';
import { type GuestAuth, guestAuth, offeredSecurity } from '../../protocol/security.js';
import { StatusCode } from '../../protocol/status.js';
import type { Interfaces } from './interface-register.js';

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

/** The first interface, in dispatch order, that is connected to the wanted network. A fake one is whatever BSSID was named. */
const mirrored = (
  { entries }: Interfaces,
  { ssid }: ConnectRequest,
  authOf: Interfaces['authOf'],
): NetworkMatch | undefined => {
  for (const { device, seat } of entries) {
    const interfaceId = device.id;
    if (device.kind === 'fake') {
      const bss = device.networks().find((network) => network.ssid === ssid);
      if (bss !== undefined) return { type: 'mirror', interfaceId, bssid: bss.bssid, auth: guestAuth(bss) };
    } else {
      const link = device.link();
      if (seat.isTaken && link._tag === 'Some' && link.value.ssid === ssid) {
        const { bssid } = link.value;
        return { type: 'mirror', interfaceId, bssid, auth: authOf(interfaceId, bssid) };
      }
    }
  }
  return undefined;
};

/** Looks at every interface as it is now. */
export const matchNetwork = (interfaces: Interfaces, request: ConnectRequest): NetworkMatch => {
  const security = offeredSecurity(request);
  const auth: GuestAuth = security._tag === 'Right' && security.right.kind === 'open' ? 'open' : 'wpa2-psk';
  if (request.ssid === '') return { type: 'impossible', status: StatusCode.unspecifiedFailure, auth };
  const there = mirrored(interfaces, request, (id, bssid) => interfaces.authOf(id, bssid));
  if (there !== undefined) return there;
  if (security._tag === 'Left') return { type: 'impossible', status: security.left, auth: 'wpa2-psk' };
  const stations = interfaces.entries.flatMap(({ device }) => (device.kind === 'station' ? [device] : []));
  const candidates = stations.filter((device) => device.supports(security.right)).map(({ id }) => id);
  if (candidates.length > 0) return { type: 'direct', candidates, auth };
  const status = stations.length === 0 ? StatusCode.unspecifiedFailure : StatusCode.unsupportedAuthAlgorithm;
  return { type: 'impossible', status, auth };
};
