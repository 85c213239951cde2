/** The state of the service as the page shows it: what the root's snapshot tells, and the networks of each interface. */
import type { AnyActorRef } from 'xstate';
import type { InterfaceStatus } from '../../actors/application/status.js';
import type { ProxyWifiContext } from '../../actors/proxy-wifi-steps.js';
import type { Bss } from '../../protocol/bss.js';
import { advertisedSecurity, securityText } from '../../protocol/security.js';
import type { SeenNetwork, StatusMessage } from './messages.js';

const seen = (bss: Bss): SeenNetwork => ({
  ssid: bss.ssid,
  bssid: bss.bssid,
  rssi: bss.rssi,
  frequency: Math.round(bss.frequency / 1000),
  security: securityText(advertisedSecurity(bss)),
});

/** Costs no I/O: the host application is not asked for its fake networks, which are those that it gave last. */
export const readTelemetry = (
  root: AnyActorRef | undefined,
): Pick<StatusMessage, 'status' | 'networks'> | undefined => {
  const { context } = (root?.getSnapshot() ?? {}) as { readonly context?: Partial<ProxyWifiContext> };
  if (context?.status === undefined || context.interfaces === undefined) return undefined;
  const { interfaces, status } = context;
  /** The link's signal is newer than the one of the last scan. */
  const now = ({ id, link, rssi }: InterfaceStatus): readonly SeenNetwork[] =>
    interfaces
      .networksOf(id)
      .map((bss) => (rssi !== null && bss.bssid === link?.bssid ? { ...seen(bss), rssi } : seen(bss)));
  const read = status.read();
  return { status: read, networks: Object.fromEntries(read.interfaces.map((port) => [port.id, now(port)])) };
};
