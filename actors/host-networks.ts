/** What the interfaces have seen, as guests are told of it. */
import type { InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Bssid } from '../protocol/bssid.js';
import { type GuestAuth, guestAuth } from '../protocol/security.js';
import type { Services } from './services.js';

/** The authentication of a network as a guest sees it; a network that no scan has shown yet counts as WPA2-PSK. */
export const authOf = (services: Services, id: InterfaceId, bssid: Bssid): GuestAuth => {
  const port = services.interfaces.get(id)?.port;
  const bss =
    port?.kind === 'station' ? port.networks().find((network) => network.bssid === bssid) : undefined;
  return bss === undefined ? 'wpa2-psk' : guestAuth(bss);
};

/** Does an interface other than `id` still scan for this guest? */
const scansElsewhere = (services: Services, id: InterfaceId, guest: GuestId): boolean =>
  [...services.interfaces].some(
    ([other, { actor }]) =>
      other !== id && actor !== undefined && promisedBy(actor.getSnapshot()).includes(guest),
  );

const promisedBy = (snapshot: unknown): readonly GuestId[] => {
  const { context } = snapshot as { readonly context?: { readonly promised?: readonly GuestId[] } };
  return context?.promised ?? [];
};

/**
 * Notifies guests of a scan's results, along with what the other stations have seen: a newer notification takes the place of one
 * that still waits, and must not take networks from a guest.
 */
export const notifyResults = (services: Services, id: InterfaceId, guests: readonly GuestId[]): void => {
  if (!services.interfaces.has(id) || guests.length === 0) return;
  const lists = [...services.interfaces.values()].flatMap(({ port }) =>
    port.kind === 'station' ? [port.networks()] : [],
  );
  const networks = services.shown.merge(lists);
  for (const guest of guests) {
    const complete = !scansElsewhere(services, id, guest);
    services.guests.get(guest)?.notify('scan', (driver) => services.shown.frame(networks, complete, driver));
  }
};
