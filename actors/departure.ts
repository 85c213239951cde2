/** What follows when an interface is not there any more, pulled out, crashed or lost with its Wi-Fi service. */
import type { InterfaceId } from '../native/radio.js';
import { StatusCode } from '../protocol/status.js';
import type { HostInterfaceContext } from './host-interface-events.js';
import type { Services } from './services.js';

/** Takes the interface out of the register and tells everybody who used it or waits for it. */
export const departInterface = (services: Services, interfaceId: InterfaceId): void => {
  const entry = services.interfaces.get(interfaceId);
  if (entry === undefined) return;
  services.interfaces.delete(interfaceId);
  const snapshot = entry.actor?.getSnapshot() as { readonly context?: HostInterfaceContext } | undefined;
  const { link, serving, waiters } = snapshot?.context ?? { link: null, serving: null, waiters: [] };
  services.ownership.send({ type: 'interface.left', interfaceId });
  if (link !== null) services.announce({ type: 'hostDisconnected', interfaceId, ssid: link.ssid });
  const refusal = {
    type: 'interface.refused',
    interfaceId,
    reason: 'the interface has left',
    status: StatusCode.unspecifiedFailure,
  } as const;
  if (serving !== null) services.guests.get(serving)?.dispatcher?.send(refusal);
  for (const { guest, round } of waiters)
    services.guests
      .get(guest)
      ?.dispatcher?.send({ type: 'interface.scanned', interfaceId, round, outcome: 'failed' });
};
