/** The state of the service as the page shows it: what the root's snapshot tells, and the networks of each interface. */
import type { AnyActorRef } from 'xstate';
import type { ProxyWifiContext } from '../../actors/proxy-wifi.js';
import type { InterfaceStatus } from '../../actors/status.js';
import type { Bss } from '../../protocol/bss.js';
import { decodeHostMessage } from '../../protocol/frame.js';
import { advertisedSecurity, securityText } from '../../protocol/security.js';
import type { SeenNetwork, StatusMessage } from './messages.js';

const seen = (bss: Bss): SeenNetwork => ({
  ssid: bss.ssid,
  bssid: bss.bssid,
  rssi: bss.rssi,
  frequency: Math.round(bss.frequency / 1000),
  security: securityText(advertisedSecurity(bss)),
});

const answeredNetworks = (frame: Uint8Array | undefined): readonly Bss[] => {
  if (frame === undefined) return [];
  for (const format of ['with-scan-complete', 'without-scan-complete'] as const) {
    const message = decodeHostMessage(frame, format);
    if (message._tag === 'Right' && message.right.operation === 'scan.response')
      return message.right.networks;
  }
  return [];
};

/**
 * Costs no I/O. The host application is not asked for its fake networks, since it counts how often it is: they are what the
 * last answer to a scan had beyond the networks of the other interfaces.
 */
export const readTelemetry = (
  root: AnyActorRef | undefined,
  lastScan: Uint8Array | undefined,
): Pick<StatusMessage, 'status' | 'networks'> | undefined => {
  const { context } = (root?.getSnapshot() ?? {}) as { readonly context?: Partial<ProxyWifiContext> };
  if (context?.status === undefined || context.services === undefined) return undefined;
  const { interfaces } = context.services;
  const stations = [...interfaces].flatMap(([id, { port }]) =>
    port.kind === 'station' ? [[id, port.networks()] as const] : [],
  );
  const known = new Set(stations.flatMap(([, networks]) => networks.map(({ bssid }) => bssid)));
  const pretended = answeredNetworks(lastScan).filter(({ bssid }) => !known.has(bssid));
  const networks = new Map<string, readonly Bss[]>(stations);
  const status = context.status.read();
  /** The link's signal is newer than the one of the last scan. */
  const now = ({ id, link, rssi }: InterfaceStatus): readonly SeenNetwork[] =>
    (networks.get(id) ?? pretended).map((bss) =>
      rssi !== null && bss.bssid === link?.bssid ? { ...seen(bss), rssi } : seen(bss),
    );
  return { status, networks: Object.fromEntries(status.interfaces.map((port) => [port.id, now(port)])) };
};
